/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "store/layers.h"
#include "store/remote/hub.h"
#include "store/remote/ranges.h"
#include "store/remote/url.h"
#include "store/split.h"

/* One model being looked at. */
struct looking {
	struct blobs blobs; /* first, so that what it is given leads here */
	struct fetch *fetch;
	struct place place;
};

static int read_header(struct looking *l, const char *url, struct gguf *ret, struct err *e)
{
	struct ranges r;
	int code = ranges_open(&r, l->fetch, url, l->place.base != NULL, e);

	if (code == 0)
		code = gguf_read(l->fetch->arena, &r.in, ret, e);
	fetch_end(l->fetch);
	return code;
}

/* Files */

/* The same address with another file's name: what follows "?" goes along. */
static const char *part_url(struct arena *a, const struct split_name *s, const char *query,
			    uint64_t no)
{
	return arena_printf(a, "%s%s", split_path(a, s, no), query);
}

static int read_parts(struct looking *l, const struct split_name *name, const char *query,
		      struct split *ret, struct err *e)
{
	struct arena *a = l->fetch->arena;

	for (uint64_t i = 1; i < name->count; i++) {
		const char *url = part_url(a, name, query, i);
		struct gguf g;
		int code = read_header(l, url, &g, e);
		if (code < 0)
			return code;
		split_add(a, ret, &g, url_shown(a, url));
	}
	return 0;
}

/* One file, or all of a split one whichever of them was named. */
static int read_file(struct looking *l, const char *url, struct stored *ret, struct err *e)
{
	struct arena *a = l->fetch->arena;
	const char *query = url + strcspn(url, "?#");
	struct split_name name;
	bool split = split_name(a, str_ndup(a, url, (size_t)(query - url)), &name);
	struct split parts = { .title = url_shown(a, url) };
	struct gguf first;

	if (split)
		url = part_url(a, &name, query, 0);
	int code = read_header(l, url, &first, e);
	if (code < 0)
		return code;
	ret->where = url_shown(a, url);
	split_add(a, &parts, &first, ret->where);
	code = split_bounds(&first, ret->where, e);
	if (code == 0 && split && first.split_count > 1) {
		if (first.split_count != name.count)
			return err_say(e, -EINVAL, "%s: its name says %llu parts, its header %llu",
				       ret->where, (unsigned long long)name.count,
				       (unsigned long long)first.split_count);
		code = read_parts(l, &name, query, &parts, e);
	}
	return code < 0 ? code : split_join(a, &parts, ret, e);
}

/* Repositories */

static int read_projector(struct looking *l, const char *path, struct stored *ret, struct err *e)
{
	struct arena *a = l->fetch->arena;
	const char *url = arena_printf(a, "%s%s", l->place.below, url_path(a, path));

	ret->projector = arena_alloc(a, sizeof(*ret->projector));
	return read_header(l, url, ret->projector, e);
}

static int read_hub(struct looking *l, struct stored *ret, struct err *e)
{
	struct arena *a = l->fetch->arena;
	struct question q = { .url = l->place.url,
			      .accept = "application/json",
			      .with_token = true };
	struct hub_choice choice;
	struct bytes listing;
	int code = fetch_text(l->fetch, &q, &listing, e);

	if (code == -ENOENT)
		return err_say(e, code, "%s: there is no such repository", l->place.page);
	if (code == 0)
		code = hub_choose(a, listing, &l->place, &choice, e);
	if (code == 0)
		code = read_file(
		    l, arena_printf(a, "%s%s", l->place.below, url_path(a, choice.model)), ret, e);
	if (code == 0 && choice.projector)
		code = read_projector(l, choice.projector, ret, e);
	return code;
}

/* Ollama's registry */

static int blob_header(struct blobs *b, const struct manifest_layer *layer, struct gguf *ret,
		       const char **ret_where, struct err *e)
{
	struct looking *l = (struct looking *)b;
	const char *url = arena_printf(b->arena, "%s%s", l->place.below, layer->digest);

	*ret_where = url_shown(b->arena, url);
	return read_header(l, url, ret, e);
}

static int blob_text(struct blobs *b, const char *digest, struct bytes *ret, const char **ret_where,
		     struct err *e)
{
	struct looking *l = (struct looking *)b;
	struct question q = { .url = arena_printf(b->arena, "%s%s", l->place.below, digest) };

	*ret_where = url_shown(b->arena, q.url);
	return fetch_text(l->fetch, &q, ret, e);
}

static int read_registry(struct looking *l, struct stored *ret, struct err *e)
{
	struct question q = { .url = l->place.url,
			      .accept = "application/vnd.docker.distribution.manifest.v2+json" };
	struct manifest m;
	struct bytes text;
	int code = fetch_text(l->fetch, &q, &text, e);

	if (code == -ENOENT && l->place.cloud)
		return err_say(e, -EREMOTE,
			       "%s runs on Ollama's servers: nothing of it is on this GPU",
			       l->place.name);
	if (code == -ENOENT)
		return err_say(e, code, "%s: no such model or tag (%s)", l->place.name,
			       l->fetch->shown);
	if (code == 0)
		code = manifest_parse(l->fetch->arena, text, l->fetch->shown, &m, e);
	if (code < 0)
		return code;
	l->blobs = (struct blobs){ l->fetch->arena, l->place.name, l->place.cloud, blob_header,
				   blob_text };
	return layers_read(&l->blobs, &m, ret, e);
}

/* What to do about a refusal, of those who know whom they asked. */
static int explain(const struct looking *l, int code, struct err *e)
{
	const struct place *p = &l->place;
	bool had_token = l->fetch->remote->token && *l->fetch->remote->token;

	if (code == -EACCES && p->base && had_token)
		return err_say(
		    e, code,
		    "%s is not for this token, or not there; accept its licence at %s, or "
		    "make a token that may read it",
		    p->name, p->page);
	if (code == -EACCES && p->base)
		return err_say(e, code,
			       "%s is not for everyone, or not there; accept its licence at %s and "
			       "give a token of yours: HF_TOKEN=hf_...",
			       p->name, p->page);
	return code;
}

static int read_place(struct looking *l, struct stored *ret, struct err *e)
{
	switch (l->place.kind) {
	case PLACE_FILE:
		return read_file(l, l->place.url, ret, e);
	case PLACE_HUB:
		return read_hub(l, ret, e);
	case PLACE_REGISTRY:
		return read_registry(l, ret, e);
	}
	return -EINVAL;
}

int store_remote(struct arena *a, const char *name, const struct remote *r, struct stored *ret,
		 struct err *e)
{
	FETCH f = { 0 };
	struct looking l = { .fetch = &f };
	struct stored out = { 0 };
	int code = remote_place(a, name, r, &l.place, e);

	if (code == 0)
		code = fetch_start(&f, a, r, e);
	if (code < 0)
		return code;
	f.token_for = l.place.base;
	code = read_place(&l, &out, e);
	if (code < 0)
		return explain(&l, code, e);
	out.name = l.place.name;
	out.fetched_bytes = f.fetched_bytes;
	*ret = out;
	return 0;
}

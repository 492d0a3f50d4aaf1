/* SPDX-License-Identifier: MIT */
/* Which model is meant, and its header. */
#include "cmd/fit/fit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts/ollama.h"
#include "gguf/known/known.h"
#include "store/open.h"

enum { TEXT_MAX = 200, REMOTE_MSEC = 30000, TOKEN_MAX = 4096 };

static bool is_url(const char *name)
{
	return strstr(name, "://") || str_starts(name, "hf:") || str_starts(name, "ollama:");
}

/* "user/model" is one of Ollama's names, unless there is such a file. */
static bool is_file(const char *name)
{
	return *name == '/' || *name == '.' || *name == '~' || str_ends(name, ".gguf") ||
	       (strchr(name, '/') && access(name, F_OK) == 0);
}

bool fit_is_name(const char *model)
{
	return !is_url(model) && !is_file(model);
}

static int from_stored(struct arena *a, const struct stored *s, struct fit_found *ret,
		       struct err *e)
{
	ret->asked = s->name;
	ret->where = s->where;
	ret->part = s->part;
	ret->part_count = s->part_count;
	ret->parameters = s->parameters;
	ret->notes = s->notes;
	ret->draft = s->draft;
	int r = model_of(a, s->name, s->part, s->part_count, &ret->model, e);
	return r == 0 && s->projector ? model_add_projector(&ret->model, s->projector, e) : r;
}

/* Where huggingface-cli keeps it: huggingface_hub, constants.py. NULL: nowhere. */
static const char *token_file(struct arena *a)
{
	const char *home = getenv("HF_HOME"), *cache = getenv("XDG_CACHE_HOME");

	if (getenv("HF_TOKEN_PATH"))
		return getenv("HF_TOKEN_PATH");
	if (home && *home)
		return arena_printf(a, "%s/token", home);
	if (cache && *cache)
		return arena_printf(a, "%s/huggingface/token", cache);
	home = getenv("HOME");
	return home && *home ? arena_printf(a, "%s/.cache/huggingface/token", home) : NULL;
}

/* A file that cannot be read holds no token: the server says what it wants. */
static const char *token(struct arena *a)
{
	const char *said = getenv("HF_TOKEN"), *path;
	struct bytes text;

	if (said && *said)
		return str_trim(a, said, strlen(said));
	path = token_file(a);
	if (!path || store_text(a, path, TOKEN_MAX, &text, NULL) < 0)
		return NULL;
	return str_trim(a, text.data, text.size);
}

static int from_url(struct arena *a, const char *name, struct fit_found *ret, struct err *e)
{
	const char *mirror = getenv("HF_ENDPOINT");
	const struct remote how = { .deadline_msec = REMOTE_MSEC,
				    .ca_file = getenv("SSL_CERT_FILE"),
				    .token = token(a),
				    .hf_base = mirror && *mirror ? mirror : NULL };
	struct stored s = { 0 };
	int r = store_remote(a, name, &how, &s, e);

	if (r < 0)
		return r;
	ret->from = arena_printf(a, "%s of header fetched", str_bytes(a, s.fetched_bytes));
	ret->of_ollama = str_starts(name, "ollama:");
	if (ret->of_ollama)
		ret->ollama = str_clean(a, name + 7, strlen(name + 7), TEXT_MAX);
	return from_stored(a, &s, ret, e);
}

static int from_file(struct arena *a, const char *name, struct fit_found *ret, struct err *e)
{
	struct stored s = { 0 };
	int r = store_file(a, name, &s, e);
	return r < 0 ? r : from_stored(a, &s, ret, e);
}

/* Of the stores that are looked into, the first that has it. */
static int from_store(struct arena *a, const struct fit_host *h, const char *name,
		      struct fit_found *ret, struct err *e)
{
	for (size_t i = 0; i < h->store_count; i++) {
		const struct fit_store *at = &h->store[i];
		struct stored s = { 0 };
		int r = at->error ? at->error : store_ollama(a, at->dir, name, &s, e);
		if (r == -ENOENT || r == -EACCES || r == -EPERM)
			continue;
		if (r < 0)
			return r;
		ret->container = at->container;
		ret->of_ollama = true;
		ret->ollama = s.name;
		return from_stored(a, &s, ret, e);
	}
	return -ENOENT;
}

/* One that nobody may look into may have it. */
static const char *unread(struct arena *a, const struct fit_host *h)
{
	for (size_t i = 0; i < h->store_count; i++)
		if (h->store[i].error)
			return arena_printf(a, "%s could not be read (%s), sudo egpu fit can",
					    h->store[i].dir, strerror(-h->store[i].error));
	return NULL;
}

static int from_table(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		      const char *name, struct fit_found *ret, struct err *e)
{
	const struct known_for wanted = { .name = name, .quant = o->quant, .params = o->params };
	const char *title = NULL;
	bool exact = false;

	ret->part = arena_alloc(a, sizeof(*ret->part));
	ret->part_count = 1;
	int r = known_model(a, &wanted, ret->part, &title, &exact, e);
	if (r < 0)
		return r;
	ret->where = "";
	ret->asked = name ? str_clean(a, name, strlen(name), TEXT_MAX) : title;
	r = model_of(a, title, ret->part, 1, &ret->model, e);
	if (r < 0)
		return r;
	ret->model.guessed = !exact;
	const char *shut = name ? unread(a, h) : NULL;
	ret->from = !name  ? "no file was read: sizes of a model of that many parameters"
		    : shut ? arena_printf(a, "sizes of the published model; %s", shut)
		    : h->facts || o->store ? "not in the store: sizes of the published model"
					   : "no file was read: sizes of the published model";
	if (name && !strchr(name, ' '))
		ret->ollama = strchr(name, ':') ? ret->asked : NULL;
	return 0;
}

static int find(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		const char *name, struct fit_found *ret, struct err *e)
{
	if (!name)
		return from_table(a, o, h, NULL, ret, e);
	if (is_url(name))
		return from_url(a, name, ret, e);
	if (is_file(name))
		return from_file(a, name, ret, e);
	int r = o->quant ? -ENOENT : from_store(a, h, name, ret, e);
	if (r != -ENOENT)
		return r;
	r = from_table(a, o, h, name, ret, e);
	const char *shut = r == -ENOENT ? unread(a, h) : NULL;
	return shut ? err_wrap(e, r, "%s", shut) : r;
}

/* A file beside the model, of which the header is enough. */
static int add_projector(struct arena *a, const char *path, struct model *m, struct err *e)
{
	struct stored s = { 0 };
	int r = store_file(a, path, &s, e);
	return r < 0 ? r : model_add_projector(m, s.part, e);
}

int fit_find(struct arena *a, const struct fit_options *o, const struct fit_host *h,
	     const char *name, struct fit_found *ret, struct err *e)
{
	*ret = (struct fit_found){ .where = "", .from = "" };
	int r = find(a, o, h, name, ret, e);

	if (r == 0 && o->mmproj && name != o->draft)
		r = add_projector(a, o->mmproj, &ret->model, e);
	return r;
}

int fit_find_names(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		   struct names *ret, struct err *e)
{
	const struct fit_store *place = h->store;
	size_t count = h->store_count, room = 0, read = 0;

	*ret = (struct names){ 0 };
	for (size_t i = 0; i < count; i++) {
		struct names found = { 0 };
		int r = place[i].error ? place[i].error : store_list(a, place[i].dir, &found, e);
		if (r < 0 && (o->store || r != -ENOENT) && count == 1)
			return r == place[i].error ? err_set(e, r, "read %s", place[i].dir) : r;
		read += r >= 0;
		for (size_t n = 0; r >= 0 && n < found.count; n++)
			if (!names_have(ret, found.name[n]))
				names_add(a, ret, &room, found.name[n]);
	}
	if (read)
		return 0;
	if (count && place[0].error)
		return err_say(e, place[0].error, "%s is not ours to read: sudo egpu fit --all",
			       place[0].dir);
	return count ? err_set(e, -ENOENT, "read %s", place[0].dir)
		     : err_say(e, -ENOENT,
			       "no store of Ollama's here; if it is elsewhere: egpu fit --all "
			       "--store DIR (the folder with manifests and blobs in it)");
}

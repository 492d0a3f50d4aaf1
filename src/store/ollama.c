/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "store/layers.h"
#include "store/list.h"
#include "store/open.h"
#include "store/window.h"

enum { SMALL_MOST = 1 << 20 /* of a config, of parameters */, NAMED_MOST = 6 };

/* One model being read. */
struct reading {
	struct blobs blobs; /* first, so that what it is given leads here */
	struct arena *arena;
	const char *dir;
	struct ollama_name name;
	const char *title; /* "qwen2.5:32b" */
};

/* Finding the manifest */

static const char *manifest_path(const struct reading *o)
{
	return arena_printf(o->arena, "%s/manifests/%s", o->dir,
			    ollama_name_path(o->arena, &o->name));
}

/* Other tags of that model, for the message. */
static const char *others(struct reading *o, const struct name_list *all)
{
	struct names tags = { 0 };
	size_t room = 0;

	for (size_t i = 0; i < all->count && tags.count < NAMED_MOST; i++)
		names_add(o->arena, &tags, &room, ollama_name_text(o->arena, &all->name[i]));
	return tags.count ? names_join(o->arena, &tags, ", ") : NULL;
}

static int not_there(struct reading *o, const struct name_list *all, struct err *e)
{
	const char *tags = others(o, all);
	const char *dir = store_brief(o->arena, o->dir);

	if (o->name.cloud)
		return err_say(e, -EREMOTE,
			       "%s runs on Ollama's servers: nothing of it is on this GPU",
			       o->title);
	if (tags)
		return err_say(e, -ENOENT, "no model %s in %s, which has %s", o->title, dir, tags);
	return err_say(e, -ENOENT, "no model %s in %s", o->title, dir);
}

/* By its name as it is written; only where that fails, all are looked through for the same one in
 * other case. */
static int read_manifest(struct reading *o, struct bytes *ret, const char **ret_path, struct err *e)
{
	struct name_list all = { 0 };
	*ret_path = manifest_path(o);
	int r = store_text(o->arena, *ret_path, MANIFEST_MOST, ret, e);

	if (r != -ENOENT && r != -ENOTDIR && r != -EISDIR)
		return r;
	r = name_list(o->arena, o->dir, &o->name, &all, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < all.count; i++) {
		if (!ollama_name_same(&all.name[i], &o->name))
			continue;
		for (int part = 0; part < OLLAMA_PARTS; part++)
			o->name.part[part] = all.name[i].part[part];
		o->title = ollama_name_text(o->arena, &o->name);
		*ret_path = manifest_path(o);
		return store_text(o->arena, *ret_path, MANIFEST_MOST, ret, e);
	}
	return not_there(o, &all, e);
}

/* Blobs. Until 2024 their names had a colon (server: replace blob prefix separator). */

static const char *blob_path(struct reading *o, char between, const char *digest)
{
	return arena_printf(o->arena, "%s/blobs/sha256%c%s", o->dir, between, digest);
}

static int read_text(struct blobs *b, const char *digest, struct bytes *ret, const char **ret_where,
		     struct err *e)
{
	struct reading *o = (struct reading *)b;
	const char *path = blob_path(o, '-', digest);
	int r = store_text(o->arena, path, SMALL_MOST, ret, e);

	if (r == -ENOENT) {
		path = blob_path(o, ':', digest);
		r = store_text(o->arena, path, SMALL_MOST, ret, e);
	}
	*ret_where = store_brief(o->arena, path);
	return r;
}

static int read_header(struct blobs *b, const struct manifest_layer *l, struct gguf *ret,
		       const char **ret_where, struct err *e)
{
	struct reading *o = (struct reading *)b;
	const char *path = blob_path(o, '-', l->digest);
	int r = store_header(o->arena, path, ret, e);

	if (r == -ENOENT) {
		path = blob_path(o, ':', l->digest);
		r = store_header(o->arena, path, ret, e);
	}
	*ret_where = store_shown(o->arena, path);
	if (r == -ENOENT)
		return err_say(
		    e, -ENODATA,
		    "%s: sha256-%.12s... (%s) is not in its store; fetch it again: ollama "
		    "pull %s",
		    o->title, l->digest, str_bytes(o->arena, l->bytes), o->title);
	return r < 0 ? err_wrap(e, r, "%s", o->title) : 0;
}

int store_ollama(struct arena *a, const char *dir, const char *name, struct stored *ret,
		 struct err *e)
{
	struct reading o = { .arena = a, .dir = dir };
	struct manifest m;
	struct bytes text;
	const char *path;
	int r = ollama_name_parse(a, name, &o.name, e);

	if (r < 0)
		return r;
	o.title = ollama_name_text(a, &o.name);
	r = read_manifest(&o, &text, &path, e);
	if (r == 0)
		r = manifest_parse(a, text, store_brief(a, path), &m, e);
	if (r < 0)
		return r;
	struct stored out = { .name = o.title };
	o.blobs = (struct blobs){ a, o.title, o.name.cloud, read_header, read_text };
	r = layers_read(&o.blobs, &m, &out, e);
	if (r < 0)
		return r;
	*ret = out;
	return 0;
}

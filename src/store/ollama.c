/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "store/list.h"
#include "store/manifest.h"
#include "store/open.h"
#include "store/split.h"
#include "store/window.h"

enum { SMALL_MOST = 1 << 20 /* of a config, of parameters */, NAMED_MOST = 6 };

/* One model being read. */
struct reading {
	struct arena *arena;
	const char *dir;
	struct ollama_name name;
	const char *title; /* "qwen2.5:32b" */
	struct manifest manifest;
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

static int read_text(struct reading *o, const char *digest, const char **ret_path,
		     struct bytes *ret, struct err *e)
{
	*ret_path = blob_path(o, '-', digest);
	int r = store_text(o->arena, *ret_path, SMALL_MOST, ret, e);

	if (r != -ENOENT)
		return r;
	*ret_path = blob_path(o, ':', digest);
	return store_text(o->arena, *ret_path, SMALL_MOST, ret, e);
}

static int read_header(struct reading *o, const struct manifest_layer *l, struct gguf *ret,
		       const char **ret_path, struct err *e)
{
	*ret_path = blob_path(o, '-', l->digest);
	int r = store_header(o->arena, *ret_path, ret, e);

	if (r == -ENOENT) {
		*ret_path = blob_path(o, ':', l->digest);
		r = store_header(o->arena, *ret_path, ret, e);
	}
	if (r == -ENOENT)
		return err_say(
		    e, -ENODATA,
		    "%s: sha256-%.12s... (%s) is not in its store; fetch it again: ollama "
		    "pull %s",
		    o->title, l->digest, str_bytes(o->arena, l->bytes), o->title);
	return r < 0 ? err_wrap(e, r, "%s", o->title) : 0;
}

/* What lies in the layers */

/* Several layers are the parts of one model, or a model and its projector; of models that do not
 * belong together Ollama runs the last. */
static int read_models(struct reading *o, struct stored *ret, struct err *e)
{
	struct split parts = { .title = o->title };
	const struct manifest *m = &o->manifest;

	for (size_t i = 0; i < m->layer_count; i++) {
		struct gguf g;
		const char *path;
		if (m->layer[i].kind != LAYER_MODEL && m->layer[i].kind != LAYER_PROJECTOR)
			continue;
		int r = read_header(o, &m->layer[i], &g, &path, e);
		if (r < 0)
			return r;
		if (m->layer[i].kind == LAYER_MODEL && !store_is_projector(&g)) {
			if (parts.count && parts.part[0].split_count <= 1) {
				store_note(o->arena, ret,
					   "it has more than one model; Ollama runs the last");
				parts.count = 0;
			}
			split_add(o->arena, &parts, &g, store_shown(o->arena, path));
		} else if (!ret->projector) {
			ret->projector = arena_alloc(o->arena, sizeof(g));
			*ret->projector = g;
		}
	}
	if (!parts.count)
		return err_say(e, -ENODATA, "%s has a projector, and no model", o->title);
	ret->where = parts.where[0];
	int r = split_join(o->arena, &parts, ret, e);
	if (r == -ENOENT)
		return err_say(e, -ENODATA, "%s: its first part is missing", o->title);
	return r < 0 ? err_wrap(e, r, "%s", o->title) : 0;
}

static int read_draft(struct reading *o, struct stored *ret, struct err *e)
{
	const struct manifest_layer *l = manifest_layer(&o->manifest, LAYER_DRAFT);
	const char *path;

	if (!l)
		return 0;
	ret->draft = arena_alloc(o->arena, sizeof(*ret->draft));
	return read_header(o, l, ret->draft, &path, e);
}

static void note_adapters(struct reading *o, struct stored *ret)
{
	uint64_t bytes = 0;
	size_t count = 0;

	for (size_t i = 0; i < o->manifest.layer_count; i++) {
		const struct manifest_layer *l = &o->manifest.layer[i];
		if (l->kind != LAYER_ADAPTER)
			continue;
		bytes = l->bytes > UINT64_MAX - bytes ? UINT64_MAX : bytes + l->bytes;
		count++;
	}
	if (count)
		store_note(o->arena, ret,
			   arena_printf(o->arena,
					"%zu adapter%s of %s come%s on top, and %s not counted",
					count, count == 1 ? "" : "s", str_bytes(o->arena, bytes),
					count == 1 ? "s" : "", count == 1 ? "is" : "are"));
}

/* Without them all is as Ollama takes it by itself: a note, no failure. */
static void read_parameters(struct reading *o, struct stored *ret)
{
	const struct manifest_layer *l = manifest_layer(&o->manifest, LAYER_PARAMETERS);
	struct err e = { 0 };
	struct bytes text;
	const char *path;

	if (!l)
		return;
	int r = read_text(o, l->digest, &path, &text, &e);
	if (r == 0)
		r = manifest_parameters(o->arena, text, store_brief(o->arena, path),
					&ret->parameters, &e);
	if (r < 0)
		store_note(o->arena, ret,
			   arena_printf(o->arena, "its parameters are not known: %s", e.text));
}

/* No layer that could be of GGUF: its config says why. */
static int no_model(struct reading *o, struct err *e)
{
	struct manifest_config c = { "", "", "" };
	struct bytes text;
	const char *path;

	if (o->manifest.config) {
		int r = read_text(o, o->manifest.config, &path, &text, e);
		if (r == 0)
			r = manifest_config_parse(o->arena, text, store_brief(o->arena, path), &c,
						  e);
		if (r < 0 && r != -ENOENT)
			return err_wrap(e, r, "%s", o->title);
	}
	if (*c.remote_host || *c.remote_model || o->name.cloud)
		return err_say(e, -EREMOTE, "%s runs on %s: nothing of it is on this GPU", o->title,
			       *c.remote_host ? c.remote_host : "Ollama's servers");
	if (str_eq(c.format, "safetensors") || manifest_layer(&o->manifest, LAYER_TENSOR))
		return err_say(
		    e, -EOPNOTSUPP,
		    "%s is kept as safetensors, for Ollama's MLX engine; only GGUF is read "
		    "here",
		    o->title);
	return err_say(e, -ENODATA, "%s has no model in it: its manifest names no weights",
		       o->title);
}

static int read_layers(struct reading *o, struct stored *ret, struct err *e)
{
	if (!manifest_layer(&o->manifest, LAYER_MODEL))
		return no_model(o, e);
	int r = read_models(o, ret, e);
	if (r == 0)
		r = read_draft(o, ret, e);
	if (r < 0)
		return r;
	note_adapters(o, ret);
	read_parameters(o, ret);
	return 0;
}

int store_ollama(struct arena *a, const char *dir, const char *name, struct stored *ret,
		 struct err *e)
{
	struct reading o = { .arena = a, .dir = dir };
	struct bytes text;
	const char *path;
	int r = ollama_name_parse(a, name, &o.name, e);

	if (r < 0)
		return r;
	o.title = ollama_name_text(a, &o.name);
	r = read_manifest(&o, &text, &path, e);
	if (r == 0)
		r = manifest_parse(a, text, store_brief(a, path), &o.manifest, e);
	if (r < 0)
		return r;
	struct stored out = { .name = o.title };
	r = read_layers(&o, &out, e);
	if (r < 0)
		return r;
	*ret = out;
	return 0;
}

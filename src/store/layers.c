/* SPDX-License-Identifier: MIT */
#include "store/layers.h"

#include <errno.h>

#include "store/split.h"

/* Several layers are the parts of one model, or a model and its projector; of models that do not
 * belong together Ollama runs the last. */
static int read_models(struct blobs *b, const struct manifest *m, struct stored *ret, struct err *e)
{
	struct split parts = { .title = b->title };

	for (size_t i = 0; i < m->layer_count; i++) {
		struct gguf g;
		const char *path;
		if (m->layer[i].kind != LAYER_MODEL && m->layer[i].kind != LAYER_PROJECTOR)
			continue;
		int r = b->header(b, &m->layer[i], &g, &path, e);
		if (r < 0)
			return r;
		if (m->layer[i].kind == LAYER_MODEL && !store_is_projector(&g)) {
			if (parts.count && parts.part[0].split_count <= 1) {
				store_note(b->arena, ret,
					   "it has more than one model; Ollama runs the last");
				parts.count = 0;
			}
			split_add(b->arena, &parts, &g, path);
		} else if (!ret->projector) {
			ret->projector = arena_alloc(b->arena, sizeof(g));
			*ret->projector = g;
		}
	}
	if (!parts.count)
		return err_say(e, -ENODATA, "%s has a projector, and no model", b->title);
	ret->where = parts.where[0];
	int r = split_join(b->arena, &parts, ret, e);
	if (r == -ENOENT)
		return err_say(e, -ENODATA, "%s: its first part is missing", b->title);
	return r < 0 ? err_wrap(e, r, "%s", b->title) : 0;
}

static int read_draft(struct blobs *b, const struct manifest *m, struct stored *ret, struct err *e)
{
	const struct manifest_layer *l = manifest_layer(m, LAYER_DRAFT);
	const char *path;

	if (!l)
		return 0;
	ret->draft = arena_alloc(b->arena, sizeof(*ret->draft));
	return b->header(b, l, ret->draft, &path, e);
}

static void note_adapters(struct blobs *b, const struct manifest *m, struct stored *ret)
{
	uint64_t bytes = 0;
	size_t count = 0;

	for (size_t i = 0; i < m->layer_count; i++) {
		const struct manifest_layer *l = &m->layer[i];
		if (l->kind != LAYER_ADAPTER)
			continue;
		bytes = l->bytes > UINT64_MAX - bytes ? UINT64_MAX : bytes + l->bytes;
		count++;
	}
	if (count)
		store_note(b->arena, ret,
			   arena_printf(b->arena,
					"%zu adapter%s of %s come%s on top, and %s not counted",
					count, count == 1 ? "" : "s", str_bytes(b->arena, bytes),
					count == 1 ? "s" : "", count == 1 ? "is" : "are"));
}

/* Without them all is as Ollama takes it by itself: a note, no failure. */
static void read_parameters(struct blobs *b, const struct manifest *m, struct stored *ret)
{
	const struct manifest_layer *l = manifest_layer(m, LAYER_PARAMETERS);
	struct err e = { 0 };
	struct bytes text;
	const char *path;

	if (!l)
		return;
	int r = b->text(b, l->digest, &text, &path, &e);
	if (r == 0)
		r = manifest_parameters(b->arena, text, path, &ret->parameters, &e);
	if (r < 0)
		store_note(b->arena, ret,
			   arena_printf(b->arena, "its parameters are not known: %s", e.text));
}

/* No layer that could be of GGUF: its config says why. */
static int no_model(struct blobs *b, const struct manifest *m, struct err *e)
{
	struct manifest_config c = { "", "", "" };
	struct bytes text;
	const char *path;

	if (m->config) {
		int r = b->text(b, m->config, &text, &path, e);
		if (r == 0)
			r = manifest_config_parse(b->arena, text, path, &c, e);
		if (r < 0 && r != -ENOENT)
			return err_wrap(e, r, "%s", b->title);
	}
	if (*c.remote_host || *c.remote_model || b->cloud)
		return err_say(e, -EREMOTE, "%s runs on %s: nothing of it is on this GPU", b->title,
			       *c.remote_host ? c.remote_host : "Ollama's servers");
	if (str_eq(c.format, "safetensors") || manifest_layer(m, LAYER_TENSOR))
		return err_say(
		    e, -EOPNOTSUPP,
		    "%s is kept as safetensors, for Ollama's MLX engine; only GGUF is read "
		    "here",
		    b->title);
	return err_say(e, -ENODATA, "%s has no model in it: its manifest names no weights",
		       b->title);
}

int layers_read(struct blobs *b, const struct manifest *m, struct stored *ret, struct err *e)
{
	if (!manifest_layer(m, LAYER_MODEL))
		return no_model(b, m, e);
	int r = read_models(b, m, ret, e);
	if (r == 0)
		r = read_draft(b, m, ret, e);
	if (r < 0)
		return r;
	note_adapters(b, m, ret);
	read_parameters(b, m, ret);
	return 0;
}

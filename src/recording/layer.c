/* SPDX-License-Identifier: MIT */
/* What a recording says about itself, and the one that is all in memory. */
#include "recording/layer.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

struct description {
	struct layer *layer;
	bool has_version;
};

static int describe(void *user, const char *section, const char *name, const char *value)
{
	struct description *d = user;

	if (*section && !str_eq(section, "recording"))
		return 0;
	if (str_eq(name, "version")) {
		d->has_version = str_eq(value, "1");
		return d->has_version;
	}
	if (str_eq(name, "base")) {
		d->layer->base = str_dup(&d->layer->arena, value);
		return 1;
	}
	return str_eq(name, "note");
}

static int describe_self(struct layer *l, struct err *e)
{
	enum { SELF_MAX = 64 << 10 };
	ARENA tmp = { 0 };
	struct bytes text;
	struct description d = { .layer = l };
	int r = l->ops->read(l, &tmp, "egpu-recording", SELF_MAX, &text);

	if (r == -ENOENT)
		return err_set(e, -EINVAL, "%s is no recording: it has no file egpu-recording",
			       l->path);
	if (r < 0)
		return err_set(e, r, "%s/egpu-recording", l->path);
	int line = ini_parse_string(text.data, describe, &d);
	if (line != 0)
		return err_set(e, -EINVAL,
			       "%s/egpu-recording:%d: want version=1, base=PATH or note=TEXT",
			       l->path, line);
	if (!d.has_version)
		return err_set(e, -EINVAL, "%s/egpu-recording: has no line version=1", l->path);
	if (l->is_archive && *l->base)
		return err_set(e, -EINVAL,
			       "%s/egpu-recording: an archive may have no base; unpack it",
			       l->path);
	return 0;
}

int layer_describe(struct layer *l, struct err *e)
{
	ARENA tmp = { 0 };
	struct bytes text;
	int r = describe_self(l, e);
	if (r < 0)
		return r;

	const char *name = arena_printf(&tmp, "%s/meta", l->path);
	r = l->ops->read(l, &tmp, "meta", META_BYTES_MAX, &text);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return err_set(e, r, "%s", name);
	return meta_parse(&l->arena, text, name, &l->meta, e);
}

void layer_close(struct layer *l)
{
	if (!l)
		return;
	arena_done(&l->arena);
	arena_done(&l->files);
	l->ops->close(l);
}

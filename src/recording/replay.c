/* SPDX-License-Identifier: MIT */
/* A recording as a host. */
#include "recording/layer.h"
#include "recording/recording.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct replay {
	struct host host;
	struct arena arena; /* owns the name */
	struct stack stack;
};

static int replay_read(struct host *h, struct arena *a, const char *path, struct bytes *ret,
		       struct err *e)
{
	int r = stack_read(&((struct replay *)h)->stack, a, path, ret);
	return r < 0 ? err_set(e, r, "read %s", path) : 0;
}

static int replay_list(struct host *h, struct arena *a, const char *dir, struct names *ret,
		       struct err *e)
{
	int r = stack_list(&((struct replay *)h)->stack, a, dir, ret);
	return r < 0 ? err_set(e, r, "list %s", dir) : 0;
}

static int replay_stat(struct host *h, struct arena *a, const char *path, struct host_stat *ret,
		       struct err *e)
{
	int r = stack_stat(&((struct replay *)h)->stack, a, path, ret);
	return r < 0 ? err_set(e, r, "stat %s", path) : 0;
}

static int replay_ask(struct host *h, struct arena *a, enum source who, const char *question,
		      struct bytes *ret, struct err *e)
{
	int r = stack_ask(&((struct replay *)h)->stack, a, who, question, ret);
	return r < 0 ? err_set(e, r, "%s:%s", source_name(who), question) : 0;
}

static void replay_close(struct host *h)
{
	struct replay *replay = (struct replay *)h;

	for (size_t i = 0; i < replay->stack.count; i++)
		layer_close(replay->stack.layer[i]);
	arena_done(&replay->arena);
	free(replay);
}

static const struct host_ops replay_ops = {
	.read = replay_read,
	.list = replay_list,
	.stat = replay_stat,
	.ask = replay_ask,
	.close = replay_close,
};

/* Where a base is: beside the recording that names it. */
static const char *base_path(struct arena *a, const struct layer *l)
{
	if (*l->base == '/')
		return l->base;
	return arena_printf(a, "%s/%s", l->path, l->base);
}

static struct layer *open_layer(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		err_set(e, -errno, "recording %s", path);
		return NULL;
	}
	struct layer *l = S_ISDIR(st.st_mode) ? layer_directory(path, e) : layer_archive(path, e);
	if (l && layer_describe(l, e) < 0) {
		layer_close(l);
		return NULL;
	}
	return l;
}

/* Opens the recording and all its bases into the stack. */
static int open_all(struct replay *replay, const char *path, struct err *e)
{
	struct stack *s = &replay->stack;

	for (;;) {
		if (s->count == LAYERS_MAX)
			return err_set(e, -EINVAL,
				       "recording %s: more than %d recordings based on each other",
				       replay->host.name, LAYERS_MAX);
		struct layer *l = open_layer(path, e);
		if (!l)
			return e ? e->code : -EINVAL;
		s->layer[s->count++] = l;
		if (!*l->base)
			return 0;
		path = base_path(&replay->arena, l);
	}
}

struct host *host_replay(const char *path, struct err *e)
{
	struct err story = { 0 };
	struct replay *replay = calloc(1, sizeof(*replay));
	if (!replay) {
		err_set(e, -ENOMEM, "recording %s", path);
		return NULL;
	}
	replay->host.ops = &replay_ops;
	replay->host.name = str_dup(&replay->arena, path);
	if (open_all(replay, path, &story) < 0) {
		/* A bad file is trouble, not bad usage, as which -EINVAL ends a command. */
		story.code = story.code == -EINVAL ? -EBADMSG : story.code;
		if (e)
			*e = story;
		replay_close(&replay->host);
		return NULL;
	}
	return &replay->host;
}

/* SPDX-License-Identifier: MIT */
#pragma once

#include "collect/collect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * A host for tests of the container engine's collectors: files with an age,
 * device nodes with numbers, answers. A directory is there when something
 * stands below it. What stands nowhere is not there.
 */
struct thing {
	const char *path; /* "/etc/docker/daemon.json", or "docker:/info" for an answer */
	const char *text;
	int error; /* a negative errno instead of a text */
	int64_t mtime_sec;
	unsigned major, minor; /* of a device node; major 0: a file */
};

struct docker_host {
	struct host host;
	const struct thing *thing;
	size_t count;
	unsigned asked[SOURCE_COUNT];
};

static inline const struct thing *thing_of(struct host *h, const char *path)
{
	struct docker_host *d = (struct docker_host *)h;
	for (size_t i = 0; i < d->count; i++)
		if (str_eq(d->thing[i].path, path))
			return &d->thing[i];
	return NULL;
}

static inline int docker_host_read(struct host *h, struct arena *a, const char *path,
				   struct bytes *ret, struct err *e)
{
	const struct thing *t = thing_of(h, path);
	if (!t || t->error || !t->text)
		return err_set(e, t && t->error ? t->error : -ENOENT, "read %s", path);
	*ret = (struct bytes){ str_dup(a, t->text), strlen(t->text) };
	return 0;
}

static inline int docker_host_by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static inline int docker_host_list(struct host *h, struct arena *a, const char *dir,
				   struct names *ret, struct err *e)
{
	struct docker_host *d = (struct docker_host *)h;
	const struct thing *self = thing_of(h, dir);
	struct names out = { arena_alloc(a, d->count * sizeof(*out.name)), 0 };
	size_t n = strlen(dir);

	if (self && self->error)
		return err_set(e, self->error, "list %s", dir);
	for (size_t i = 0; i < d->count; i++)
		if (str_starts(d->thing[i].path, dir) && d->thing[i].path[n] == '/')
			out.name[out.count++] = d->thing[i].path + n + 1;
	if (out.count == 0)
		return err_set(e, -ENOENT, "list %s", dir);
	qsort(out.name, out.count, sizeof(*out.name), docker_host_by_name);
	*ret = out;
	return 0;
}

static inline int docker_host_stat(struct host *h, struct arena *a, const char *path,
				   struct host_stat *ret, struct err *e)
{
	const struct thing *t = thing_of(h, path);
	(void)a;
	if (!t)
		return err_set(e, -ENOENT, "stat %s", path);
	*ret = (struct host_stat){ .type = t->major ? STAT_CHAR : STAT_FILE,
				   .major = t->major,
				   .minor = t->minor,
				   .mtime_sec = t->mtime_sec,
				   .target = "" };
	return 0;
}

static inline int docker_host_ask(struct host *h, struct arena *a, enum source who,
				  const char *question, struct bytes *ret, struct err *e)
{
	((struct docker_host *)h)->asked[who]++;
	return docker_host_read(h, a, arena_printf(a, "%s:%s", source_name(who), question), ret, e);
}

#define DOCKER_HOST(...)                                                                           \
	{                                                                                          \
		.host = { .ops = &(const struct host_ops){ docker_host_read, docker_host_list,     \
							   docker_host_stat, docker_host_ask,      \
							   NULL } },                               \
		.thing = (const struct thing[]){ __VA_ARGS__ },                                    \
		.count = sizeof((const struct thing[]){ __VA_ARGS__ }) / sizeof(struct thing)      \
	}

/* Facts of a host that are about to be collected. */
static inline struct facts *fresh_facts(void)
{
	static struct arena arena;
	struct facts *f = arena_alloc(&arena, sizeof(*f));
	f->arena = &arena;
	return f;
}

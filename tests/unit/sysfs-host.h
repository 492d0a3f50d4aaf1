/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"
#include "host/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * A host that is a table, for tests of what reads sysfs. A directory is there
 * when something stands below it; a link is listed and followed no further.
 * Later entries win, so that a test adds what differs.
 */
struct entry {
	const char *path;
	const char *text; /* of a file */
	const char *link; /* of a link: what it points to */
	int error;        /* what reading, listing or looking at it ends in, e.g. -EACCES */
	size_t size;      /* of a text with NULs in it; else 0 */
};

struct table_host {
	struct host host;
	struct entry entry[512];
	size_t count;
};

static inline void table_add(struct table_host *t, const struct entry *e, size_t count)
{
	for (size_t i = 0; i < count; i++)
		t->entry[t->count++] = e[i];
}
#define TABLE_ADD(t, ...)                                                                          \
	table_add((t), (const struct entry[]){ __VA_ARGS__ },                                      \
		  sizeof((const struct entry[]){ __VA_ARGS__ }) / sizeof(struct entry))

static inline const struct entry *table_find(const struct table_host *t, const char *path)
{
	for (size_t i = t->count; i-- > 0;)
		if (strcmp(t->entry[i].path, path) == 0)
			return &t->entry[i];
	return NULL;
}

/* What stands below dir in that entry's path, or NULL. */
static inline const char *table_below(const struct entry *e, const char *dir)
{
	size_t n = strlen(dir);
	return strncmp(e->path, dir, n) == 0 && e->path[n] == '/' ? e->path + n + 1 : NULL;
}

static inline int table_read(struct host *h, struct arena *a, const char *path, struct bytes *ret,
			     struct err *e)
{
	const struct entry *found = table_find((struct table_host *)h, path);
	(void)a;
	(void)e;
	if (!found || !(found->text || found->error))
		return -ENOENT;
	if (found->error)
		return found->error;
	*ret = (struct bytes){ found->text, found->size ? found->size : strlen(found->text) };
	return 0;
}

static inline int table_by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static inline int table_list(struct host *h, struct arena *a, const char *dir, struct names *ret,
			     struct err *e)
{
	struct table_host *t = (struct table_host *)h;
	const struct entry *self = table_find(t, dir);
	struct names out = { arena_alloc(a, sizeof(char *) * 512), 0 };
	(void)e;

	if (self && self->error)
		return self->error;
	for (size_t i = 0; i < t->count; i++) {
		const char *below = table_below(&t->entry[i], dir);
		const char *name = below ? str_ndup(a, below, strcspn(below, "/")) : NULL;
		if (name && !names_have(&out, name))
			out.name[out.count++] = name;
	}
	if (!out.count)
		return -ENOENT;
	qsort(out.name, out.count, sizeof(*out.name), table_by_name);
	*ret = out;
	return 0;
}

static inline int table_stat(struct host *h, struct arena *a, const char *path,
			     struct host_stat *ret, struct err *e)
{
	struct table_host *t = (struct table_host *)h;
	const struct entry *found = table_find(t, path);
	(void)a;
	(void)e;

	if (found && found->error)
		return found->error;
	for (size_t i = 0; !found && i < t->count; i++)
		if (table_below(&t->entry[i], path)) {
			*ret = (struct host_stat){ .type = STAT_DIR, .target = "" };
			return 0;
		}
	if (!found)
		return -ENOENT;
	*ret = (struct host_stat){ .type = found->link ? STAT_LINK : STAT_FILE,
				   .target = found->link ? found->link : "" };
	return 0;
}

/* An answer is a text at "names:QUESTION". */
static inline int table_ask(struct host *h, struct arena *a, enum source who, const char *question,
			    struct bytes *ret, struct err *e)
{
	return table_read(h, a, arena_printf(a, "%s:%s", source_name(who), question), ret, e);
}

static const struct host_ops table_ops = { table_read, table_list, table_stat, table_ask, NULL };

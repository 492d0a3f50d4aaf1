/* SPDX-License-Identifier: MIT */
#pragma once

#include "host/host.h"

#include <errno.h>
#include <string.h>

/*
 * A host whose every file and answer is the next piece of the input, pieces
 * divided by NUL; past its end nothing is there.
 */
struct input_host {
	struct host host;
	const char *data;
	size_t size;
};

static inline struct bytes next_piece(struct arena *a, struct host *h)
{
	struct input_host *in = (struct input_host *)h;
	const char *end = in->size ? memchr(in->data, '\0', in->size) : NULL;
	size_t n = end ? (size_t)(end - in->data) : in->size;
	struct bytes b = { str_ndup(a, in->data, n), n };

	in->data += n + (end != NULL);
	in->size -= n + (end != NULL);
	return b;
}

static inline int input_read(struct host *h, struct arena *a, const char *path, struct bytes *ret,
			     struct err *e)
{
	(void)path;
	(void)e;
	if (!((struct input_host *)h)->size)
		return -ENOENT;
	*ret = next_piece(a, h);
	return 0;
}

static inline int input_list(struct host *h, struct arena *a, const char *dir, struct names *ret,
			     struct err *e)
{
	(void)dir;
	(void)e;
	*ret = str_split(a, next_piece(a, h).data, "\n/", 8);
	return ret->count ? 0 : -ENOENT;
}

static inline int input_stat(struct host *h, struct arena *a, const char *path,
			     struct host_stat *ret, struct err *e)
{
	(void)path;
	(void)e;
	if (!((struct input_host *)h)->size)
		return -ENOENT;
	struct bytes b = next_piece(a, h);
	*ret =
	    (struct host_stat){ .type = STAT_LINK, .mtime_sec = (int64_t)b.size, .target = b.data };
	return 0;
}

static inline int input_ask(struct host *h, struct arena *a, enum source who, const char *question,
			    struct bytes *ret, struct err *e)
{
	(void)who;
	return input_read(h, a, question, ret, e);
}

static const struct host_ops input_ops = {
	.read = input_read,
	.list = input_list,
	.stat = input_stat,
	.ask = input_ask,
};

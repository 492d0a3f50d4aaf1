/* SPDX-License-Identifier: MIT */
#pragma once

#include <unistd.h>

#include "base/err.h"
#include "base/str.h"

/* Files as they are read for a model. Links are followed: people keep their blobs on other disks.
 */

/* A path as it may be printed. */
const char *store_shown(struct arena *a, const char *path);
/* The same for a message, which has no room for all of a long one: its end says most. */
const char *store_brief(struct arena *a, const char *path);
/* What stands behind the last "/". */
const char *store_base(const char *path);

/*
 * A regular file, opened for reading; nothing is waited for. Returns the descriptor. -EACCES: *e
 * says who owns what is in the way, and how to get past it; -EISDIR; -EINVAL: a fifo, a socket or a
 * device.
 */
int store_open(struct arena *a, const char *path, uint64_t *ret_size, struct err *e);
/* The same for what failed elsewhere: *e for a path that could not be opened or listed. */
int store_failed(struct arena *a, const char *path, int code, struct err *e);

/* All of a file of at most max bytes. -EFBIG: it has more. */
int store_text(struct arena *a, const char *path, size_t max, struct bytes *ret, struct err *e);

#define STORE_FD __attribute__((cleanup(store_closep))) int
static inline void store_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

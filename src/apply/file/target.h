/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/types.h>

#include "apply/file/attrs.h"
#include "apply/file/place.h"
#include "plan/plan.h"

/* What stands at a place now. */
struct look {
	bool exists;
	struct bytes bytes;
	struct attrs attrs;
	unsigned long links; /* names that it has */
	uint64_t mount;
	bool fixed; /* chattr +i or +a */
};

enum { TARGET_MAX = 1 << 20 }; /* bytes of a file, as host_read() */

/*
 * -ELOOP: a link, *e says where it leads; -EINVAL: no regular file; -EFBIG. That there is
 * nothing is no error. Neither a device nor a fifo is opened.
 */
int place_look(const struct place *p, struct arena *a, struct look *ret, struct err *e);
/* place_look() by path; a missing directory is a missing file. */
int look_below(int root, struct arena *a, const char *path, struct look *ret, struct err *e);
bool look_is(const struct look *l, bool exists, struct bytes bytes);

/* A file that a plan changes, looked at before anything is written. */
struct target {
	const struct file_change *change;
	struct look now;
	struct names missing; /* directories on the way that have to be made */
	dev_t dev;            /* of its file system */
	uint64_t free_bytes, block_bytes;
};

/*
 * Refuses what would fail in the middle, or would do another thing than the plan says: links,
 * files of several names (only one would change), mounts, read-only file systems and directories,
 * chattr +i and +a. -ESTALE: it is not any more what the plan saw.
 */
int target_check(int root, struct arena *a, const struct file_change *f, struct target *ret,
		 struct err *e);
/* -ENOSPC: the disks of all of them together have not enough room. */
int targets_room(struct arena *a, const struct target *t, size_t count, struct err *e);

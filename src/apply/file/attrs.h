/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* What a file has besides its bytes. ACLs and the SELinux label are extended attributes. */
struct xattr {
	const char *name;
	struct bytes value;
};

enum { XATTRS_MAX = 64 };

struct attrs {
	unsigned mode; /* 07777 */
	unsigned uid, gid;
	struct xattr *xattr; /* owned by the arena */
	size_t count;
};

/* But for what IMA and EVM sign: those hold for the old bytes only. */
int attrs_read(int fd, struct arena *a, const char *path, struct attrs *ret, struct err *e);
/*
 * Gives a file these, and takes from it what it inherited beyond them. What the file system cannot
 * keep is an error only where the file would not be what the attributes say.
 */
int attrs_set(int fd, const struct attrs *w, const char *path, struct err *e);
/*
 * A new file's: the mode, and in a directory of a user that user as its owner: a compose file in
 * a home stays theirs to edit.
 */
int attrs_set_new(int fd, int dir, unsigned mode, const char *path, struct err *e);

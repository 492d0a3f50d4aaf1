/* SPDX-License-Identifier: MIT */
#pragma once

#include "host/host.h"

enum {
	TREE_FILE_MAX = 1 << 20, /* bytes of a /sys, /proc or /etc file */
	TREE_NAMES_MAX = 8192,   /* entries of one directory */
};

/*
 * Files below a directory, opened O_PATH by the caller. Links, absolute ones
 * too, resolve inside it: neither a name nor a link reaches out. Nothing here
 * blocks: a fifo or a device node reads as -EINVAL.
 */
int tree_read(int root, struct arena *a, const char *path, struct bytes *ret, struct err *e);
int tree_list(int root, struct arena *a, const char *dir, struct names *ret, struct err *e);
int tree_stat(int root, struct arena *a, const char *path, struct host_stat *ret, struct err *e);

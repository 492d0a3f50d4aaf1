/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"
#include "host/host.h"

/*
 * One file that holds one value, as values whose origin is its path. Not being
 * there is an answer, not an error. Text is one line, trimmed, not cleaned.
 */
struct maybe_text read_text(struct host *h, struct arena *a, const char *path);
struct maybe_u64 read_u64(struct host *h, struct arena *a, const char *path,
			  int base);                                           /* 10 or 16 */
struct maybe_u64 read_flag(struct host *h, struct arena *a, const char *path); /* 0 1 Y N */

/* The same for an attribute of a device: path is "DEV/ATTR". */
struct maybe_text sysfs_text(struct host *h, struct arena *a, const char *dev, const char *attr);
struct maybe_u64 sysfs_u64(struct host *h, struct arena *a, const char *dev, const char *attr,
			   int base);

/* Last component of what a link points to: sysfs_link(h, a, dev, "driver") is "nvidia". */
struct maybe_text sysfs_link(struct host *h, struct arena *a, const char *dev, const char *attr);
/* Whether there is such a path: flag. */
struct maybe_u64 path_exists(struct host *h, struct arena *a, const char *path);
/* When it was last written, in seconds; UNREADABLE where its file system keeps no times. */
struct maybe_u64 path_mtime_sec(struct host *h, struct arena *a, const char *path);
/* The newer of two times of files, from the file; what could not be read counts less. */
struct maybe_u64 path_newest_sec(struct host *h, struct arena *a, struct maybe_u64 so_far,
				 const char *path);

/*
 * The value of NAME=value in shell-like text (os-release, preset, environment
 * files): quotes taken off, last assignment wins, comments passed over; NULL
 * where there is none.
 */
const char *assignment(struct arena *a, struct bytes text, const char *name);

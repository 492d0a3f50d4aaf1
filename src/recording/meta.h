/* SPDX-License-Identifier: MIT */
#pragma once

#include "host/host.h"

enum {
	META_BYTES_MAX = 8 << 20,
	META_LINES_MAX = 65536,
};

/* One line of `meta`: what is known of a path or a question besides its bytes. */
struct meta_entry {
	const char *key; /* "/a/b", "" for "/"; "docker:info"; "docker:" for all its questions */
	int error;       /* negative errno of reading, listing or asking; 0: none */
	bool has_type;   /* stat is known, also where error is set */
	bool has_size;
	struct host_stat stat;
};

struct meta {
	struct meta_entry *entry; /* sorted by key, no two alike */
	size_t count;
};

/* Parses `meta`. Everything is in the arena. -EINVAL: *e says "NAME:LINE: reason". */
int meta_parse(struct arena *a, struct bytes text, const char *name, struct meta *ret,
	       struct err *e);

/* The line that meta_parse() reads back as this entry, with its line feed. */
char *meta_line(struct arena *a, const struct meta_entry *entry);

const struct meta_entry *meta_find(const struct meta *m, const char *key);

/*
 * The error that a line on a directory above path gives to all below it: of
 * the nearest such directory; 0 where there is none.
 */
int meta_error_above(const struct meta *m, const char *path);

/* First entry below the directory, to be walked on while str_starts(key, DIR/). */
size_t meta_first_below(const struct meta *m, const char *dir_slash);

/* "ENOENT" <-> -ENOENT; 0 and NULL for what is not in the table of egpu-recording(5). */
int errno_of_name(const char *name);
const char *name_of_errno(int r);

/* A path without doubled, trailing and "." parts; ".." stays, since links may come before it. "" is
 * the root. */
char *path_tidy(struct arena *a, const char *path);
/* Where a recording keeps it: "tree/etc/os-release", "answers/docker/info". */
char *path_file(struct arena *a, const char *tidy_path);
char *question_file(struct arena *a, enum source who, const char *question);
/* "docker:info", as in meta_entry. */
char *question_key(struct arena *a, enum source who, const char *question);

/* SPDX-License-Identifier: MIT */
#pragma once

#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Where a file stands below the root that is written. Nothing reaches out of the root: a link to a
 * directory leads inside of it. Root also writes into homes, so a link that a user made is followed
 * only to what is theirs too.
 */
struct place {
	int dir;          /* its directory, open for reading; -1: none */
	const char *leaf; /* its name there */
	const char *path; /* whole, as the host has it */
};

#define CLOSE __attribute__((cleanup(place_close_fd))) int
static inline void place_close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Puts a directory's names on disk; some network file systems do so unasked, and say -EINVAL. */
int place_sync(int dir);

#define PLACE __attribute__((cleanup(place_done))) struct place
static inline void place_done(const struct place *p)
{
	place_close_fd(&p->dir);
}

/* The root itself, for the others; NULL: "/". */
int place_root(const char *root, struct err *e);
/* Directories above the path that do not exist, outermost first. -EINVAL: no path of a file. */
int place_missing(int root, struct arena *a, const char *path, struct names *ret, struct err *e);
/* -ENOENT: a directory above it is missing. */
int place_open(int root, struct arena *a, const char *path, struct place *ret, struct err *e);
/* A directory by its path, open for reading. */
int place_dir(int root, const char *path, struct err *e);

/*
 * Makes the missing ones, on disk when it returns. They belong to whom the directory above belongs,
 * and are 0755; one that stands by now is fine.
 */
int place_make(int root, struct arena *a, const struct names *missing, struct err *e);
/* Removes those of them that are empty. */
void place_unmake(int root, struct arena *a, const struct names *made);

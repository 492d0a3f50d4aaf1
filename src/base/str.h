/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Bytes from outside: not yet parsed, not to be trusted. */
struct bytes {
	const char *data; /* NUL-terminated for convenience; may hold NULs before that */
	size_t size;      /* without the final NUL */
};

struct names {
	const char **name; /* sorted by strcmp where they are a directory's */
	size_t count;
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

bool str_eq(const char *a, const char *b); /* NULL equals nothing */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* The whole of text is one number, at most max; no sign, no blanks around it. Base 10 or 16 (0x
 * allowed). */
bool str_u64(const char *text, int base, uint64_t max, uint64_t *ret);

enum { STR_DISTANCE_MAX = 128 };
/* Letters to change, add or take away to make one of the other (Levenshtein); of b no more than
 * STR_DISTANCE_MAX letters count. */
size_t str_distance(const char *a, const char *b);

/* Arena copies. */
char *str_dup(struct arena *a, const char *s);
char *str_ndup(struct arena *a, const char *s, size_t size);
/* One line without its end and without blanks at both sides. */
char *str_trim(struct arena *a, const char *s, size_t size);
/* A variable's value without blanks, then quotes, around it: Ollama's envconfig/config.go, Var. */
char *str_unquoted(struct arena *a, const char *s);

/*
 * The word as a POSIX shell takes it, in quotes where it needs them. Names come from outside: a
 * container may be called "x; rm -rf ~".
 */
const char *str_quoted(struct arena *a, const char *s);

/* "256 MiB", "18.5 GiB": the largest binary unit that fits, one decimal where there is a rest. */
const char *str_bytes(struct arena *a, uint64_t bytes);

/*
 * What may be shown to a person: control bytes, escape sequences and broken
 * UTF-8 become '?', so that no name from outside can move a cursor. Line feeds
 * and tabs become blanks. At most max bytes, cut between characters; what is not
 * cut off keeps its place, byte for byte.
 */
char *str_clean(struct arena *a, const char *s, size_t size, size_t max);

/*
 * Takes the next line off *rest: false at the end. The line is not
 * NUL-terminated and has neither "\n" nor "\r\n".
 */
bool bytes_line(struct bytes *rest, struct bytes *line);
bool bytes_start(struct bytes b, const char *prefix);
/* First place of needle in b, or NULL. */
const char *bytes_find(struct bytes b, const char *needle);
bool bytes_have(struct bytes b, const char *needle);
struct bytes bytes_of(const char *s);

/* Words of a text, split at any of the characters in `at`; empty ones are left out. At most max. */
struct names str_split(struct arena *a, const char *s, const char *at, size_t max);
/* The words with a text between them. */
const char *names_join(struct arena *a, const struct names *n, const char *between);
/* The same words in the same order. */
bool names_eq(const struct names *a, const struct names *b);
bool names_have(const struct names *n, const char *name);
/* Adds a copy; *room is how many fit by now, 0 at first. */
void names_add(struct arena *a, struct names *n, size_t *room, const char *name);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/*
 * The text of a configuration file on its way from what stands to what shall
 * stand. Editors are lossless: they touch the bytes that have to change and no
 * others, so that comments, quotes, order, blanks, line ends and a missing final
 * line feed stay as somebody wrote them.
 *
 * Every editor returns 1: the text is changed; 0: it says so already, and is
 * untouched; -EINVAL: refused and untouched, *e says "FILE:LINE: why". What an
 * editor does not understand it refuses; it never guesses.
 */
struct edit {
	struct arena *arena; /* owns all texts */
	const char *file;    /* the file's path, for refusals */
	struct bytes text;
};

enum { EDIT_MAX = 1 << 20 }; /* bytes of a text; more is refused */

/* Replaces `gone` bytes at offset `at` by the text `put`. */
void edit_splice(struct edit *t, size_t at, size_t gone, const char *put);
/* Adds a line at the end, with the file's own line ends, and ends the last line first if need be.
 */
void edit_append_line(struct edit *t, const char *line);
/* "\r\n" where the first line has it, else "\n". */
const char *edit_line_end(const struct edit *t);
size_t edit_line_of(const struct edit *t, size_t at); /* from 1 */
/* -EINVAL with "FILE:LINE: ...". */
int edit_refuse(const struct edit *t, size_t at, struct err *e, const char *fmt, ...) PRINTF(4, 5);
/* -EINVAL unless the text is one that can be edited: not too long, no NUL in it. Else 0. */
int edit_check(const struct edit *t, struct err *e);

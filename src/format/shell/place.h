/* SPDX-License-Identifier: MIT */
#pragma once

#include "format/edit.h"
#include "format/shell.h"

/*
 * What the editors of format/shell-edit.h have in common: where in the text a
 * variable is set, and the proof that a new text is what was wanted.
 */
struct shell_place {
	struct edit *t;
	const char *name;
	struct shell shell; /* the text as it stands */
	/* The assignments whose sum the value is, in their order: from the last `=` on, or further
	 * back where that one begins with $NAME. None: nothing sets it. */
	struct shell_assignment *set;
	size_t count;
	const struct shell_variable *v; /* NULL: nothing sets it */
};

/* What the variable shall be. */
struct shell_want {
	struct names word;
	bool as_words; /* a text is its words, however many blanks stand between them */
};

enum shell_quotes { QUOTES_NONE, QUOTES_SINGLE, QUOTES_DOUBLE, QUOTES_MIXED };

/* Where a text stands inside its quotes, as offsets into the file. */
struct shell_inside {
	enum shell_quotes quotes;
	size_t at, size;
};

/*
 * -EINVAL, "FILE:LINE: why", where the text is not one, is not understood, or where the variable
 * depends on a condition or a command. Of its value, parts may be open (keeps_unknown).
 */
int shell_place_find(struct shell_place *p, struct edit *t, const char *name, struct err *e);
/* The whole value is put anew: what it was does not matter, and there need not be one that can be
 * told. */
int shell_place_find_last(struct shell_place *p, struct edit *t, const char *name, struct err *e);
/* -EINVAL at the variable's last assignment. */
int shell_place_refuse(const struct shell_place *p, struct err *e, const char *fmt, ...)
    PRINTF(3, 4);

struct shell_inside shell_inside(const struct edit *t, const struct shell_assignment *a);
/* As it is written inside of such quotes. NULL: it cannot be. */
const char *shell_inside_quotes(struct arena *a, enum shell_quotes quotes, const char *text);
/* No blank, no control character, and not empty. */
bool shell_is_one_word(const char *word);
/* A list's words, or those of a text. */
struct names shell_words(struct arena *a, const struct shell_variable *v);

/* 1: the new text is taken. -EINVAL: it would not be what was wanted. */
int shell_place_take(struct shell_place *p, const struct edit *new, const struct shell_want *want,
		     struct err *e);
/* Adds a line where nothing sets the variable: below its last commented example, else at the end.
 */
int shell_place_add_line(struct shell_place *p, const char *line, const struct shell_want *want,
			 struct err *e);

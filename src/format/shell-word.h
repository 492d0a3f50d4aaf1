/* SPDX-License-Identifier: MIT */
#pragma once

#include "format/shell.h"

/*
 * Half of the shell reader: its words. The other half, shell.c, reads what
 * they are put together to.
 */

/* The text being read, joined, and the pieces that tell where in which file a place is. */
struct shell_reader {
	struct shell *s;
	const char *text, *at;
	const struct shell_piece *piece;
	size_t piece_count;
	const char *name; /* of the assignment whose value is being read, or NULL */
	size_t depth;     /* of compound commands: what is set in them depends on a condition */
	bool conditional; /* this statement follows && or || */
};

/* A word as it is written, its quotes taken off. */
struct shell_word {
	char *text;
	size_t size;
	bool has_braces; /* unquoted ones */
	bool has_blanks; /* of an unquoted variable: in a list, several words */
	bool has_quotes; /* or a backslash */
	bool has_variable;
	bool is_open;                      /* see shell_variable */
	const struct shell_variable *list; /* the word is just "${NAME[@]}" */
	const char *trouble;               /* why it cannot be told, or NULL */
};

const char *shell_where(const struct shell_reader *r, const char *at); /* "FILE:LINE" */
const char *shell_trouble_at(const struct shell_reader *r, const char *at, const char *why);
/* Nothing that was read, or will be, can be told. Goes to the end of the text. */
void shell_give_up(struct shell_reader *r, const char *at, const char *why);

struct shell_variable *shell_find(const struct shell *s, const char *name); /* NULL: not set */

size_t shell_name_size(const char *s); /* of the variable name at s; 0: there is none */
bool shell_is_blank(char c);
bool shell_is_meta(char c); /* ends an unquoted word */
/* Over blanks, a continued line's end, and a comment. */
void shell_skip_blanks(struct shell_reader *r);
/* From where the reader is to the next unquoted blank or operator. */
struct shell_word shell_read_word(struct shell_reader *r);

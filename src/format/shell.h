/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/str.h"

/*
 * The little of the shell that configuration files are made of: assignments of
 * words and lists, quotes, comments, continued lines, $NAME, "${NAME[@]}" and
 * one{,two}. Nothing is ever run, and nothing guessed: what depends on a
 * command, a condition or another file is in trouble, and says where. Bash(1).
 */
enum {
	SHELL_FILE_MAX = 1 << 16, /* bytes of all pieces of one reading */
	SHELL_VARIABLES_MAX = 256,
	SHELL_STATEMENTS_MAX = 4096,
	SHELL_LIST_MAX = 256,  /* words of a list */
	SHELL_WORD_MAX = 8192, /* bytes of a word */
};

struct shell_variable {
	const char *name; /* "NAME", or "NAME[KEY]" of one element of a list */
	bool is_list;
	bool is_open;        /* keeps_unknown: parts of it stand as they are written */
	struct names word;   /* a plain variable has one */
	const char *from;    /* "FILE:LINE" of its last assignment */
	const char *trouble; /* "FILE:LINE: why" where its value cannot be told, else NULL */
};

/* One assignment, in the order of the text. Offsets are of the text of its shell_read(), joined. */
struct shell_assignment {
	const char *name; /* as of its variable */
	size_t at;        /* where its name begins */
	size_t value;     /* what stands after the '=', with brackets and quotes */
	size_t value_size;
	bool appends, is_list;
	bool is_certain; /* under no condition, and kept when its command has ended */
};

/* Zero-initialise but for the arena; then read one file or several, in their order. */
struct shell {
	struct arena *arena;
	/* For edits: $NAME of a variable that is not set, and $(command), are no trouble but stand
	 * in the value as they are written. */
	bool keeps_unknown;
	struct shell_variable *variable;
	struct shell_assignment *assignment;
	size_t count, assignment_count, assignment_room, statements;
	size_t commands;     /* other than assignments: run by a shell, not by this */
	const char *trouble; /* of everything: the text is no shell, or runs another one */
};

/* One file, or the part of a reading that comes from it. */
struct shell_piece {
	const char *file;
	struct bytes text;
};

/* Reads the pieces as one text, as `cat` joins them: without a line feed between two. */
void shell_read(struct shell *s, const struct shell_piece *piece, size_t count);

/* Why this variable cannot be told, or NULL: it can, and may not be set at all. */
const char *shell_trouble(const struct shell *s, const char *name);
/* NULL: not set, or in trouble. */
const struct shell_variable *shell_variable(const struct shell *s, const char *name);
/* The plain variable's value, or the list's first word; "" where it is not set. */
const char *shell_text(const struct shell *s, const char *name);

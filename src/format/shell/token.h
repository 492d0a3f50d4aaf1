/* SPDX-License-Identifier: MIT */
#pragma once

#include "format/shell/place.h"

/* The words of one assignment, list or text, as they are written. */
struct shell_token {
	size_t at, size;  /* in the file */
	const char *text; /* what it says, or NULL: that depends on a variable, or is many words */
};

struct shell_tokens {
	struct shell_token *token;
	size_t count;
	size_t at, size;          /* the inside of the brackets or quotes */
	enum shell_quotes quotes; /* of a text */
	bool is_list;
};

struct shell_tokens shell_tokens(const struct edit *t, const struct shell_assignment *a);

/* Puts the words behind the last one, in its style. False: they cannot be written so. */
bool shell_tokens_add(struct edit *t, const struct shell_assignment *a, const struct names *words);
/* Takes the words off and makes the assignment that much shorter; says how many there were. */
size_t shell_tokens_remove(struct edit *t, struct shell_assignment *a, const struct names *words);

/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/*
 * Searches text for hundreds of words at once. Upper and lower case are the
 * same. It looks at every third place only, at the four bytes there: each word
 * of six bytes or more has one such place, whichever it is.
 */
struct search;

enum { WORD_MIN_BYTES = 6, WORDS_MAX = 20000, FOUND_MAX = 512 };

/*
 * The words must stay; one shorter than WORD_MIN_BYTES, and any past WORDS_MAX, is never found.
 * What is looked for first is that part of each that fewest others have. In the arena.
 */
struct search *search_for(struct arena *a, const struct bytes *word, size_t count);

/* Numbers of the words found. Zeroed at first; kept from one search to the next. */
struct found {
	size_t number[FOUND_MAX], count;
	uint64_t *seen; /* one bit a word */
};

struct found *found_new(struct arena *a, const struct search *s);

/* The words that are in the text, each once; at most FOUND_MAX. A blank is any run of
 * them. */
void search_in(const struct search *s, struct bytes text, struct found *ret);

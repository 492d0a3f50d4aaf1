/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/arena.h"
#include "base/str.h"

/*
 * What differs between two texts, line by line, as `diff -u` tells it: hunks with three lines of
 * context, what goes before what comes. A line ends at "\n" and has it; "\r" is part of a line.
 * Format: GNU diffutils manual, "Detailed Description of Unified Format".
 */
enum {
	DIFF_CONTEXT = 3,
	/*
	 * What both texts have at their begin and end is set aside. Of the rest, the fewest lines
	 * change, unless lines times lines are more than this: then all of it does.
	 */
	DIFF_CELLS_MAX = 1 << 20,
};

struct diff_line {
	/* ' ' in both texts, '-' only in the first, '+' only in the second, '@' a hunk begins */
	char mark;
	struct bytes text; /* with its "\n", if it has one; of '@' "@@ -1,4 +1,5 @@\n" */
};

struct diff {
	struct diff_line *line; /* NULL where the texts are the same */
	size_t count;
};

/* The lines' bytes stay in the two texts, the rest is in the arena. */
struct diff diff_of(struct arena *a, struct bytes before, struct bytes after);
/*
 * As patch(1) takes it, but for the "---" and "+++" lines. Raw bytes of the texts: not for a
 * terminal.
 */
struct bytes diff_text(struct arena *a, const struct diff *d);

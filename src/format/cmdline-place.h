/* SPDX-License-Identifier: MIT */
#pragma once

#include "format/cmdline-splice.h"

/*
 * A command line that stands in several places of a text, as in the lines of
 * /etc/kernel/cmdline: it is changed as the one that the kernel sees, but each
 * byte where it stands.
 */

/* Offsets: of a line, past it without its end, and of the next one. */
struct text_line {
	size_t at, end, next;
};

/* From { 0 } on one line after the other; false past the last. */
bool text_line(struct bytes text, struct text_line *line);

/* A line's part of a command line: [value, line.end). */
struct cmdline_place {
	struct text_line line;
	size_t value;
};

struct cmdline_places {
	struct cmdline_place *place; /* by offset */
	size_t count, room;
};

void cmdline_place_add(struct arena *a, struct cmdline_places *p, struct text_line line,
		       size_t value);

/* Changes of a text, gathered from its start on. */
struct cmdline_gathered {
	struct cmdline_splices splices;
	size_t room;
};

void cmdline_gather(struct arena *a, struct cmdline_gathered *g, struct cmdline_splice s);
/*
 * Gathers what changes the command line that stands in these places, at least one; a line whose
 * last word is dropped goes with it. `between` as in cmdline_splices().
 */
void cmdline_places_change(const struct edit *t, const struct cmdline_places *p,
			   const struct cmdline_change *c, const char *between,
			   struct cmdline_gathered *g);
/* Makes what was gathered, as editors do; refused where the text would be none of ours then. */
int cmdline_apply(struct edit *t, const struct cmdline_gathered *g, struct err *e);

/* -EINVAL where a place cannot be told for a command line: a quote stays open, a template. */
int cmdline_places_check(const struct edit *t, const struct cmdline_places *p, struct err *e);
/* As edit_check(); nor a byte order mark, nor a carriage return but at the end of a line. */
int cmdline_text_check(const struct edit *t, struct err *e);

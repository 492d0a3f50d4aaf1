/* SPDX-License-Identifier: MIT */
#pragma once

#include "format/cmdline-edit.h"

/*
 * A change of a command line as the places that it touches, for editors whose
 * command line stands in several lines, or in another spelling.
 */

/* A change of a text: `gone` bytes at `at` are replaced by `put`. */
struct cmdline_splice {
	size_t at, gone;
	const char *put;
};

struct cmdline_splices {
	struct cmdline_splice *splice; /* by place; none touches another's bytes */
	size_t count;
};

/*
 * Where a command line has to change. A '\n' in it parts words too, but is never taken out. A new
 * word is put behind the last one, with `between` before it.
 */
struct cmdline_splices cmdline_splices(struct arena *a, struct bytes line,
				       const struct cmdline_change *c, const char *between);

/* The text with all of them made. */
struct bytes cmdline_spliced(struct arena *a, struct bytes text, const struct cmdline_splices *s);

/* The words that a change adds to an empty command line. */
const char *cmdline_fresh(struct arena *a, const struct cmdline_change *c);

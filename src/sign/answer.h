/* SPDX-License-Identifier: MIT */
#pragma once

#include "sign/reading.h"

enum { NAMED_MAX = 32 };

/* A cause that the text gives away. */
struct named {
	const struct cause *cause;
	size_t order;              /* of its link in the chain */
	unsigned sure;             /* percent, from all of its signs */
	const struct said *said;   /* what gives it away most */
	uint64_t xid;              /* that the driver gives it; 0: none */
	const struct cause *after; /* it is a mere consequence of that one; NULL: it is not */
	bool past;                 /* before the last boot in the text */
};

/*
 * What a text says is wrong. Roots first, best first; what follows from another
 * is behind them all.
 */
struct answer {
	struct named named[NAMED_MAX];
	size_t count, roots;
	const char *good[8]; /* what the text shows to work, as clauses */
	size_t good_count;
};

enum sureness { POSSIBLE, LIKELY, CERTAIN };

enum sureness sureness(unsigned sure);      /* of so many percent */
const char *sureness_name(enum sureness s); /* "certain" */

/*
 * Weighs what was said. gpu: the external GPU's address where it is known, ""
 * where not: then the text may tell. Lines about another NVIDIA GPU do not
 * count. The answer is in that arena and points into the reading.
 */
const struct answer *answer_of(struct arena *a, const struct reading *r, const char *gpu);

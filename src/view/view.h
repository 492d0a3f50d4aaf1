/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

#include "base/json.h"
#include "rules/chain.h"

/* What a source or a collector cost, for those who ask. */
struct view_cost {
	const char *kind; /* "source" or "link" */
	const char *name;
	unsigned count;
	uint64_t usec;
};

struct view {
	const struct facts *facts;
	const struct report *report;
	const char *host; /* "this host", or the recording's name */
	bool colour;
	unsigned columns;             /* 80 where the output is no terminal */
	bool verbose;                 /* the facts too, with where they came from */
	const struct view_cost *cost; /* shown when cost_count > 0 */
	size_t cost_count;
	const char *version; /* of egpu */
	uint64_t at_usec;    /* wall clock of the look; 0: not told */
	uint64_t took_usec;  /* what it took; 0: not told */
};

/* The chain on one screen. */
void view_text(FILE *to, const struct view *v);
/* data/check.schema.json says what this is. Caller decrefs. */
json_t *view_json(const struct view *v);
/* Facts as a JSON object, by their shapes. */
json_t *view_facts_json(const struct facts *f);
/* Facts as lines "pci.gpu[0].bdf = 0000:22:00.0  (path)". */
void view_facts_text(FILE *to, const struct facts *f);

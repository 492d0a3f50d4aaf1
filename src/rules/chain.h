/* SPDX-License-Identifier: MIT */
#pragma once

#include "rules/verdict.h"

enum { LINKS_MAX = 16 };

/*
 * The whole answer. Findings are those of the rules, with the consequences
 * turned into `waiting`: a finding of a link that waits (directly or not) for
 * a link that is broken, unless its cause stands alone.
 */
struct report {
	struct verdict verdict;
	const struct link
	    *link[LINKS_MAX]; /* those that were asked for, in the order of the chain */
	const struct finding *headline[LINKS_MAX]; /* the worst of each, the first of equals */
	size_t link_count;
	const struct finding
	    *root;   /* earliest break that nothing earlier explains; NULL: nothing is broken */
	bool no_gpu; /* no external GPU here: nothing is judged broken */
	enum status worst; /* over all headlines */
};

/* The links in the order of the chain; NULL past the end. */
const struct link *chain_link(size_t n);
const struct link *chain_link_of_id(const char *id); /* NULL: no such link */

/*
 * Judges all links; reports all, or the one named (only may be NULL). Lives in
 * the facts' arena.
 */
struct report *chain_judge(const struct facts *f, const char *only);

/* 0 ok, 1 warning, 2 broken, 3 unknown, 4 no external GPU here. */
int report_exit_status(const struct report *r);

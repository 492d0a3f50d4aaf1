/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "plan/plan.h"

/*
 * A plan as a person is shown it before the question: what it does in one sentence, each step with
 * its reason and its change or its lines, what is left for a person, what is left alone and why.
 * As wide as the terminal, 80 columns where there is none; in colour where term_colour(to).
 * Of a long diff only the begin, unless verbose. All that came from outside is cleaned (str_clean);
 * "\r" is shown as ^M, and tabs of diffs are kept.
 */
void view_plan(FILE *to, struct arena *a, const struct plan *p, bool verbose);

/* data/plan.schema.json says what this is. Diffs are whole. A new reference. */
json_t *view_plan_json(struct arena *a, const struct plan *p, const char *version);

/* What was done once, as `egpu undo --list` shows it. */
struct undo_row {
	const char *id;
	const char *when;    /* "2026-10-09 08:41" */
	const char *command; /* "egpu setup" */
	const char *state;   /* "done", "undone" */
	struct names what;   /* of its steps */
};

/* Newest first, as they come. */
void view_undo_list(FILE *to, struct arena *a, const struct undo_row *rows, size_t count);

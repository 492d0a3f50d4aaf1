/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"

/*
 * Kernel parameters that help one machine and break another. They are never set
 * by themselves: one at a time, tried by a person, with what was seen before kept
 * beside it, and taken back by one command.
 */
struct experiment {
	const char *id;     /* "realloc" */
	const char *add;    /* parameters, blanks between them */
	const char *helped; /* where, by whom it was told */
	const char *hurt;
	const char *source; /* a URL */
};

const struct experiment *experiment_at(size_t n);          /* NULL past the end */
const struct experiment *experiment_of_id(const char *id); /* NULL: none */

struct plan *plan_experiment(struct arena *a, const struct facts *f, struct host *h,
			     const struct experiment *x);

/*
 * What an experiment is judged by, as "KEY=VALUE" lines: the experiment's id, the GPU's BARs, the
 * windows and links on its way, whether the driver and CUDA answer.
 */
struct names experiment_seen(struct arena *a, const struct facts *f, const struct experiment *x);

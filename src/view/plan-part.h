/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "plan/plan.h"

/* What view/plan.h is made of. */
struct plan_view {
	FILE *to;
	struct arena *arena;
	unsigned columns;
	bool colour, verbose;
};

/* "3 files change, 2 commands run; counts after a reboot." */
const char *plan_sum(struct arena *a, const struct plan *p);
/* The path and the diff, below a step. */
void plan_file(const struct plan_view *v, const struct file_change *f);
/* {path, existed, removed, binary, diff}; a new reference. */
json_t *plan_file_json(struct arena *a, const struct file_change *f);

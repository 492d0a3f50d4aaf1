/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"

/* A compose project, as its containers' labels tell it. */
struct project {
	const char *name, *dir;
	struct names files; /* the user's, by full path, in the order in which they are merged */
	const char *ours;   /* where our override stands, or shall */
	/* Compose takes ours only where it is named, with all the others. */
	bool by_list;
	bool listed; /* the containers were made with ours in the list */
};

/*
 * The project of that container. -EINVAL: its labels tell no place that can be
 * used, *e says why; else as planner_read().
 */
int project_of(struct planner *p, const struct container *c, struct project *ret, struct err *e);
bool project_same(const struct container *a, const struct container *b);

/*
 * `docker compose -f ... COMMAND`, up to the verb, as words: ours among the files
 * where it has to be named and `with_ours` is set.
 */
struct names project_command(struct planner *p, const struct project *project, bool with_ours);
/* The same as a line to be pasted. */
const char *project_line(struct planner *p, const struct names *words);

/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

#include "facts/upkeep.h"
#include "guard/step.h"

/*
 * The guard's loop: events come in, guard_step() decides, looks and deeds are done in children of
 * their own. The process itself never opens the driver, asks no service anything and holds
 * nothing but listening sockets, so it is small, and cannot hang.
 */
struct watch {
	const char *root;   /* the state lives below it; NULL: "/" */
	const char *docker; /* socket URL of the engine; NULL: found */
	bool observe;       /* looks and tells, and acts on nothing */
	bool to_stderr;     /* a person looks on: messages go there, not to the journal */
	uint64_t look_usec; /* a look may take so long */

	/* What is wanted, read anew; in the arena. */
	struct want_guard (*want)(void *data, struct arena *a);
	/*
	 * In a child of its own: one look, and where metrics are served (else NULL), the metrics of
	 * it. Negative: *e says why there was none.
	 */
	int (*look)(void *data, const struct upkeep *u, struct sight *ret, FILE *metrics,
		    struct err *e);
	/* In a child of its own: what was ordered, if it is still as it was when it was ordered. */
	enum acted (*act)(void *data, const struct guard_doing *o, struct err *e);
	void *data;
};

/* Until it is told to end. 0, or a negative errno and *e. */
int watch_run(const struct watch *w, struct err *e);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "guard/step.h"

/*
 * The one thing to do next about what is seen, put into *ret; false: nothing now, and *ret_wake is
 * when there may be (0: not before something happens). Who has no try left is given up.
 */
bool guard_pick(struct guard *g, const struct guard_rules *r, int64_t now, struct guard_order *ret,
		int64_t *ret_wake);

/* The GPU that was here is not, or must not be touched. */
bool guard_gpu_gone(const struct guard *g);
/* Of one that is gone: the trouble that says why, or one that says no more than that; NULL: policy
 * wants nothing done about it. Not the caller's. */
const struct trouble *guard_why_gone(const struct guard *g, const struct guard_rules *r);
/*
 * Whose tries are counted: the worker's or unit's, or the cause's. To stop one and to start it
 * again when the GPU is gone and back is no mending, and has a budget of its own.
 */
struct guard_key {
	char text[SIGHT_KEY];
};
struct guard_key guard_key(const struct guard *g, enum deed d, const char *cause, const char *on);
struct budget_limit guard_limit(const struct guard_rules *r);
/* Told of as it stands now. */
void guard_tell(struct guard *g, struct guard_order *o, struct incident *i, int64_t now);

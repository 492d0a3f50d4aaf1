/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/arena.h"
#include "base/str.h"

/*
 * A member that somebody reads, or "*": each, where nothing before names it; `below`: of its value
 * only these. A NULL key ends the list.
 */
struct json_pick {
	const char *key;
	const struct json_pick *below; /* NULL: all of it */
};

/*
 * The same JSON without the members that nobody reads, for a text of which most is not read: to
 * skip a value costs a tenth of parsing it. An array's objects are picked from one by one. What
 * is not picked is not checked either, and a text that is no JSON comes back as it is or as
 * another that is none: the parser tells.
 */
struct bytes json_pick(struct arena *a, struct bytes text, const struct json_pick *wanted);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "guard/step.h"

/*
 * What a look changes of what is known: incidents begin and end, who was acted on is proved, who
 * was stopped is back. What is to be told is put into *o.
 */
void guard_see(struct guard *g, const struct guard_rules *r, int64_t now, struct guard_order *o);
/* When to look again though nothing happens: to prove, or to tell; 0: never. */
int64_t guard_see_again(const struct guard *g, const struct guard_rules *r, int64_t now);

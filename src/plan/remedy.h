/* SPDX-License-Identifier: MIT */
#pragma once

#include "cause/cause.h"
#include "plan/plan.h"

/*
 * Adds what a cause's remedy stands for, in its order: steps that egpu carries out where it
 * knows the command, one for a person for everything else. What follows a person's turn is
 * for the person too, since it may need what was done there. A line that only looks is
 * left out where nothing else is left for a person. At least one step, whatever the
 * subject ("": none) holds.
 */
void remedy_plan(struct planner *p, const struct cause *c, const char *subject);

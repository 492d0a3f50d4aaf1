/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"

/*
 * Looking must never hurt, and mending neither: behind a GPU that is lost, whoever opens the
 * driver next hangs, and only a reboot helps. So a step that would touch the driver is not done
 * while the gate is shut; but loading the driver is, where the gate is shut only because it has
 * not been bound yet.
 */
struct held {
	const char *why; /* one clause; NULL: nothing is held back */
	bool wedged;     /* the driver is known to hang: only a reboot helps */
};
struct held held_of(const struct facts *f);

/* Whether this step must wait. */
bool held_back(const struct planner *p, const struct held *h, const struct step *s);
/* Whether a person who pastes this line would touch the driver. */
bool held_line(const struct held *h, const char *line);
/* The step becomes one for a person, with the reason. */
void held_keep(struct planner *p, const struct held *h, struct step *s);
/* As held_keep for every step that is held back: themes do not know the driver's state. */
void held_plan(struct planner *p);

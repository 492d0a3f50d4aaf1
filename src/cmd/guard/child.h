/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

#include "cmd/look.h"
#include "facts/upkeep.h"
#include "guard/step.h"

/* What the guard's children do: they alone know hosts, plans and deeds. */
struct guard_child {
	struct env *env;
	struct look_for look;
};

struct want_guard guard_child_want(void *data, struct arena *a);
int guard_child_look(void *data, const struct upkeep *u, struct sight *ret, FILE *metrics,
		     struct err *e);
/* Looks first: what is not any more as it was when it was ordered is left alone (ACTED_BUSY). */
enum acted guard_child_act(void *data, const struct guard_doing *o, struct err *e);

/* SPDX-License-Identifier: MIT */
#include "plan/revive.h"

#define DAEMON "nvidia-persistenced.service"

static const char *const units[] = { DAEMON, "nvidia-cdi-refresh.service" };

static bool is_wanted(const struct facts *f, const char *unit)
{
	return !str_eq(unit, DAEMON) || f->want.persistence == WISH_YES;
}

static void revive(struct planner *p, const struct unit *u)
{
	const char *how = *u->result ? u->result : "no reason given";

	planner_unit(p, "reset-failed", u->name, "forget that %s failed (%s)", u->name, how);
	planner_unit(p, "start --no-block", u->name, "start %s, which had failed (%s)", u->name,
		     how);
}

void plan_revive(struct planner *p)
{
	const struct facts *f = p->facts;

	for (size_t i = 0; i < COUNT_OF(units); i++) {
		const struct unit *u = services_unit(&f->services, units[i]);
		if (u && u->know == KNOWN && str_eq(u->load, "loaded") &&
		    str_eq(u->active, "failed") && is_wanted(f, units[i]))
			revive(p, u);
	}
}

/* SPDX-License-Identifier: MIT */
/* What the guard did, where there is one. */
#include "view/metrics/family.h"

/* The guard's number at that offset of struct upkeep. */
static void number(struct metrics *m, size_t offset)
{
	if (m->upkeep && m->upkeep->know == KNOWN)
		sample(m, (double)*(const uint64_t *)((const char *)m->upkeep + offset), NULL);
}

static void paused(struct metrics *m)
{
	if (m->upkeep && m->upkeep->know == KNOWN)
		sample(m, m->upkeep->paused, NULL);
}

static void looks(struct metrics *m)
{
	number(m, offsetof(struct upkeep, looks));
}

static void incidents(struct metrics *m)
{
	number(m, offsetof(struct upkeep, incidents));
}

static void tries(struct metrics *m)
{
	number(m, offsetof(struct upkeep, tries));
}

static void failed(struct metrics *m)
{
	number(m, offsetof(struct upkeep, tries_failed));
}

static void breakers(struct metrics *m)
{
	number(m, offsetof(struct upkeep, breakers_open));
}

const struct family families_guard[] = {
	{ "egpu_guard_paused", "", "Whether the guard only looks", paused, false },
	{ "egpu_guard_looks", "", "Looks of the guard", looks, true },
	{ "egpu_guard_incidents", "", "Incidents that the guard told of", incidents, true },
	{ "egpu_heal_attempts", "", "Attempts of the guard to mend a cause", tries, true },
	{ "egpu_heal_failures", "", "Attempts that failed", failed, true },
	{ "egpu_breaker_open", "", "What the guard has given up on: containers, units and causes",
	  breakers, false },
	{ 0 },
};

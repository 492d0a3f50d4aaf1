/* SPDX-License-Identifier: MIT */
#include "facts/timeline/timeline.h"

/* Nothing runs that long; what claims to is nonsense. */
#define UPTIME_MAX_USEC (UINT64_C(10) * 366 * 86400 * 1000000)
#define WALL_MAX_USEC (UINT64_C(1) << 60)

/* Of a time that was cut to a second the middle is taken. */
enum { HALF_USEC = 500000 };

void wall_clock_add(struct wall_clock *c, uint64_t wall_usec, uint64_t boot_usec)
{
	if (c->pair_count < WALL_PAIRS_MAX && wall_usec && wall_usec < WALL_MAX_USEC && boot_usec &&
	    boot_usec < UPTIME_MAX_USEC)
		c->pair[c->pair_count++] = (struct wall_pair){ wall_usec, boot_usec };
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static const struct wall_pair *nearest(const struct wall_clock *c, uint64_t wall_usec)
{
	const struct wall_pair *best = NULL;

	for (const struct wall_pair *p = c->pair; p < c->pair + c->pair_count; p++)
		if (!best ||
		    distance(p->wall_usec, wall_usec) < distance(best->wall_usec, wall_usec))
			best = p;
	return best;
}

bool wall_clock_since_boot(const struct wall_clock *c, uint64_t wall_usec, uint64_t *ret_usec,
			   uint64_t *ret_within_usec)
{
	const struct wall_pair *p = nearest(c, wall_usec);
	uint64_t boot = p ? p->wall_usec - p->boot_usec : c->boot_usec.v;

	if ((!p && c->boot_usec.know != KNOWN) || (p && p->boot_usec > p->wall_usec))
		return false;
	if (wall_usec < boot || wall_usec - boot > UPTIME_MAX_USEC)
		return false;
	*ret_usec = wall_usec - boot;
	*ret_within_usec = p ? 0 : HALF_USEC;
	if (!p) /* the boot was later than its cut time */
		*ret_usec -= *ret_usec < HALF_USEC ? *ret_usec : HALF_USEC;
	return true;
}

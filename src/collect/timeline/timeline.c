/* SPDX-License-Identifier: MIT */
/* This boot's moments, put together from all who keep times. */
#include "collect/timeline/timeline.h"

#include "collect/timeline/part.h"

#include <string.h>

enum { NAME_MAX_BYTES = 80 };

void timing_miss(struct timing *s, enum moment_kind kind, const char *who, const char *why)
{
	timeline_miss(s->t, s->arena, kind, str_clean(s->arena, who, strlen(who), NAME_MAX_BYTES),
		      str_clean(s->arena, why, strlen(why), 4 * NAME_MAX_BYTES));
}

const char *timing_no_clock(const struct timing *s)
{
	return s->clock.pair_count || s->clock.boot_usec.know == KNOWN
		   ? "its time is not of this boot"
		   : "nothing tells when this boot was by the wall's clock";
}

bool timing_add_wall(struct timing *s, struct moment m, uint64_t cut_usec)
{
	uint64_t usec, done, within, done_within;

	if (!wall_clock_since_boot(&s->clock, m.usec, &usec, &within))
		return false;
	if (!m.done_usec || !wall_clock_since_boot(&s->clock, m.done_usec, &done, &done_within)) {
		done = usec;
		done_within = within;
	}
	m.usec = usec + cut_usec / 2;
	m.done_usec = done + cut_usec / 2;
	m.within_usec = (within > done_within ? within : done_within) + cut_usec / 2;
	timeline_add(s->t, s->arena, &m);
	return true;
}

void collect_timeline(const struct facts *f, struct host *h, struct timeline *ret)
{
	struct timing s = { .f = f, .h = h, .arena = f->arena, .t = ret };

	*ret = (struct timeline){ 0 };
	s.clock.boot_usec = f->machine.boot_usec;
	timing_units(&s);
	timing_kernel(&s);
	timing_devices(&s);
	timing_containers(&s);
	timing_server(&s);
	timeline_finish(ret, f->arena);
}

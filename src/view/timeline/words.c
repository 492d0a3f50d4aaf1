/* SPDX-License-Identifier: MIT */
/* What text and picture both say. */
#include "view/timeline/part.h"

#include <inttypes.h>
#include <string.h>

enum { SURE_USEC = 1000 };

const char *moment_label(struct arena *a, const struct moment *m)
{
	const char *title = moment_kind_title(m->kind);

	switch (m->kind) {
	case MOMENT_ENCLOSURE:
	case MOMENT_CONTAINER:
		return *m->who ? m->who : title;
	case MOMENT_PCI:
		return arena_printf(a, "%s %s", title, m->who);
	case MOMENT_DRIVER:
		return *m->who ? arena_printf(a, "driver %s loaded", m->who) : title;
	case MOMENT_LOST:
		return *m->who ? arena_printf(a, "%s: %s", title, m->who) : title;
	case MOMENT_DISCOVERY:
		return m->has_gpu ? "found the GPU" : *m->note ? m->note : title;
	case MOMENT_REQUEST:
		return *m->note ? arena_printf(a, "request: %s", m->note) : title;
	case MOMENT_CONTROLLER:
	case MOMENT_AUTHORIZED:
	case MOMENT_BARS:
	case MOMENT_GPU:
	case MOMENT_UVM:
	case MOMENT_NODES:
	case MOMENT_PERSISTENCE:
	case MOMENT_WAIT:
	case MOMENT_DOCKER:
	case MOMENT_SERVER:
	case MOMENT_KINDS:
		return title;
	}
	return title;
}

bool moment_is_sure(const struct moment *m)
{
	return m->within_usec <= SURE_USEC;
}

const char *moment_time(struct arena *a, const struct moment *m)
{
	if (!moment_is_sure(m))
		return arena_printf(a, "~%.1f", (double)m->usec / 1e6);
	return arena_printf(a, "%.3f", (double)m->usec / 1e6);
}

uint64_t moment_until(const struct timeline *t, const struct moment *m)
{
	if (m->kind != MOMENT_GPU)
		return UINT64_MAX;
	for (const struct moment *l = m + 1; l < t->moment + t->moment_count; l++)
		if (l->kind == MOMENT_LOST)
			return l->usec;
	return UINT64_MAX;
}

uint64_t race_from(const struct race *r)
{
	return r->needed->usec - r->by_usec;
}

/* "91 332 ms", or "91 s" where milliseconds are not known. */
static const char *duration(struct arena *a, const struct race *r)
{
	uint64_t msec = (r->by_usec + 500) / 1000, part[4], n = 0;
	const char *out;

	if (r->within_usec > SURE_USEC)
		return arena_printf(a, "about %.0f s", (double)r->by_usec / 1e6);
	if (r->by_usec < 1000)
		return arena_printf(a, "%.3f ms", (double)r->by_usec / 1e3);
	do {
		part[n++] = msec % 1000;
		msec /= 1000;
	} while (msec && n < COUNT_OF(part));
	for (out = arena_printf(a, "%" PRIu64, part[--n]); n > 0;)
		out = arena_printf(a, "%s %03" PRIu64, out, part[--n]);
	return arena_printf(a, "%s ms", out);
}

const char *race_text(struct arena *a, const struct race *r)
{
	const struct moment *m = r->early;
	const char *ready = arena_printf(a, "%.3f s", (double)r->needed->usec / 1e6);

	if (m->kind == MOMENT_WAIT)
		return arena_printf(
		    a, "egpu-ready ended its waiting %s before the GPU was ready (at %s)",
		    duration(a, r), ready);
	if (m->kind == MOMENT_DISCOVERY)
		return arena_printf(a, "%s looked for GPUs %s before there was one, and %s", m->who,
				    duration(a, r), *m->note ? m->note : "found none");
	return arena_printf(a, "%s started %s before the GPU it needs (ready at %s)%s",
			    m->kind == MOMENT_CONTAINER ? m->who : moment_label(a, m),
			    duration(a, r), ready,
			    r->all_the_same ? ", and found it all the same" : "");
}

bool race_is_open(const struct timeline *t)
{
	for (size_t i = 0; i < t->race_count; i++)
		if (!t->race[i].all_the_same && t->race[i].early->kind >= MOMENT_CONTAINER)
			return true;
	return false;
}

bool race_is_unordered(const struct timeline *t)
{
	return t->race_count && !timeline_first(t, MOMENT_WAIT);
}

static const char *name_of(struct arena *a, const struct moment_missing *m)
{
	const char *title = moment_kind_title(m->kind);

	if (!*m->who)
		return m->kind == MOMENT_CONTAINER ? "containers" : title;
	return m->kind == MOMENT_CONTAINER ? m->who : arena_printf(a, "%s: %s", m->who, title);
}

/* Those before it with the same reason have told of it. */
static bool is_told(const struct timeline *t, size_t i)
{
	for (size_t n = 0; n < i; n++)
		if (str_eq(t->missing[n].why, t->missing[i].why))
			return true;
	return false;
}

struct names timeline_unknown(struct arena *a, const struct timeline *t)
{
	struct names out = { arena_alloc(a, t->missing_count * sizeof(*out.name)), 0 };

	for (size_t i = 0; i < t->missing_count; i++) {
		if (is_told(t, i))
			continue;
		const char *who = name_of(a, &t->missing[i]);
		for (size_t n = i + 1; n < t->missing_count; n++)
			if (str_eq(t->missing[n].why, t->missing[i].why))
				who = arena_printf(a, "%s, %s", who, name_of(a, &t->missing[n]));
		out.name[out.count++] = arena_printf(a, "%s: %s", who, t->missing[i].why);
	}
	return out;
}

const char *timeline_left_out(struct arena *a, const struct timeline *t)
{
	if (!t->left_out)
		return "";
	return arena_printf(a, "%" PRIu64 " more moment%s not shown.", t->left_out,
			    t->left_out == 1 ? " is" : "s are");
}

const char *timeline_no_race(const struct timeline *t)
{
	return timeline_can_tell(t)
		   ? "Nothing that needs the GPU started before it was ready."
		   : "Whether something started before what it needs cannot be told.";
}

int timeline_exit_status(const struct timeline *t)
{
	return t->race_count > 0;
}

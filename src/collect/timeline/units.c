/* SPDX-License-Identifier: MIT */
/*
 * When units began and stood. org.freedesktop.systemd1(5): timestamps on the wall's clock and, as
 * ...Monotonic, since the boot; a unit leaves "inactive" when its start begins.
 */
#include "collect/timeline/part.h"

#include <string.h>

#include "base/json.h"

static const struct {
	const char *name, *who;
	enum moment_kind kind;
	bool needs_gpu;
} units[] = {
	{ "nvidia-persistenced.service", "", MOMENT_PERSISTENCE, true },
	{ "egpu-ready.service", "", MOMENT_WAIT, true },
	{ "docker.service", "", MOMENT_DOCKER, false },
	{ "ollama.service", "ollama.service", MOMENT_SERVER, true },
};

/* One unit's answer. */
struct stamps {
	enum know know;
	const char *active, *result;
	uint64_t began_usec, stood_usec; /* since the boot; 0: not told */
	uint64_t wall_usec;              /* of stood */
};

static uint64_t count_of(const json_t *unit, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(unit, key));
	return n > 0 ? (uint64_t)n : 0;
}

static const char *word_of(struct arena *a, const json_t *unit, const char *key)
{
	const char *s = json_text(a, json_object_get(unit, key));
	return str_clean(a, s, strlen(s), 40);
}

static struct stamps ask(struct timing *s, const char *name)
{
	struct bytes answer;
	int r = host_ask(s->h, s->arena, SOURCE_SYSTEMD, arena_printf(s->arena, "unit/%s", name),
			 &answer, NULL);
	if (r < 0)
		return (struct stamps){ .know = know_of_errno(r) };

	json_auto_t *j = json_parse(answer, name, NULL);
	const char *load = word_of(s->arena, j, "LoadState");
	if (!*load)
		return (struct stamps){ .know = UNREADABLE };
	return (struct stamps){
		.know = str_eq(load, "not-found") ? ABSENT : KNOWN,
		.active = word_of(s->arena, j, "ActiveState"),
		.result = word_of(s->arena, j, "Result"),
		.began_usec = count_of(j, "InactiveExitTimestampMonotonic"),
		.stood_usec = count_of(j, "ActiveEnterTimestampMonotonic"),
		.wall_usec = count_of(j, "ActiveEnterTimestamp"),
	};
}

/* Of one that failed systemd keeps when an earlier start stood. */
static bool stands(const struct stamps *u)
{
	return str_eq(u->active, "active") || str_eq(u->active, "reloading");
}

static const char *note_of(struct arena *a, const struct stamps *u)
{
	if (str_eq(u->active, "failed"))
		return arena_printf(a, "failed: %s", u->result);
	return str_eq(u->active, "activating") ? "still starts" : "";
}

static bool add(struct timing *s, size_t i, const struct stamps *u)
{
	struct moment m = {
		.kind = units[i].kind,
		.who = units[i].who,
		.note = note_of(s->arena, u),
		.from = arena_printf(s->arena, "systemd:unit/%s", units[i].name),
		.needs_gpu = units[i].needs_gpu && stands(u),
		.lasts = stands(u) && units[i].kind != MOMENT_WAIT,
	};

	if (stands(u) && u->stood_usec) {
		m.done_usec = u->stood_usec;
		m.usec =
		    u->began_usec && u->began_usec < u->stood_usec ? u->began_usec : u->stood_usec;
	} else if (stands(u) && u->wall_usec) {
		m.usec = m.done_usec = u->wall_usec;
		return timing_add_wall(s, m, 0);
	} else if (*m.note && u->began_usec) {
		m.usec = m.done_usec = u->began_usec;
	} else {
		return false;
	}
	timeline_add(s->t, s->arena, &m);
	return true;
}

/* The engine may run where systemd could not be asked, or under another name. */
static bool add_engine(struct timing *s)
{
	const struct docker *d = &s->f->docker;
	const struct moment m = { .kind = MOMENT_DOCKER,
				  .who = "",
				  .note = "",
				  .usec = d->started_usec.v,
				  .from = d->started_usec.from,
				  .lasts = true };

	return d->started_usec.know == KNOWN && timing_add_wall(s, m, 1000000);
}

static const char *why_none(const struct timing *s, const struct stamps *u)
{
	if (u->know != KNOWN)
		return arena_printf(s->arena, "systemd: %s", know_why(u->know));
	if (str_eq(u->active, "inactive"))
		return "it was not started";
	return stands(u) && u->wall_usec ? timing_no_clock(s) : "systemd tells no time of it";
}

static void add_or_miss(struct timing *s, size_t i, const struct stamps *u)
{
	if (u->know == KNOWN && add(s, i, u))
		return;
	if (units[i].kind == MOMENT_DOCKER && (add_engine(s) || s->f->docker.know == ABSENT))
		return;
	if (u->know != ABSENT)
		timing_miss(s, units[i].kind, "", why_none(s, u));
	else if (units[i].kind == MOMENT_DOCKER && s->f->docker.know == KNOWN)
		timing_miss(s, units[i].kind, "", "nothing tells when it started");
}

/* All clocks are read before one is needed. Who did not answer in time is not asked again. */
void timing_units(struct timing *s)
{
	struct stamps u[COUNT_OF(units)];
	enum know failed = NOT_LOOKED;

	for (size_t i = 0; i < COUNT_OF(units); i++) {
		u[i] = failed == NOT_LOOKED ? ask(s, units[i].name)
					    : (struct stamps){ .know = failed };
		if (u[i].know == TIMED_OUT || u[i].know == DENIED)
			failed = u[i].know;
		if (u[i].know == KNOWN && stands(&u[i]))
			wall_clock_add(&s->clock, u[i].wall_usec, u[i].stood_usec);
	}
	for (size_t i = 0; i < COUNT_OF(units); i++)
		add_or_miss(s, i, &u[i]);
}

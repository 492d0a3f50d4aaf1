/* SPDX-License-Identifier: MIT */
#pragma once

#include "guard/step.h"

#include "tap.h"

/* A guard that is led by hand: an event in, the order out. Times are milliseconds. */
#define MSEC INT64_C(1000)
#define SEC_MS INT64_C(1000)

static struct guard guard;
static struct want_guard want = { .act = true, .tries = 3, .window_sec = 600, .listen = "" };
static struct guard_rules rules = { &want, true };
static struct guard_order order;
static struct sight sight;

static inline void step(struct guard_event e, int64_t ms)
{
	e.now_usec = ms * MSEC;
	guard_step(&guard, &rules, &e, &order);
}

static inline void noticed(int64_t ms, bool urgent)
{
	step((struct guard_event){ GUARD_NOTICED, .urgent = urgent }, ms);
}

static inline void timer(int64_t ms)
{
	step((struct guard_event){ GUARD_TIMER }, ms);
}

static inline void saw(int64_t ms)
{
	step((struct guard_event){ GUARD_SAW, .sight = &sight }, ms);
}

static inline void blind(int64_t ms)
{
	step((struct guard_event){ GUARD_BLIND }, ms);
}

static inline void acted(int64_t ms, enum acted what, const char *why)
{
	step((struct guard_event){ GUARD_ACTED, .acted = what, .why = why }, ms);
}

/* Something happened, it settled, and this is what was seen. */
static inline void look(int64_t ms)
{
	if (guard.phase == GUARD_RESTING)
		noticed(ms - 300, true);
	guard.wake_usec = guard.wake_usec ? guard.wake_usec : 1;
	guard.wake_usec = guard.wake_usec < ms * MSEC ? guard.wake_usec : ms * MSEC;
	timer(ms);
	CHECK(order.look);
	saw(ms);
}

static inline void wakes_at(int64_t ms)
{
	CHECK_INT(order.wake_usec / MSEC, ms);
}

static inline struct worker *worker(const char *name, enum works works)
{
	struct worker *w = &sight.worker[sight.worker_count++];

	*w = (struct worker){ .runs = true, .works = works };
	snprintf(w->name, sizeof(w->name), "%s", name);
	snprintf(w->id, sizeof(w->id), "id-%.32s", name);
	return w;
}

static inline struct trouble *trouble(const char *cause, const char *subject)
{
	struct trouble *t = &sight.trouble[sight.trouble_count++];

	*t = (struct trouble){ .broken = true };
	snprintf(t->cause, sizeof(t->cause), "%s", cause);
	snprintf(t->subject, sizeof(t->subject), "%s", subject);
	snprintf(t->text, sizeof(t->text), "%s of %s", cause, subject);
	return t;
}

/* A GPU that computes, and nobody in trouble. */
static inline void all_is_well(void)
{
	sight = (struct sight){ .gpu = GPU_READY, .gate_open = true, .workers_known = true };
}

static inline void acts(enum deed d, const char *on)
{
	CHECK(order.act);
	CHECK_STR(deed_name(order.doing.deed), deed_name(d));
	CHECK_STR(order.doing.on, on);
	CHECK(order.keep);
}

static inline void rests(void)
{
	CHECK(!order.act);
	CHECK(!order.look);
}

static inline const struct incident *told(size_t n, enum outcome o)
{
	CHECK_INT((long long)order.told_count, (long long)n);
	CHECK_STR(outcome_name(order.told[0].outcome), outcome_name(o));
	return &order.told[0];
}

/* SPDX-License-Identifier: MIT */
#include "guard/step.h"

#include <stdio.h>
#include <string.h>

#include "guard/pick.h"
#include "guard/see.h"

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* A look when the swarm is over; who comes often and brings nothing new waits. */
static void settle(struct guard *g, int64_t now, bool urgent)
{
	int64_t when = now + SETTLE_USEC;

	if (g->phase != GUARD_SETTLING)
		g->settle_since_usec = now;
	if (when > g->settle_since_usec + SETTLE_MAX_USEC)
		when = g->settle_since_usec + SETTLE_MAX_USEC;
	if (!urgent)
		when = later(when, g->looked_usec + g->gap_usec);
	g->wake_usec = g->phase == GUARD_SETTLING && !urgent ? later(g->wake_usec, when)
							     : guard_sooner(g->wake_usec, when);
	if (urgent)
		g->wake_usec = when;
	g->phase = GUARD_SETTLING;
}

static void on_noticed(struct guard *g, const struct guard_event *e)
{
	if (e->urgent) {
		g->gap_usec = g->unsure_since_usec = 0;
		g->unsure_looks = 0;
	}
	if (g->phase == GUARD_LOOKING || g->phase == GUARD_ACTING) {
		g->dirty = true;
		g->dirty_urgent |= e->urgent;
	} else {
		settle(g, e->now_usec, e->urgent);
	}
}

static void on_timer(struct guard *g, const struct guard_event *e, struct guard_order *o)
{
	bool due = g->wake_usec && e->now_usec >= g->wake_usec;

	if (!due || g->phase == GUARD_LOOKING || g->phase == GUARD_ACTING)
		return;
	g->phase = GUARD_LOOKING;
	g->wake_usec = 0;
	o->look = true;
}

/* A storm of events that change nothing is looked at less and less often. */
static void mind_gap(struct guard *g, const struct sight *s, int64_t now)
{
	if (g->has_seen && sight_same(&g->seen, s) && !*g->proving)
		g->gap_usec = g->gap_usec ? g->gap_usec * 2 : GAP_FIRST_USEC;
	else
		g->gap_usec = 0;
	if (g->gap_usec > GAP_MAX_USEC)
		g->gap_usec = GAP_MAX_USEC;
	g->looked_usec = now;
}

static void rest(struct guard *g, const struct guard_event *e, int64_t wake)
{
	g->phase = GUARD_RESTING;
	g->wake_usec = wake;
	if (g->dirty)
		settle(g, e->now_usec, g->dirty_urgent);
	g->dirty = g->dirty_urgent = false;
}

static bool someone_runs(const struct sight *s)
{
	for (size_t i = 0; i < s->worker_count; i++)
		if (s->worker[i].runs)
			return true;
	return false;
}

/* For what no event tells of, and for those who read what was last seen. */
static int64_t routine(const struct guard *g, const struct guard_rules *r, int64_t now)
{
	int64_t every = someone_runs(&g->seen) ? (int64_t)r->want->every_sec * 1000000 : 0;

	if (*r->want->listen && (!every || every > SERVED_MAX_USEC))
		every = SERVED_MAX_USEC;
	return every ? now + every : 0;
}

static void begin_act(struct guard *g, struct guard_order *o, int64_t now)
{
	const struct guard_doing *d = &o->doing;
	struct incident *i = guard_incident(g, d->cause, d->subject);

	budget_spend(&g->kept.budget, guard_key(g, d->deed, d->cause, d->on).text, now);
	g->kept.counts.tries++;
	if (i) {
		i->tries++;
		i->deed = i->deed == DEED_STOP ? DEED_STOP : d->deed;
		i->acted_usec = now;
	}
	o->keep = true;
	g->phase = GUARD_ACTING;
	g->doing = *d;
	g->doing_since_usec = now;
}

static void on_saw(struct guard *g, const struct guard_rules *r, const struct guard_event *e,
		   struct guard_order *o)
{
	int64_t now = e->now_usec, again = 0;

	if (g->phase != GUARD_LOOKING)
		return;
	mind_gap(g, e->sight, now);
	g->blind = 0;
	g->seen = *e->sight;
	g->kept.counts.looks++;
	guard_see(g, r, now, o);
	if (guard_pick(g, r, now, o, &again)) {
		begin_act(g, o, now);
		return;
	}
	again = guard_sooner(again, guard_see_again(g, r, now));
	if (!again)
		again = routine(g, r, now);
	rest(g, e, again);
}

static void on_blind(struct guard *g, const struct guard_event *e)
{
	int64_t gap = (int64_t)BLIND_FIRST_USEC << (g->blind < 9 ? g->blind : 9);

	if (g->phase != GUARD_LOOKING)
		return;
	g->blind++;
	/* containers that come and go are no reason to leave another process behind */
	g->looked_usec = e->now_usec;
	g->gap_usec = gap < BLIND_MAX_USEC ? gap : BLIND_MAX_USEC;
	rest(g, e, e->now_usec + g->gap_usec);
}

static void park(struct guard *g, const struct guard_doing *did)
{
	const struct worker *w = sight_worker(&g->seen, did->on);

	if (!w || guard_parked(g, did->on) || g->kept.parked_count == WORKERS_MAX)
		return;
	struct parked *k = &g->kept.parked[g->kept.parked_count++];
	*k = (struct parked){ 0 };
	snprintf(k->id, sizeof(k->id), "%s", w->id);
	snprintf(k->name, sizeof(k->name), "%s", w->name);
	snprintf(k->cause, sizeof(k->cause), "%s", did->cause);
}

/* Started once: who finds it stopped after that, and by whom, is not ours to undo. */
static void unpark(struct guard *g, const char *name)
{
	struct parked *k = guard_parked(g, name), *end = g->kept.parked + g->kept.parked_count;

	if (!k)
		return;
	memmove(k, k + 1, (size_t)(end - k - 1) * sizeof(*k));
	g->kept.parked_count--;
}

static void prove(struct guard *g, const struct guard_doing *did, int64_t now)
{
	if (did->deed < DEED_START)
		return;
	snprintf(g->proving, sizeof(g->proving), "%s", did->on);
	g->proving_until_usec = now + PROVE_MAX_USEC;
	g->proving_looks = 0;
}

static void done(struct guard *g, const struct guard_doing *did, struct incident *i, int64_t now)
{
	const struct trouble *t = sight_trouble(&g->seen, did->cause, did->subject);

	if (i) {
		i->done++;
		*i->failed = '\0';
		i->done_stamp = t ? t->stamp : 0;
	}
	if (did->deed == DEED_STOP)
		park(g, did);
	else
		unpark(g, did->on);
	g->gap_usec = 0; /* its own events are news */
	prove(g, did, now);
}

/* The try is taken back: nothing was tried. Who stays busy is asked less often. */
static int64_t busy(struct guard *g, struct incident *i)
{
	int64_t wait = (int64_t)BUSY_USEC << (g->busy < BUSY_TIMES ? g->busy : BUSY_TIMES);

	g->busy++;
	g->kept.budget.try_count -= g->kept.budget.try_count > 0;
	g->kept.counts.tries--;
	if (i)
		i->tries--;
	return g->dirty ? SETTLE_USEC : wait;
}

static void on_acted(struct guard *g, const struct guard_event *e, struct guard_order *o)
{
	const struct guard_doing *did = &g->doing;
	struct incident *i = guard_incident(g, did->cause, did->subject);
	int64_t wait = did->deed < DEED_START ? SETTLE_USEC : PROVE_FIRST_USEC;

	if (g->phase != GUARD_ACTING)
		return;
	if (i)
		i->act_took_usec += e->now_usec - g->doing_since_usec;
	g->busy = e->acted == ACTED_BUSY ? g->busy : 0;
	switch (e->acted) {
	case ACTED_DONE:
		done(g, did, i, e->now_usec);
		break;
	case ACTED_BUSY:
		wait = busy(g, i);
		break;
	case ACTED_LEFT:
		if (i)
			i->outcome = OUTCOME_LEFT;
		break;
	case ACTED_FAILED:
		g->kept.counts.failures++;
		if (i)
			snprintf(i->failed, sizeof(i->failed), "%s", e->why ? e->why : "");
		break;
	}
	o->keep = true;
	g->dirty = g->dirty_urgent = false;
	g->phase = GUARD_SETTLING;
	g->settle_since_usec = e->now_usec;
	g->wake_usec = e->now_usec + wait;
}

static void on_resumed(struct guard *g, const struct guard_event *e, struct guard_order *o)
{
	g->kept.budget.breaker_count = 0;
	g->kept.budget.try_count = 0;
	for (size_t n = 0; n < g->incident_count; n++)
		if (g->incident[n].outcome == OUTCOME_GAVE_UP ||
		    g->incident[n].outcome == OUTCOME_LEFT)
			g->incident[n].outcome = OUTCOME_OPEN;
	o->keep = true;
	on_noticed(g, &(struct guard_event){ GUARD_NOTICED, e->now_usec, .urgent = true });
}

void guard_step(struct guard *g, const struct guard_rules *r, const struct guard_event *e,
		struct guard_order *ret)
{
	memset(ret, 0, sizeof(*ret));
	switch (e->kind) {
	case GUARD_NOTICED:
		on_noticed(g, e);
		break;
	case GUARD_TIMER:
		on_timer(g, e, ret);
		break;
	case GUARD_SAW:
		on_saw(g, r, e, ret);
		break;
	case GUARD_BLIND:
		on_blind(g, e);
		break;
	case GUARD_ACTED:
		on_acted(g, e, ret);
		break;
	case GUARD_RESUMED:
		on_resumed(g, e, ret);
		break;
	}
	ret->wake_usec = g->phase == GUARD_LOOKING || g->phase == GUARD_ACTING ? 0 : g->wake_usec;
}

/* SPDX-License-Identifier: MIT */
/* Which deed is next: who loses memory first, then the host, then those who wait for it. */
#include "guard/pick.h"

#include <stdio.h>

struct pick {
	struct guard *g;
	const struct guard_rules *r;
	struct guard_order *order;
	int64_t now, wake;
	unsigned rank; /* of the worker that is picked so far */
};

struct budget_limit guard_limit(const struct guard_rules *r)
{
	return (struct budget_limit){ (unsigned)r->want->tries,
				      (int64_t)r->want->window_sec * 1000000 };
}

bool guard_gpu_gone(const struct guard *g)
{
	return g->seen.gpu == GPU_LOST || (g->seen.gpu == GPU_ABSENT && g->kept.had_gpu);
}

void guard_tell(struct guard *g, struct guard_order *o, struct incident *i, int64_t now)
{
	i->told = true;
	i->over_usec = now;
	g->kept.counts.incidents++;
	o->keep = true;
	if (o->told_count < INCIDENTS_MAX)
		o->told[o->told_count++] = *i;
}

struct guard_key guard_key(const struct guard *g, enum deed d, const char *cause, const char *on)
{
	struct guard_key k;
	bool back = d == DEED_START && guard_parked((struct guard *)g, on);

	snprintf(k.text, sizeof(k.text), "%s%s",
		 d == DEED_STOP ? "stop "
		 : back         ? "start "
				: "",
		 *on ? on : cause);
	return k;
}

static void give_up(struct pick *p, const char *key, const struct trouble *t)
{
	struct incident *i = guard_incident(p->g, t->cause, t->subject);
	bool news = budget_open(&p->g->kept.budget, key, t->cause);

	p->order->keep |= news;
	if (!i || i->outcome == OUTCOME_GAVE_UP)
		return;
	i->outcome = OUTCOME_GAVE_UP;
	/* Who was given up before the guard began anew was told of then. */
	if (news || i->tries)
		guard_tell(p->g, p->order, i, p->now);
	i->told = true;
}

/* Whether there is a try left, and whether it may be made now. */
static bool may_try(struct pick *p, enum deed d, const char *on, const struct trouble *t)
{
	struct guard_key key = guard_key(p->g, d, t->cause, on);
	struct budget *b = &p->g->kept.budget;
	struct budget_limit l = guard_limit(p->r);

	p->order->keep |= budget_renew(b, &l, key.text, p->now);
	int64_t when = budget_when(b, &l, key.text, p->now);
	if (when == BUDGET_NEVER_USEC)
		give_up(p, key.text, t);
	else if (when > p->now)
		p->wake = guard_sooner(p->wake, when);
	return when != BUDGET_NEVER_USEC && when <= p->now;
}

static void take(struct pick *p, enum deed d, const struct trouble *t, const char *on)
{
	struct guard_doing *o = &p->order->doing;

	p->order->act = true;
	o->deed = d;
	snprintf(o->cause, sizeof(o->cause), "%s", t->cause);
	snprintf(o->subject, sizeof(o->subject), "%s", t->subject);
	snprintf(o->on, sizeof(o->on), "%s", on);
}

/* What was decided is not decided again: left to a person, or a line that was acted on. */
static bool is_done(struct pick *p, const struct trouble *t, const struct policy *policy)
{
	const struct incident *i = guard_incident(p->g, t->cause, t->subject);

	return !i || i->outcome == OUTCOME_LEFT || (policy->once && i->done_stamp == t->stamp);
}

static enum deed deed_now(struct pick *p, const struct trouble *t, const struct policy *policy)
{
	const struct incident *i = guard_incident(p->g, t->cause, t->subject);
	return i && i->tries ? policy->then : policy->first;
}

/* The GPU is gone */

const struct trouble *guard_why_gone(const struct guard *g, const struct guard_rules *r)
{
	static const struct trouble unnamed = { .cause = "gpu-disconnected",
						.text = "it is not on the bus any more" };
	const struct sight *s = &g->seen;

	for (size_t i = 0; i < s->trouble_count; i++)
		if (policy_of(r->want, s->trouble[i].cause).first == DEED_STOP)
			return &s->trouble[i];
	/* Nobody says what happened: then the table's word for a GPU that is gone decides. */
	return policy_of(r->want, unnamed.cause).first == DEED_STOP ? &unnamed : NULL;
}

static bool pick_stop(struct pick *p)
{
	const struct sight *s = &p->g->seen;
	const struct trouble *t = guard_gpu_gone(p->g) ? guard_why_gone(p->g, p->r) : NULL;

	for (size_t i = 0; t && i < s->worker_count; i++) {
		const struct worker *w = &s->worker[i];
		if (!w->runs || guard_parked(p->g, w->name) || !may_try(p, DEED_STOP, w->name, t))
			continue;
		take(p, DEED_STOP, t, w->name);
		return true;
	}
	return false;
}

/* The host itself */

static bool pick_host(struct pick *p)
{
	const struct sight *s = &p->g->seen;

	if (!s->gate_open || (s->gpu != GPU_READY && s->gpu != GPU_COMING))
		return false;
	for (size_t i = 0; i < s->trouble_count; i++) {
		const struct trouble *t = &s->trouble[i];
		struct policy policy = policy_of(p->r->want, t->cause);
		if ((policy.first != DEED_MEND && policy.first != DEED_RESET) ||
		    is_done(p, t, &policy) || !may_try(p, policy.first, t->subject, t))
			continue;
		take(p, deed_now(p, t, &policy), t, t->subject);
		return true;
	}
	return false;
}

/* Who computes on it */

static bool is_better(const struct pick *p, const struct worker *w)
{
	return !p->order->act || w->rank < p->rank;
}

static void take_worker(struct pick *p, enum deed d, const struct trouble *t,
			const struct worker *w)
{
	take(p, d, t, w->name);
	p->rank = w->rank;
}

static void pick_parked(struct pick *p)
{
	for (size_t i = 0; i < p->g->kept.parked_count; i++) {
		const struct parked *k = &p->g->kept.parked[i];
		const struct worker *w = sight_worker(&p->g->seen, k->name);
		struct trouble t = { 0 };
		if (!w || w->runs || k->let || !is_better(p, w))
			continue;
		snprintf(t.cause, sizeof(t.cause), "%s", k->cause);
		if (may_try(p, DEED_START, k->name, &t))
			take_worker(p, DEED_START, &t, w);
	}
}

static bool may_restart(const struct policy *policy, const struct worker *w)
{
	/* One that somebody has stopped stays so; what a log tells counts where it does harm. */
	return (w->runs || w->failed) && !(policy->once && w->works != WORKS_NOT);
}

static void pick_troubled(struct pick *p)
{
	const struct sight *s = &p->g->seen;

	for (size_t i = 0; i < s->trouble_count; i++) {
		const struct trouble *t = &s->trouble[i];
		const struct worker *w = sight_worker(s, t->subject);
		struct policy policy = policy_of(p->r->want, t->cause);
		if (!w || policy.first < DEED_START || is_done(p, t, &policy) ||
		    !may_restart(&policy, w) || !is_better(p, w) ||
		    !may_try(p, DEED_RESTART, w->name, t))
			continue;
		enum deed d = deed_now(p, t, &policy);
		take_worker(p, w->runs || d == DEED_RECREATE ? d : DEED_START, t, w);
	}
}

bool guard_pick(struct guard *g, const struct guard_rules *r, int64_t now, struct guard_order *ret,
		int64_t *ret_wake)
{
	struct pick p = { .g = g, .r = r, .order = ret, .now = now };

	/* one at a time, and the first must be seen to work before the second is touched */
	bool proved = !*g->proving || now < g->trust_until_usec;

	if (r->act && !pick_stop(&p) && !pick_host(&p) && g->seen.gpu == GPU_READY && proved) {
		pick_parked(&p);
		pick_troubled(&p);
	}
	*ret_wake = p.wake;
	return ret->act;
}

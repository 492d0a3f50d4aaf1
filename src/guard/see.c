/* SPDX-License-Identifier: MIT */
#include "guard/see.h"

#include <stdio.h>
#include <string.h>

#include "guard/pick.h"

struct incident *guard_incident(struct guard *g, const char *cause, const char *subject)
{
	for (size_t i = 0; i < g->incident_count; i++)
		if (str_eq(g->incident[i].cause, cause) && str_eq(g->incident[i].subject, subject))
			return &g->incident[i];
	return NULL;
}

struct parked *guard_parked(struct guard *g, const char *name)
{
	for (size_t i = 0; i < g->kept.parked_count; i++)
		if (str_eq(g->kept.parked[i].name, name))
			return &g->kept.parked[i];
	return NULL;
}

/* Who was stopped */

/* True: it stays in the list. One that is back, or that is gone for good, does not. */
static bool stays_parked(struct guard *g, struct parked *k)
{
	const struct worker *w = sight_worker(&g->seen, k->name);

	if (!w)
		return !g->seen.workers_known;
	if (w->runs && g->seen.gpu == GPU_READY)
		return false;
	k->let |= w->runs;
	return true;
}

static bool mind_parked(struct guard *g)
{
	size_t left = 0, before = g->kept.parked_count;

	for (size_t i = 0; i < before; i++)
		if (stays_parked(g, &g->kept.parked[i]))
			g->kept.parked[left++] = g->kept.parked[i];
	g->kept.parked_count = left;
	return left != before;
}

static bool waits_for_parked(const struct guard *g, const char *cause)
{
	for (size_t i = 0; i < g->kept.parked_count; i++)
		if (str_eq(g->kept.parked[i].cause, cause) && !g->kept.parked[i].let)
			return true;
	return false;
}

/* Who was acted on */

static void mind_proof(struct guard *g, int64_t now)
{
	const struct worker *w = sight_worker(&g->seen, g->proving);
	bool blamed = false;

	for (size_t i = 0; i < g->seen.trouble_count; i++)
		blamed |= str_eq(g->seen.trouble[i].subject, g->proving);
	if (w && w->works == WORKS && *g->proving)
		g->trust_until_usec = now + PROVE_MAX_USEC;
	if (!w || !w->runs || w->works == WORKS || blamed || now >= g->proving_until_usec)
		*g->proving = '\0';
	else
		g->proving_looks++;
}

/*
 * No event tells what a server finds when it starts, when CUDA begins to answer after the driver
 * took the GPU, or that a driver that was slow once is not stuck.
 */
static bool is_unsure(const struct sight *s)
{
	bool unsure = s->gpu == GPU_UNSURE || s->gpu == GPU_COMING;

	for (size_t i = 0; s->gpu == GPU_READY && i < s->worker_count; i++)
		unsure |= s->worker[i].runs && s->worker[i].works == WORKS_UNSURE;
	return unsure;
}

static void mind_unsure(struct guard *g, int64_t now)
{
	if (!is_unsure(&g->seen)) {
		g->unsure_since_usec = 0;
		g->unsure_looks = 0;
	} else if (!g->unsure_since_usec) {
		g->unsure_since_usec = now;
	} else {
		g->unsure_looks++;
	}
}

/* Whole again */

static bool is_blamed(const struct sight *s, const char *on)
{
	for (size_t i = 0; i < s->trouble_count; i++)
		if (str_eq(s->trouble[i].subject, on) || str_eq(s->trouble[i].cause, on))
			return true;
	return false;
}

static bool mind_breakers(struct guard *g)
{
	struct budget *b = &g->kept.budget;
	bool news = false;

	for (size_t i = 0; i < b->breaker_count; i++) {
		const char *on = b->breaker[i].on;
		const struct worker *w = sight_worker(&g->seen, on);
		if (!is_blamed(&g->seen, on) && (w ? w->works == WORKS : g->seen.workers_known))
			news |= budget_whole(b, on);
	}
	return news;
}

/* Incidents */

/* Warnings that only a person could do something about are `egpu check`'s business. */
static bool counts(const struct guard *g, const struct trouble *t, const struct policy *p)
{
	if (p->first == DEED_IGNORE || (p->first == DEED_TELL && !t->broken))
		return false;
	return p->first != DEED_STOP || guard_gpu_gone(g);
}

/* NULL: there are too many. */
static struct incident *begin(struct guard *g, const struct trouble *t, const struct policy *p,
			      int64_t now)
{
	if (g->incident_count == INCIDENTS_MAX)
		return NULL;
	struct incident *i = &g->incident[g->incident_count++];
	*i = (struct incident){ .deed = p->first, .since_usec = now };
	snprintf(i->cause, sizeof(i->cause), "%s", t->cause);
	snprintf(i->subject, sizeof(i->subject), "%s", t->subject);
	snprintf(i->text, sizeof(i->text), "%s", t->text);
	/* Lines of before the first look are of before the guard. */
	if (p->once && !g->has_seen)
		i->done_stamp = t->stamp;
	return i;
}

/* A line that was not there when the last one was done with is a new incident. */
static void begin_again(struct incident *i, const struct trouble *t, int64_t now)
{
	if (!i->told || !i->done_stamp || i->done_stamp == t->stamp)
		return;
	i->told = false;
	i->tries = i->done = 0;
	i->since_usec = now;
	i->act_took_usec = 0;
	i->outcome = OUTCOME_OPEN;
}

/* One that is gone without a word is gone all the same. */
static void begin_gone(struct guard *g, const struct guard_rules *r, int64_t now)
{
	const struct trouble *t = guard_gpu_gone(g) ? guard_why_gone(g, r) : NULL;
	struct policy p = { DEED_STOP, DEED_STOP, false };

	if (!t || guard_incident(g, t->cause, t->subject))
		return;
	struct incident *i = begin(g, t, &p, now);
	if (i && *g->seen.gpu_why)
		snprintf(i->text, sizeof(i->text), "%s", g->seen.gpu_why);
}

static void begin_all(struct guard *g, const struct guard_rules *r, int64_t now)
{
	for (size_t n = 0; n < g->seen.trouble_count; n++) {
		const struct trouble *t = &g->seen.trouble[n];
		struct policy p = policy_of(r->want, t->cause);
		if (!counts(g, t, &p))
			continue;
		struct incident *i = guard_incident(g, t->cause, t->subject);
		if (i)
			begin_again(i, t, now);
		else
			i = begin(g, t, &p, now);
		if (i)
			snprintf(i->text, sizeof(i->text), "%s", t->text);
	}
	begin_gone(g, r, now);
}

/* Acted on, and it cannot be told yet whether that helped. */
static bool is_unproved(const struct guard *g, const struct incident *i, int64_t now)
{
	const struct worker *w = sight_worker(&g->seen, i->subject);

	return i->tries && w && w->runs && w->works == WORKS_UNSURE &&
	       now < i->acted_usec + PROVE_MAX_USEC;
}

/* It is about one whom only the engine can show. */
static bool is_of_worker(const struct incident *i)
{
	return i->deed >= DEED_START && *i->subject;
}

static bool is_over(const struct guard *g, const struct incident *i, int64_t now)
{
	if (i->deed == DEED_STOP)
		return g->seen.gpu == GPU_READY && !waits_for_parked(g, i->cause);
	if (is_of_worker(i) && !g->seen.workers_known)
		return false;
	return !sight_trouble(&g->seen, i->cause, i->subject) && !is_unproved(g, i, now);
}

static enum outcome ending(const struct guard *g, const struct incident *i)
{
	const struct worker *w = sight_worker(&g->seen, i->subject);

	if (!i->tries || (is_of_worker(i) && !w)) /* it was removed meanwhile */
		return OUTCOME_BY_ITSELF;
	return w && w->works != WORKS ? OUTCOME_UNPROVEN : OUTCOME_MENDED;
}

static void end_all(struct guard *g, int64_t now, struct guard_order *o)
{
	size_t left = 0;

	for (size_t n = 0; n < g->incident_count; n++) {
		struct incident *i = &g->incident[n];
		if (!is_over(g, i, now)) {
			g->incident[left++] = *i;
			continue;
		}
		i->outcome = ending(g, i);
		if ((i->tries || i->told) && !(i->told && i->done_stamp))
			guard_tell(g, o, i, now);
	}
	g->incident_count = left;
}

/* Left to a person, and it is no passing trouble of a boot. */
static bool is_for_person(const struct guard_rules *r, const struct incident *i)
{
	return !i->told && !i->done_stamp && i->deed != DEED_STOP &&
	       (i->deed == DEED_TELL || !r->act || i->outcome == OUTCOME_LEFT);
}

/* The log goes on telling what was done about, so nothing else would end it. */
static bool is_done_with(const struct guard *g, const struct incident *i, int64_t now)
{
	return !i->told && i->done_stamp && i->tries && !is_unproved(g, i, now);
}

static bool still_runs(struct guard *g)
{
	for (size_t i = 0; i < g->seen.worker_count; i++)
		if (g->seen.worker[i].runs && !guard_parked(g, g->seen.worker[i].name) &&
		    !budget_is_open(&g->kept.budget,
				    guard_key(g, DEED_STOP, "", g->seen.worker[i].name).text))
			return true;
	return false;
}

static void tell_all(struct guard *g, const struct guard_rules *r, int64_t now,
		     struct guard_order *o)
{
	for (size_t n = 0; n < g->incident_count; n++) {
		struct incident *i = &g->incident[n];
		bool gone = i->deed == DEED_STOP && !i->told && (!r->act || !still_runs(g));
		if (is_for_person(r, i) && now - i->since_usec >= TELL_AFTER_USEC) {
			i->outcome = OUTCOME_LEFT;
			guard_tell(g, o, i, now);
		} else if (is_done_with(g, i, now)) {
			i->outcome = ending(g, i);
			guard_tell(g, o, i, now);
		} else if (gone) {
			i->outcome = r->act ? OUTCOME_STOPPED : OUTCOME_LEFT;
			guard_tell(g, o, i, now);
		}
	}
}

void guard_see(struct guard *g, const struct guard_rules *r, int64_t now, struct guard_order *o)
{
	if (g->seen.gpu == GPU_READY && !g->kept.had_gpu)
		g->kept.had_gpu = o->keep = true;
	o->keep |= mind_parked(g);
	o->keep |= mind_breakers(g);
	mind_proof(g, now);
	mind_unsure(g, now);
	begin_all(g, r, now);
	end_all(g, now, o);
	tell_all(g, r, now, o);
	g->has_seen = true;
}

static int64_t prove_gap(unsigned looks)
{
	int64_t gap = (int64_t)PROVE_FIRST_USEC << (looks < 4 ? looks : 4);
	return gap < PROVE_GAP_MAX_USEC ? gap : PROVE_GAP_MAX_USEC;
}

int64_t guard_see_again(const struct guard *g, const struct guard_rules *r, int64_t now)
{
	int64_t wake = *g->proving ? now + prove_gap(g->proving_looks) : 0;

	if (g->unsure_since_usec && now < g->unsure_since_usec + PROVE_MAX_USEC)
		wake = guard_sooner(wake, now + prove_gap(g->unsure_looks));
	for (size_t n = 0; n < g->incident_count; n++)
		if (is_for_person(r, &g->incident[n]))
			wake = guard_sooner(wake, g->incident[n].since_usec + TELL_AFTER_USEC);
	return wake;
}

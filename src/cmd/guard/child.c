/* SPDX-License-Identifier: MIT */
#include "cmd/guard/child.h"

#include <errno.h>
#include <sys/stat.h>

#include "apply/apply.h"
#include "base/clock.h"
#include "plan/fix.h"
#include "plan/worker.h"
#include "view/metrics.h"

struct want_guard guard_child_want(void *data, struct arena *a)
{
	struct guard_child *c = data;
	struct facts f = { .arena = a, .want = want_default() };
	HOST *h = host_live(&c->env->host, NULL);

	if (h)
		collect_want(&f, h);
	return f.want.guard;
}

static struct apply_to to_apply(const struct guard_child *c)
{
	return (struct apply_to){ .root = c->env->host.root,
				  .docker = c->env->host.docker,
				  .command = "egpu guard" };
}

int guard_child_look(void *data, const struct upkeep *u, struct sight *ret, FILE *metrics,
		     struct err *e)
{
	struct guard_child *c = data;
	ARENA a = { 0 };
	struct apply_to to = to_apply(c);
	uint64_t since = clock_usec();
	/* Who changes this host now does not want to meet us in the driver that is to be unloaded.
	 */
	HOST *h = apply_is_busy(&to, e) < 0 ? NULL : host_live(&c->env->host, e);

	if (!h)
		return e->code;
	const struct look *l = look_at(h, &a, &c->look);
	struct view v = { .facts = &l->facts,
			  .report = l->report,
			  .version = EGPU_VERSION,
			  .at_usec = clock_wall_usec(),
			  .took_usec = clock_usec() - since };
	sight_of(&l->facts, l->report, ret);
	if (metrics)
		view_metrics(metrics, &v, u);
	return 0;
}

/* Deeds */

static bool is_still_so(const struct sight *s, const struct guard_doing *o)
{
	const struct worker *w = sight_worker(s, o->on);
	bool troubled = sight_trouble(s, o->cause, o->subject) != NULL;

	switch (o->deed) {
	case DEED_STOP:
		return w && w->runs && (s->gpu == GPU_LOST || s->gpu == GPU_ABSENT);
	case DEED_START:
		return w && !w->runs && s->gpu == GPU_READY;
	case DEED_RESTART:
	case DEED_RECREATE:
		return w && troubled && s->gpu == GPU_READY;
	case DEED_MEND:
	case DEED_RESET:
		return troubled && s->gate_open && s->gpu != GPU_LOST;
	case DEED_IGNORE:
	case DEED_TELL:
		break;
	}
	return false;
}

/* Files and packages are a matter of `egpu setup`, and of a person. */
static bool is_unattended(const struct step *s, const struct cause *c)
{
	return s->kind != STEP_PERSON && s->kind != STEP_FILE && s->kind != STEP_PACKAGES &&
	       !s->asks && (s->unattended || c->unattended);
}

/* What nobody needs to look on for; what follows another's turn may need it. */
static struct plan *unattended_part(struct plan *p, const struct cause *c)
{
	size_t n = 0;

	while (n < p->count && is_unattended(&p->step[n], c))
		n++;
	p->count = n;
	return p;
}

static struct plan *mend(struct arena *a, const struct look *l, struct host *h,
			 const struct guard_doing *o)
{
	const struct cause *c = cause_of_id(o->cause);
	struct fix_target target = { c, o->subject };

	return c ? unattended_part(plan_fix_report(a, &l->facts, h, &target, 1), c) : NULL;
}

static struct plan *plan_of(struct arena *a, const struct look *l, struct host *h,
			    const struct guard_doing *o)
{
	unsigned stop_sec = (unsigned)l->facts.want.guard.stop_sec;

	switch (o->deed) {
	case DEED_STOP:
		return plan_worker(a, &l->facts, h, o->on, WORKER_STOP, stop_sec);
	case DEED_START:
		return plan_worker(a, &l->facts, h, o->on, WORKER_START, stop_sec);
	case DEED_RESTART:
		return plan_worker(a, &l->facts, h, o->on, WORKER_RESTART, stop_sec);
	case DEED_RECREATE:
		return plan_worker(a, &l->facts, h, o->on, WORKER_RECREATE, stop_sec);
	case DEED_RESET:
		return plan_reset(a, &l->facts, h, stop_sec);
	case DEED_MEND:
		return mend(a, l, h, o);
	case DEED_IGNORE:
	case DEED_TELL:
		break;
	}
	return NULL;
}

/* Who was stopped on the way is started again, whatever failed in between. */
static int do_steps(const struct apply_to *to, struct arena *a, const struct plan *p, bool all,
		    struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < p->count && (r == 0 || all); i++) {
		int done = apply_act(to, a, &p->step[i], r == 0 ? e : NULL);
		r = r == 0 ? done : r;
	}
	return r;
}

static enum acted carry_out(struct guard_child *c, struct arena *a, const struct plan *p, bool all,
			    struct err *e)
{
	struct apply_to to = to_apply(c);
	struct apply_lock lock = { 0 };
	int r = apply_lock(&to, &lock, e);

	if (r == -EBUSY)
		return ACTED_BUSY;
	if (r == 0)
		r = do_steps(&to, a, p, all, e);
	apply_unlock(&lock);
	return r < 0 ? ACTED_FAILED : ACTED_DONE;
}

enum acted guard_child_act(void *data, const struct guard_doing *o, struct err *e)
{
	struct guard_child *c = data;
	struct sight *now;
	ARENA a = { 0 };
	HOST *h = host_live(&c->env->host, e);

	if (!h)
		return ACTED_FAILED;
	umask(022); /* what tools write, as a CDI specification, others read */
	const struct look *l = look_at(h, &a, &c->look);
	now = arena_alloc(&a, sizeof(*now));
	sight_of(&l->facts, l->report, now);
	if (!is_still_so(now, o))
		return ACTED_BUSY;
	const struct plan *p = plan_of(&a, l, h, o);
	if (!p || !p->count)
		return ACTED_LEFT;
	return carry_out(c, &a, p, o->deed == DEED_RESET, e);
}

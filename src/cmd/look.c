/* SPDX-License-Identifier: MIT */
#include "cmd/look.h"

#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "facts/gate.h"

static void collect(struct look *l, struct host *h, struct arena *a)
{
	const struct collector *c;
	size_t count = 0;

	while (collector(count))
		count++;
	l->cost = arena_alloc(a, count * sizeof(*l->cost));
	for (; (c = collector(l->cost_count)); l->cost_count++) {
		uint64_t since = clock_usec();
		c->run(&l->facts, h);
		l->cost[l->cost_count] = (struct look_cost){ c->link, clock_usec() - since };
	}
}

/* Options have the last word. */
static void learn_want(struct facts *f, struct host *h, const struct look_for *wanted)
{
	f->want = want_default();
	collect_want(f, h);
	if (*f->want.error && !wanted->quiet)
		fprintf(stderr, "egpu: %s; that line does not count, see egpu.conf(5)\n",
			f->want.error);
	if (wanted->gpu)
		f->want.gpu = wanted->gpu;
	f->want.display |= wanted->display;
}

struct look *look_at(struct host *h, struct arena *a, const struct look_for *wanted)
{
	struct look *l = arena_alloc(a, sizeof(*l));

	l->facts.arena = a;
	learn_want(&l->facts, h, wanted);
	collect(l, h, a);
	l->report = chain_judge(&l->facts, wanted->link);
	return l;
}

void look_outside(struct facts *f, struct host *h, const struct look_for *wanted)
{
	static void (*const steps[])(struct facts * f, struct host * h) = {
		collect_machine,    collect_thunderbolt, collect_pci,
		collect_driver_log, collect_driver,
	};

	learn_want(f, h, wanted);
	for (size_t i = 0; i < COUNT_OF(steps); i++)
		steps[i](f, h);
	f->gate = gate_of(f);
	collect_services(f, h);
	collect_docker(f, h);
	collect_containers(f, h);
}

void look_to_eject(struct facts *f, struct host *h, const struct look_for *wanted)
{
	look_outside(f, h, wanted);
	collect_release(f, h);
}

int look_for_gpu(void *look_for, const char *text, struct err *e)
{
	struct look_for *w = look_for;

	if (!want_takes_gpu(text))
		return err_set(e, -EINVAL,
			       "--gpu takes external, any, or a PCI address like 22:00.0, not '%s'",
			       text);
	w->gpu = text;
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "cmd/wait/revive.h"

#include <stdio.h>

#include "apply/apply.h"
#include "collect/collect.h"
#include "plan/revive.h"

/* What systemd knows of the units; asking starts none, and ends after a second. */
static void learn(struct facts *f, struct host *h)
{
	f->want = want_default();
	collect_want(f, h);
	collect_thunderbolt(f, h);
	collect_pci(f, h);
	expect_services(f, h);
	collect_services(f, h);
}

/* Each unit is told once, by its start, before that is asked for. */
static void carry_out(struct arena *a, const struct plan *p, bool quiet)
{
	const struct apply_to to = { .command = "egpu wait" };

	for (size_t i = 0; i < p->count; i++) {
		const struct step *s = &p->step[i];
		struct err e = { 0 };
		if (!quiet && !str_eq(s->unit.verb, "reset-failed"))
			printf("Now that the GPU is ready: %s.\n", s->what);
		fflush(stdout);
		if (apply_act(&to, a, s, &e) < 0)
			fprintf(stderr, "egpu: %s\n", e.text);
	}
}

void wait_revive(struct env *env, struct arena *a, bool quiet)
{
	struct facts f = { .arena = a };
	HOST *h = host_live(&env->host, NULL);

	if (!h)
		return;
	learn(&f, h);
	struct planner p = { .arena = a,
			     .facts = &f,
			     .host = h,
			     .plan = arena_alloc(a, sizeof(*p.plan)),
			     .theme = "persistence" };
	plan_revive(&p);
	carry_out(a, p.plan, quiet);
}

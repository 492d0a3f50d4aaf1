/* SPDX-License-Identifier: MIT */
#include "plan/theme.h"

static const struct theme *const themes[] = {
	&theme_packages,    &theme_enclosure, &theme_cmdline, &theme_modules, &theme_initramfs,
	&theme_persistence, &theme_suspend,   &theme_runtime, &theme_stack,   &theme_order,
};

const struct theme *theme_at(size_t n)
{
	return n < COUNT_OF(themes) ? themes[n] : NULL;
}

const struct theme *theme_of_id(const char *id)
{
	for (size_t i = 0; i < COUNT_OF(themes); i++)
		if (str_eq(themes[i]->id, id))
			return themes[i];
	return NULL;
}

/* Packages first, files next, then what reads them, and the tools that build from them. */
static unsigned rank(const struct step *s)
{
	switch (s->kind) {
	case STEP_PACKAGES:
		return 0;
	case STEP_FILE:
		return 1;
	case STEP_RUN:
	case STEP_UNIT:
	case STEP_ENCLOSURE:
	case STEP_CONTAINER:
		return 2;
	case STEP_PERSON:
		return 3;
	}
	return 3;
}

void plan_order(struct plan *p)
{
	for (size_t i = 1; i < p->count; i++) {
		struct step s = p->step[i];
		size_t n = i;
		for (; n > 0 && rank(&p->step[n - 1]) > rank(&s); n--)
			p->step[n] = p->step[n - 1];
		p->step[n] = s;
	}
}

struct plan *plan_setup(struct arena *a, const struct facts *f, struct host *h,
			const struct theme *only)
{
	struct planner p = {
		.arena = a, .facts = f, .host = h, .plan = arena_alloc(a, sizeof(*p.plan))
	};

	for (size_t i = 0; i < COUNT_OF(themes); i++) {
		if (only && only != themes[i])
			continue;
		p.theme = themes[i]->id;
		themes[i]->plan(&p);
	}
	plan_order(p.plan);
	return p.plan;
}

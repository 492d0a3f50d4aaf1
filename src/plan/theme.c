/* SPDX-License-Identifier: MIT */
#include "plan/theme.h"

#include "plan/held.h"

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
	held_plan(&p);
	plan_order(p.plan);
	return p.plan;
}

/* SPDX-License-Identifier: MIT */
#pragma once

#include "cause/cause.h"
#include "plan/plan.h"

/* What shall be mended: a cause, and what it was found on ("": nothing in particular). */
struct fix_target {
	const struct cause *cause;
	const char *subject;
};

/*
 * The plan that mends what is broken now. A cause that is a matter of configuration is mended by
 * the theme of `egpu setup` that owns it; all others, and those whose theme has nothing to change,
 * by their remedy, the same lines that `egpu check` shows. What lasts is setup's business, and only
 * pointed to. Where a theme refuses to touch what it should, its reason stands in the plan, and the
 * remedy is left to a person. Every cause has at least one step, be it for a person. Steps carry
 * the cause's id (or the theme's) as their theme.
 *
 * While the driver must not be touched (facts.gate), no step touches it: such ones are for a
 * person, with the reason.
 */
struct plan *plan_fix(struct arena *a, const struct facts *f, struct host *h,
		      const struct cause *cause, const char *subject);
/* Of several, the root first. What two of them ask for is one step. */
struct plan *plan_fix_report(struct arena *a, const struct facts *f, struct host *h,
			     const struct fix_target *target, size_t count);

/*
 * Which theme keeps a cause from coming back, and whether that alone mends it now. The n-th
 * pair; cause NULL past the end.
 */
struct fix_theme {
	const char *cause, *theme;
	bool mends;
};
struct fix_theme fix_theme_at(size_t n);

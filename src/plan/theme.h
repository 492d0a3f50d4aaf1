/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"

/*
 * One thing that `egpu setup` sets up: compares what is wanted with what is,
 * and adds the steps between the two. A theme adds nothing where all is as
 * wanted, and a refusal where it cannot tell.
 */
struct theme {
	const char *id;   /* as --only and refusals have it: "initramfs" */
	const char *sets; /* one clause for --list and the man page */
	void (*plan)(struct planner *p);
};

/* In the order in which they are planned; NULL past the end. */
const struct theme *theme_at(size_t n);
const struct theme *theme_of_id(const char *id); /* NULL: none */

/* Of all themes, or of one. */
struct plan *plan_setup(struct arena *a, const struct facts *f, struct host *h,
			const struct theme *only);

/* One file a theme. */
extern const struct theme theme_packages, theme_enclosure, theme_cmdline, theme_initramfs,
    theme_modules, theme_persistence, theme_suspend, theme_runtime, theme_stack, theme_order;

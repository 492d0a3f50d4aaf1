/* SPDX-License-Identifier: MIT */
#pragma once

#include "boot-host.h"
#include "collect/collect.h"
#include "plan/theme.h"
#include "tap.h"

/* A host of files that is looked at, planned for, and changed as the plan says. */
static struct plan plan;

#define NEWEST "6.17.1-arch1-1"
#define LTS "6.12.50-1-lts"

static inline void look(void)
{
	struct want want = facts.want.gpu ? facts.want : want_default();
	facts = (struct facts){ .arena = &arena, .want = want };
	collect_machine(&facts, &host.table.host);
	collect_kernel(&facts, &host.table.host);
	collect_boot(&facts, &host.table.host);
	collect_initramfs(&facts, &host.table.host);
}

static inline void plan_theme(const struct theme *t)
{
	struct planner p = { .arena = &arena,
			     .facts = &facts,
			     .host = &host.table.host,
			     .plan = &plan,
			     .theme = t->id };
	plan = (struct plan){ 0 };
	t->plan(&p);
	plan_order(&plan);
}

/* Does what the plan says to files, looks again, and plans again. */
static inline void apply_and_plan(const struct theme *t)
{
	for (size_t i = 0; i < plan.count; i++) {
		const struct file_change *f = &plan.step[i].file;
		if (plan.step[i].kind == STEP_FILE && f->removed)
			HAVE({ f->path, .error = -ENOENT });
		else if (plan.step[i].kind == STEP_FILE)
			HAVE({ f->path, str_ndup(&arena, f->after.data, f->after.size) });
	}
	look();
	plan_theme(t);
}

/* Files, as "FILE" lines, and commands, as "$ COMMAND" lines, in their order. */
static inline const char *planned(void)
{
	const char *out = "";
	for (size_t i = 0; i < plan.count; i++) {
		const struct step *s = &plan.step[i];
		if (s->kind == STEP_FILE)
			out = arena_printf(&arena, "%s%s%s\n", out, s->file.removed ? "-" : "",
					   s->file.path);
		if (s->kind == STEP_RUN)
			out = arena_printf(&arena, "%s$ %s\n", out,
					   names_join(&arena, &s->run.argv, " "));
		if (s->kind == STEP_UNIT)
			out = arena_printf(&arena, "%s%s %s\n", out, s->unit.verb, s->unit.name);
	}
	return out;
}

static inline const char *after(const char *path)
{
	for (size_t i = 0; i < plan.count; i++)
		if (plan.step[i].kind == STEP_FILE && strcmp(plan.step[i].file.path, path) == 0)
			return plan.step[i].file.after.data;
	return "(not planned)";
}

static inline const char *refused(void)
{
	return plan.refusal_count ? plan.refusal[0].text : "";
}

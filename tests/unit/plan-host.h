/* SPDX-License-Identifier: MIT */
#pragma once

#include "../docker-host.h"
#include "../tap.h"
#include "plan/theme.h"

/* A host for tests of themes: facts by hand, files in memory, and plans whose files are applied. */

enum { THINGS_MAX = 48 };

static struct thing things[THINGS_MAX];
static struct docker_host files = DOCKER_HOST({ "", NULL, 0, 0, 0, 0 });
static struct arena memory;

static inline void no_files(void)
{
	files.thing = things;
	files.count = 0;
}

/* NULL: there is none. */
static inline void put(const char *path, const char *text)
{
	size_t i = 0;

	if (files.thing != things)
		no_files();
	while (i < files.count && !str_eq(things[i].path, path))
		i++;
	CHECK(i < THINGS_MAX);
	files.count += i == files.count;
	things[i] = (struct thing){ .path = text ? path : "", .text = text };
}

static inline const char *text_at(const char *path)
{
	const struct thing *t = thing_of(&files.host, path);
	return t && t->text ? t->text : "";
}

static inline struct planner planner_of(struct facts *f, const struct theme *theme)
{
	if (files.thing != things)
		no_files();
	f->arena = &memory;
	return (struct planner){ .arena = &memory,
				 .facts = f,
				 .host = &files.host,
				 .plan = arena_alloc(&memory, sizeof(struct plan)),
				 .theme = theme->id };
}

static inline struct plan *planned(struct facts *f, const struct theme *theme)
{
	struct planner p = planner_of(f, theme);
	theme->plan(&p);
	return p.plan;
}

/* Files only: what else a plan does, a test changes in the facts. */
static inline void apply_files(const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct file_change *f = &p->step[i].file;
		if (p->step[i].kind != STEP_FILE)
			continue;
		put(f->path, f->removed ? NULL : str_ndup(&memory, f->after.data, f->after.size));
	}
}

/* The first step of that kind, or NULL. */
static inline const struct step *step_of(const struct plan *p, enum step_kind kind)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->step[i].kind == kind)
			return &p->step[i];
	return NULL;
}

static inline const struct step *file_step_of(const struct plan *p, const char *path)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->step[i].kind == STEP_FILE && str_eq(p->step[i].file.path, path))
			return &p->step[i];
	return NULL;
}

/* "step; step | refusal", for comparison and messages. */
static inline const char *told(const struct plan *p)
{
	const char *out = "";
	for (size_t i = 0; i < p->count; i++)
		out = arena_printf(&memory, "%s%s%s", out, *out ? "; " : "", p->step[i].what);
	for (size_t i = 0; i < p->refusal_count; i++)
		out = arena_printf(&memory, "%s%s%s", out,
				   i      ? "; "
				   : *out ? " | "
					  : "| ",
				   p->refusal[i].text);
	return out;
}

static inline const char *line_of(const struct step *s)
{
	return s && s->shell.count ? s->shell.name[0] : "";
}

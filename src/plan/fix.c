/* SPDX-License-Identifier: MIT */
#include "plan/fix.h"

#include <string.h>

#include "plan/held.h"
#include "plan/person.h"
#include "plan/remedy.h"
#include "plan/theme.h"

/* In the order in which they are planned, where a cause has several. */
static const struct fix_theme themes[] = {
	{ "module-missing", "packages", true },
	{ "toolkit-missing", "packages", true },
	{ "toolkit-missing", "runtime", true },

	{ "modeset-not-wanted", "modules", true },
	{ "modeset-not-wanted", "cmdline", true },
	{ "modeset-missing", "modules", true },
	{ "modeset-missing", "cmdline", true },
	{ "gpu-held-by-process", "modules", false },

	{ "initramfs-names-missing-module", "initramfs", true },
	{ "initramfs-config-glued", "initramfs", true },

	{ "nouveau-bound", "modules", true },
	{ "module-not-loaded", "modules", false },
	{ "uvm-not-loaded", "modules", false },
	{ "gpu-stuck-in-d3cold", "modules", false },

	{ "persistence-off", "persistence", true },
	{ "persistence-not-enabled", "persistence", true },
	{ "persistenced-masked", "persistence", true },
	{ "persistence-mode-off", "persistence", true },
	{ "persistence-by-smi", "persistence", true },
	{ "persistenced-start-limit", "persistence", false },
	{ "persistenced-failed", "persistence", false },

	{ "suspend-services-off", "suspend", true },
	{ "hibernate-service-off", "suspend", true },
	{ "uvm-broken-by-suspend", "suspend", false },

	{ "docker-config-invalid", "runtime", true },
	{ "docker-runtime-missing", "runtime", true },
	{ "cdi-disabled", "runtime", true },
	{ "toolkit-no-cgroups", "runtime", true },
	{ "cdi-spec-missing", "runtime", false },
	{ "cdi-spec-stale", "runtime", false },
	{ "devices-lost-at-reload", "runtime", false },
	{ "container-devices-lost", "runtime", false },

	{ "container-asks-no-gpu", "stack", true },
	{ "ollama-kv-needs-flash-attention", "stack", true },

	{ "gpu-late", "order", false },
	{ "container-started-before-gpu", "order", false },
	{ "ollama-discovery-timeout", "order", false },
	{ "ollama-started-before-gpu", "order", false },
	{ "ollama-service-on-cpu", "order", false },
};

struct fix_theme fix_theme_at(size_t n)
{
	return n < COUNT_OF(themes) ? themes[n] : (struct fix_theme){ 0 };
}

/* True: the theme has steps. Where it only says why it cannot, the remedy follows. */
static bool by_theme(struct planner *p, const char *id)
{
	const struct theme *theme = theme_of_id(id);
	size_t steps = p->plan->count;

	if (!theme)
		return false;
	p->theme = theme->id;
	theme->plan(p);
	return p->plan->count > steps;
}

static bool by_themes(struct planner *p, const struct cause *c)
{
	bool any = false;

	for (size_t i = 0; i < COUNT_OF(themes); i++)
		if (themes[i].mends && str_eq(themes[i].cause, c->id))
			any |= by_theme(p, themes[i].theme);
	return any;
}

/* Whether the theme would change something, were it asked to. */
static bool has_work(const struct planner *p, const char *id)
{
	struct planner aside = *p;

	aside.plan = arena_alloc(p->arena, sizeof(*aside.plan));
	by_theme(&aside, id);
	return aside.plan->count > 0;
}

static void point_to_setup(struct planner *p, const struct cause *c)
{
	for (size_t i = 0; i < COUNT_OF(themes); i++) {
		const struct fix_theme *t = &themes[i];
		if (t->mends || !str_eq(t->cause, c->id) || !has_work(p, t->theme))
			continue;
		struct step *s = planner_add(p, STEP_PERSON, "let it stay mended");
		s->why = theme_of_id(t->theme)->sets;
		step_shell(p, s, "egpu setup --only %s", t->theme);
	}
}

/* What a theme would not touch no tool touches for it: the rest is a person's. */
static void leave_to_person(struct planner *p, size_t from)
{
	for (size_t i = from; i < p->plan->count; i++) {
		struct step *s = &p->plan->step[i];
		if (s->kind != STEP_PERSON)
			*s = (struct step){ .kind = STEP_PERSON,
					    .theme = s->theme,
					    .what = s->what,
					    .why = s->why,
					    .shell = s->shell,
					    .when = s->when };
	}
}

static void fix_one(struct planner *p, const struct fix_target *t)
{
	size_t steps = p->plan->count, refusals = p->plan->refusal_count;

	p->theme = t->cause->id;
	if (by_themes(p, t->cause))
		return;
	p->theme = t->cause->id;
	remedy_plan(p, t->cause, t->subject ? t->subject : "");
	if (p->plan->refusal_count > refusals)
		leave_to_person(p, steps);
	point_to_setup(p, t->cause);
}

static bool same(const struct step *a, const struct step *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case STEP_FILE:
		return str_eq(a->file.path, b->file.path);
	case STEP_PACKAGES:
	case STEP_RUN:
		return names_eq(&a->run.argv, &b->run.argv);
	case STEP_UNIT:
		return str_eq(a->unit.verb, b->unit.verb) && str_eq(a->unit.name, b->unit.name);
	case STEP_ENCLOSURE:
		return str_eq(a->enclosure.verb, b->enclosure.verb) &&
		       str_eq(a->enclosure.uuid, b->enclosure.uuid);
	case STEP_CONTAINER:
		return str_eq(a->container.id, b->container.id) &&
		       str_eq(container_verb(&a->container), container_verb(&b->container));
	case STEP_PROCESS:
		return a->process.pid == b->process.pid;
	case STEP_DEVICE:
		return str_eq(a->device.verb, b->device.verb) &&
		       str_eq(a->device.name, b->device.name);
	case STEP_PERSON:
		return str_eq(a->what, b->what) && names_eq(&a->shell, &b->shell);
	}
	return false;
}

/*
 * It must come after all that it takes up: of two such steps the later one stays. Like steps are
 * of one mind here, or both would go.
 */
static bool takes_up(const struct step *s)
{
	static const char *const builders[] = { "mkinitcpio", "dracut", "update-initramfs",
						"docker" };

	for (size_t i = 0; s->kind == STEP_RUN && i < COUNT_OF(builders); i++)
		if (s->run.argv.count && str_eq(s->run.argv.name[0], builders[i]))
			return true;
	return s->kind == STEP_CONTAINER ||
	       (s->kind == STEP_PERSON && person_when(s->what) != WHEN_NOW) ||
	       (s->kind == STEP_UNIT &&
		(str_eq(s->unit.verb, "restart") || str_eq(s->unit.verb, "daemon-reload")));
}

/* The n-th step has a like one that stays. */
static bool is_double(const struct plan *plan, size_t n)
{
	const struct step *s = &plan->step[n];
	bool later = takes_up(s);

	for (size_t i = later ? n + 1 : 0; i < (later ? plan->count : n); i++)
		if (same(&plan->step[i], s))
			return true;
	return false;
}

/* Packages first, then files, then the rest as it came. */
static unsigned rank(const struct step *s)
{
	return s->kind == STEP_PACKAGES ? 0 : s->kind == STEP_FILE ? 1 : 2;
}

static struct plan *in_order(struct arena *a, const struct plan *plan)
{
	struct plan *out = arena_alloc(a, sizeof(*out));

	memcpy(out->refusal, plan->refusal, sizeof(out->refusal));
	out->refusal_count = plan->refusal_count;
	for (unsigned want = 0; want <= 2; want++)
		for (size_t i = 0; i < plan->count; i++)
			if (rank(&plan->step[i]) == want && !is_double(plan, i))
				out->step[out->count++] = plan->step[i];
	return out;
}

struct plan *plan_fix_report(struct arena *a, const struct facts *f, struct host *h,
			     const struct fix_target *target, size_t count)
{
	struct planner p = {
		.arena = a, .facts = f, .host = h, .plan = arena_alloc(a, sizeof(struct plan))
	};

	for (size_t i = 0; i < count; i++)
		fix_one(&p, &target[i]);
	held_plan(&p);
	return in_order(a, p.plan);
}

struct plan *plan_fix(struct arena *a, const struct facts *f, struct host *h,
		      const struct cause *cause, const char *subject)
{
	struct fix_target one = { cause, subject };
	return plan_fix_report(a, f, h, &one, 1);
}

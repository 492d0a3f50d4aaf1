/* SPDX-License-Identifier: MIT */
/* Ollama's settings (Ollama's docs/faq.mdx), and containers made anew to get them. */
#include "plan/docker/stack.h"

#include <string.h>

#define FLASH "OLLAMA_FLASH_ATTENTION"
#define KV "OLLAMA_KV_CACHE_TYPE"

enum { SETTINGS = 4, NAMES_MAX = 64, DEADLINE_SEC = 600 };

void stack_close(struct stack *s)
{
	compose_close(&s->theirs);
	compose_close(&s->ours);
}

/* Set by somebody else: in the compose files, by an env_file, or by the image. */
static bool is_set(struct stack *s, const struct container *c, const char *name)
{
	if (compose_sets(&s->theirs, c->compose_service, name))
		return true;
	return container_env(c, name) && !compose_sets(&s->ours, c->compose_service, name);
}

static bool is_on(const char *value)
{
	return str_eq(value, "1") || str_eq(value, "t") || str_eq(value, "T") ||
	       strcasecmp(value, "true") == 0;
}

/* A quantised cache is refused, or ignored, without flash attention. */
static bool cache_fits(struct stack *s, const struct container *c)
{
	const struct want_ollama *w = &s->planner->facts->want.ollama;
	const char *now = container_env(c, FLASH);

	if (str_eq(w->kv_cache_type, "f16"))
		return true;
	return is_set(s, c, FLASH) ? now && is_on(now) : is_on(w->flash_attention);
}

struct names stack_ollama(struct stack *s, const struct container *c)
{
	const struct want_ollama *w = &s->planner->facts->want.ollama;
	const struct {
		const char *name, *value;
	} settings[SETTINGS] = {
		{ FLASH, w->flash_attention },
		{ KV, cache_fits(s, c) ? w->kv_cache_type : "" },
		{ "OLLAMA_NUM_PARALLEL", w->num_parallel },
		{ "OLLAMA_KEEP_ALIVE", w->keep_alive },
	};
	struct arena *a = s->planner->arena;
	struct names out = { arena_alloc(a, SETTINGS * sizeof(*out.name)), 0 };

	for (size_t i = 0; i < SETTINGS; i++)
		if (settings[i].value && *settings[i].value && !is_set(s, c, settings[i].name))
			out.name[out.count++] =
			    arena_printf(a, "%s=%s", settings[i].name, settings[i].value);
	return out;
}

static const struct override_part *part_of(const struct stack *s, const char *service)
{
	for (size_t i = 0; i < s->part_count; i++)
		if (str_eq(s->part[i].service, service))
			return &s->part[i];
	return NULL;
}

/* The container was made from other settings than the files have now. */
static bool is_old(struct stack *s, const struct container *c, const struct override_part *part)
{
	bool by_cdi = c->asks & ASK_CDI;

	if (!c->asks && !c->privileged && !str_eq(c->runtime, "nvidia"))
		return true;
	if (part->reserves && by_cdi != (s->way == WAY_CDI))
		return true;
	for (size_t i = 0; i < part->env.count; i++) {
		const char *set = part->env.name[i];
		size_t n = strcspn(set, "=");
		const char *now = container_env(c, str_ndup(s->planner->arena, set, n));
		if (!now || !str_eq(now, set + n + 1))
			return true;
	}
	return false;
}

/* Who is to be made anew: one word a service, running ones apart from the others. */
struct anew {
	struct names service, name; /* of containers, for messages */
	bool keeps;                 /* what they have written stays */
	const char *person;         /* why only a person can do it; NULL */
};

static bool is_up(const struct container *c)
{
	return container_runs(c) || str_eq(c->state, "restarting") || (c->error && *c->error);
}

static const char *only_a_person(struct stack *s, const struct container *c)
{
	struct arena *a = s->planner->arena;
	const char *shell = compose_from_shell(&s->theirs, c->compose_service);
	const char *image = compose_image(&s->theirs, c->compose_service);

	if (compose_gave_up(&s->theirs))
		return "its compose file is too tangled to be followed";
	if (s->planner->facts->docker.rootless)
		return "the engine is not root's";
	if (shell)
		return arena_printf(a, "its compose file takes %s from your shell", shell);
	if (*image && c->image && !str_eq(image, c->image))
		return arena_printf(a, "it runs %s, and its compose file says %s", c->image, image);
	return NULL;
}

static void add(struct stack *s, struct anew *n, const struct container *c)
{
	const char *why = only_a_person(s, c);

	if (n->service.count == NAMES_MAX || names_have(&n->service, c->compose_service))
		return;
	n->service.name[n->service.count++] = c->compose_service;
	n->name.name[n->name.count++] = c->name;
	n->keeps = n->keeps && compose_keeps(&s->theirs, c->compose_service);
	n->person = n->person ? n->person : why;
}

static struct anew collect(struct stack *s, const struct container *first, bool up)
{
	struct arena *a = s->planner->arena;
	const struct docker *d = &s->planner->facts->docker;
	struct anew out = { .keeps = true };

	out.service.name = arena_alloc(a, NAMES_MAX * sizeof(*out.service.name));
	out.name.name = arena_alloc(a, NAMES_MAX * sizeof(*out.name.name));
	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		if (!container_is_llm(c) || !project_same(c, first) || is_up(c) != up)
			continue;
		const struct override_part *part = part_of(s, c->compose_service);
		if (part && is_old(s, c, part))
			add(s, &out, c);
	}
	return out;
}

static const char *joined(struct arena *a, const struct names *n)
{
	const char *out = "";
	for (size_t i = 0; i < n->count; i++)
		out = arena_printf(a, "%s%s%s", out, i ? ", " : "", n->name[i]);
	return out;
}

/* Words of the whole command. */
static struct names command(struct stack *s, const struct anew *n, bool up)
{
	struct planner *p = s->planner;
	struct names out = project_command(p, &s->project, s->has_ours);
	size_t room = out.count;

	names_add(p->arena, &out, &room, "up");
	names_add(p->arena, &out, &room, up ? "-d" : "--no-start");
	names_add(p->arena, &out, &room, "--no-deps");
	for (size_t i = 0; i < n->service.count; i++)
		names_add(p->arena, &out, &room, n->service.name[i]);
	return out;
}

static void add_person(struct stack *s, const struct anew *n, const struct names *words,
		       const char *why, enum step_when when)
{
	struct planner *p = s->planner;
	struct step *step = planner_add(p, STEP_PERSON, "make anew, in your own shell: %s",
					joined(p->arena, &n->name));
	step->why = why;
	step->when = when;
	step_shell(p, step, "%s", project_line(p, words));
}

static void add_run(struct stack *s, const struct anew *n, const struct names *words, bool up)
{
	struct planner *p = s->planner;
	const char **argv = arena_alloc(p->arena, (words->count + 1) * sizeof(*argv));
	const char *names = joined(p->arena, &n->name);

	memcpy(argv, words->name, words->count * sizeof(*argv));
	struct step *step = planner_run(p, argv, "make anew, with the GPU: %s", names);
	step->run.deadline_sec = DEADLINE_SEC;
	step->asks = !n->keeps;
	if (!n->keeps)
		step->why = arena_printf(p->arena,
					 "%s has no volume: models and all that was written in "
					 "it are lost",
					 names);
	else if (up)
		step->why = arena_printf(p->arena,
					 "%s is away for some seconds, 10 at most to stop; "
					 "volumes stay",
					 names);
	else
		step->why = arena_printf(p->arena, "%s is stopped, and stays so", names);
}

static void plan_anew(struct stack *s, const struct container *first, bool up)
{
	struct anew n = collect(s, first, up);

	if (n.service.count == 0)
		return;
	struct names words = command(s, &n, up);
	if (!gpu_is_ready(s->planner->facts))
		add_person(s, &n, &words,
			   "only when the driver has the GPU, else it does not start", WHEN_REBOOT);
	else if (n.person)
		add_person(s, &n, &words, n.person, WHEN_NOW);
	else
		add_run(s, &n, &words, up);
}

void stack_recreate(struct stack *s, const struct container *first)
{
	plan_anew(s, first, true);
	plan_anew(s, first, false);
}

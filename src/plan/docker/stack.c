/* SPDX-License-Identifier: MIT */
/* egpu.conf(5): the services that compute ask for the GPU, by a file of ours. */
#include "plan/docker/stack.h"

#include <string.h>

#include "plan/docker/override.h"
#include "plan/docker/project.h"
#include "plan/theme.h"

enum { PARTS_MAX = 64 };

static bool is_in_project(const struct container *c)
{
	return c->compose_project && *c->compose_project && c->compose_service &&
	       *c->compose_service && c->compose_dir && *c->compose_dir;
}

static bool is_wanted(const struct want *w, const struct container *c)
{
	if (!container_is_llm(c) || !is_in_project(c))
		return false;
	return !*w->project || str_eq(w->project, c->compose_project) ||
	       str_eq(w->project, c->compose_dir);
}

/* As Compose has it; and it must not look like an option. */
static bool is_name(const char *s)
{
	return *s && *s != '-' &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] ==
		   '\0';
}

/* A part for each service with a container, and those that ours has already. */
static struct override_part *part_of(struct stack *s, const char *service)
{
	for (size_t i = 0; i < s->part_count; i++)
		if (str_eq(s->part[i].service, service))
			return &s->part[i];
	if (s->part_count == PARTS_MAX)
		return NULL;
	s->part[s->part_count] = (struct override_part){ .service = service };
	return &s->part[s->part_count++];
}

static bool add_service(struct stack *s, const struct container *c, struct err *e)
{
	struct planner *p = s->planner;

	if (!is_name(c->compose_service) || !is_name(c->compose_project)) {
		planner_refuse(p, "%s: %s of %s is not a name that Compose has", c->name,
			       c->compose_service, c->compose_project);
		return false;
	}
	if (compose_service(&s->theirs, c->compose_service, e) < 0) {
		planner_refuse(p, "%s", e->text);
		return false;
	}
	struct override_part *part = part_of(s, c->compose_service);
	if (!part)
		return false;
	part->reserves = !compose_asks(&s->theirs, c->compose_service);
	if (c->kind == CONTAINER_OLLAMA)
		part->env = stack_ollama(s, c);
	return true;
}

/* What ours says of services that have no container now stays, as far as it still holds. */
static void keep_others(struct stack *s)
{
	struct fy_node *value;

	for (size_t i = 0; i < s->ours.count; i++) {
		struct yaml *y = &s->ours.file[i];
		void *next = NULL;
		for (struct fy_node *key;
		     (key = yaml_member(y, yaml_at(y, y->root, "services"), &next, &value));) {
			const char *name = yaml_text(y, key);
			size_t before = s->part_count;
			struct override_part *part = part_of(s, name);
			if (!part || s->part_count == before)
				continue;
			if (!compose_has(&s->theirs, name)) {
				s->part_count = before;
				continue;
			}
			part->reserves =
			    compose_asks(&s->ours, name) && !compose_asks(&s->theirs, name);
			part->env = compose_environment(&s->ours, name);
		}
	}
}

/* Ours as it stands; one that cannot be read is written anew. */
static void open_ours(struct stack *s)
{
	const char *file[] = { s->project.ours };
	struct names one = { file, 1 };

	if (planner_has(s->planner, s->project.ours) &&
	    compose_open(s->planner, s->project.dir, &one, &s->ours, NULL) < 0)
		compose_close(&s->ours);
}

/* False: it cannot be told what the project is. */
static bool gather(struct stack *s, const struct container *first, struct err *e)
{
	struct planner *p = s->planner;
	const struct docker *d = &p->facts->docker;

	if (project_of(p, first, &s->project, e) < 0 ||
	    compose_open(p, s->project.dir, &s->project.files, &s->theirs, e) < 0) {
		planner_refuse(p, "%s", e->text);
		return false;
	}
	open_ours(s);
	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		if (is_wanted(&p->facts->want, c) && project_same(c, first) &&
		    !add_service(s, c, e))
			return false;
	}
	keep_others(s);
	if (compose_gave_up(&s->theirs) || compose_gave_up(&s->ours)) {
		planner_refuse(p, "%s: too tangled to be followed", s->project.files.name[0]);
		return false;
	}
	return true;
}

/* Another's file under the name that ours would have is left alone. */
static bool is_taken(struct stack *s)
{
	struct bytes text;

	if (planner_read(s->planner, s->project.ours, &text, NULL) < 0 || override_is_ours(text))
		return false;
	planner_refuse(s->planner, "%s is there and was not written by egpu", s->project.ours);
	return true;
}

static void write_ours(struct stack *s)
{
	struct planner *p = s->planner;
	const char *path = s->project.ours;
	const char *text =
	    override_text(p->arena, s->project.files.name[0], s->way, s->part, s->part_count);

	s->has_ours = *text;
	if (*text)
		planner_write(p, path, text, "ask for the GPU for project %s, beside %s",
			      s->project.name, s->project.files.name[0]);
	else if (planner_has(p, path))
		planner_remove(p, path, "take away %s, which has nothing to say any more", path);
}

/* Only those that name it get it: told as long as the containers were made without it. */
static void note_list(struct stack *s)
{
	struct planner *p = s->planner;

	if (!s->project.by_list || !s->has_ours || s->project.listed)
		return;
	struct names words = project_command(p, &s->project, true);
	struct refusal *r = planner_refuse(
	    p, "%s counts only where it is named: bring up project %s by this line from now on",
	    s->project.ours, s->project.name);
	refusal_shell(p, r, "%s up -d", project_line(p, &words));
}

static void plan_project(struct planner *p, enum gpu_way way, const struct container *first)
{
	struct override_part *part = arena_alloc(p->arena, PARTS_MAX * sizeof(*part));
	STACK s = { .planner = p, .way = way, .part = part };
	struct err e = { 0 };

	if (!gather(&s, first, &e) || is_taken(&s))
		return;
	write_ours(&s);
	stack_recreate(&s, first);
	note_list(&s);
}

static bool is_first(const struct docker *d, const struct want *w, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_wanted(w, &d->container[i]) &&
		    project_same(&d->container[i], &d->container[at]))
			return false;
	return true;
}

/* Nobody but its owner knows the line that started it. */
static void refuse_loose(struct planner *p, const struct container *c, enum gpu_way way)
{
	if (c->asks || !container_runs(c) || *p->facts->want.project || c->privileged)
		return;
	planner_refuse(p,
		       "%s was not started by compose and asks for no GPU: start it anew with %s",
		       c->name, way == WAY_CDI ? "--device nvidia.com/gpu=all" : "--gpus all");
}

static bool refused(struct planner *p)
{
	const struct docker *d = &p->facts->docker;

	if (d->know == DENIED || d->containers_know == DENIED)
		refusal_shell(p, planner_refuse(p, "needs root: the containers are not open to us"),
			      "sudo egpu setup --only stack");
	else if (d->know == KNOWN && d->containers_know != KNOWN)
		planner_refuse(p, "the containers: %s", know_why(d->containers_know));
	return d->know != KNOWN || d->containers_know != KNOWN ||
	       p->facts->want.override != WISH_YES;
}

/* What keeps all projects from being planned; NULL: nothing. */
static const char *obstacle(struct planner *p, enum gpu_way way, const char *why)
{
	if (p->facts->docker.flavour == DOCKER_PODMAN)
		return "podman takes no reservation: put devices: [nvidia.com/gpu=all] into the "
		       "compose file";
	if (!p->facts->pci.chosen)
		return "the GPU is not there now, and a container that asks for it would not start";
	if (way == WAY_NONE)
		return arena_printf(p->arena, "docker has no way yet to hand out the GPU%s%s",
				    *why ? ": " : "", why);
	return NULL;
}

static void plan(struct planner *p)
{
	const struct docker *d = &p->facts->docker;
	const struct want *w = &p->facts->want;
	const char *why = "";
	bool any = false;

	if (refused(p))
		return;
	enum gpu_way way = docker_way(p, &why);
	const char *stop = obstacle(p, way, why);
	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		bool wanted = is_wanted(w, c);
		any = any || wanted;
		if (wanted && !stop && is_first(d, w, i))
			plan_project(p, way, c);
		else if (!stop && container_is_llm(c) && !is_in_project(c))
			refuse_loose(p, c, way);
	}
	if (any && stop)
		planner_refuse(p, "%s", stop);
	if (!any && *w->project)
		planner_refuse(p, "project %s has no container of an LLM server: bring it up once",
			       w->project);
}

const struct theme theme_stack = {
	.id = "stack",
	.sets = "the services of compose projects that compute ask for the GPU",
	.plan = plan,
};

/* SPDX-License-Identifier: MIT */
#include "plan/mend.h"

enum { NAMED_MAX = 8 };

const char *mend_running(const struct planner *p, bool gpu_only, unsigned *ret_count)
{
	const struct docker *d = &p->facts->docker;
	const char *out = "";
	unsigned count = 0;

	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		if (!container_runs(c) || (gpu_only && (!c->asks || c->privileged)))
			continue;
		if (count++ < NAMED_MAX)
			out = arena_printf(p->arena, "%s%s%s", out, *out ? ", " : "", c->name);
	}
	*ret_count = count;
	return count > NAMED_MAX ? arena_printf(p->arena, "%s and %u more", out, count - NAMED_MAX)
				 : out;
}

/* A restart keeps the container as it was made, whoever made it. */
static const char *made_by(const struct planner *p, const struct container *c)
{
	if (!c->compose_project || !*c->compose_project)
		return "";
	return arena_printf(p->arena, "service %s of the compose project %s, which stays as it is",
			    c->compose_service ? c->compose_service : c->name, c->compose_project);
}

/* The engine's restart starts one that does not run, too. */
static bool restart(struct mend *a)
{
	struct planner *p = a->p;
	bool start = mend_is(a, 1, "start");

	if (a->word.count != 3)
		return false;
	const struct container *c = docker_container(&p->facts->docker, a->word.name[2]);
	if (!c || !c->id || !*c->id) {
		a->why_not = arena_printf(p->arena, "no container %s was seen here",
					  str_quoted(p->arena, a->word.name[2]));
		return false;
	}
	struct step *s = planner_add(p, STEP_CONTAINER, "%s the container %s",
				     start ? "start" : "restart", c->name);
	s->why = made_by(p, c);
	s->container = (struct container_change){ c->id, c->name };
	s->unattended = true;
	return true;
}

/* A container that this compose file, or one in this folder, has made. */
static const struct container *made_from(const struct planner *p, const char *path)
{
	const struct docker *d = &p->facts->docker;

	for (size_t i = 0; i < d->container_count; i++)
		if (str_eq(d->container[i].compose_dir, path) ||
		    names_have(&d->container[i].compose_files, path))
			return &d->container[i];
	return NULL;
}

/* `docker compose -f FILE|--project-directory DIR ... up -d [SERVICE...]` of a project that is up.
 */
static bool compose(struct mend *a)
{
	struct planner *p = a->p;
	const struct container *c = NULL;
	size_t i = 2;

	for (; i + 1 < a->word.count && !mend_is(a, i, "up"); i += 2) {
		if (!mend_is(a, i, "-f") && !mend_is(a, i, "--project-directory"))
			return false;
		c = made_from(p, a->word.name[i + 1]);
		if (!c)
			return false;
	}
	if (!c || !mend_is(a, i, "up") || !mend_is(a, i + 1, "-d"))
		return false;
	for (i += 2; i < a->word.count; i++)
		if (!mend_plain(a->word.name[i], "._-"))
			return false;
	struct step *s = planner_add(p, STEP_RUN, "start the compose project %s as its files say",
				     c->compose_project ? c->compose_project : c->name);
	s->run = (struct command){ .argv = a->word, .deadline_sec = 600 };
	s->why = "containers whose settings changed are made anew";
	s->asks = true;
	return true;
}

bool mend_container(struct mend *a)
{
	if (!mend_is(a, 0, "docker"))
		return false;
	if (mend_is(a, 1, "compose"))
		return compose(a);
	return (mend_is(a, 1, "restart") || mend_is(a, 1, "start")) && restart(a);
}

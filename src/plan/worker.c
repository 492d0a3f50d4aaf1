/* SPDX-License-Identifier: MIT */
#include "plan/worker.h"

#include "plan/docker/compose.h"
#include "plan/docker/project.h"

#define PERSISTENCED "nvidia-persistenced.service"

enum { RECREATE_SEC = 600, RESET_SEC = 60 };

/* In the order of enum worker_deed. */
static const char *const verbs[] = { "stop", "start", "restart", "restart" };

static struct step *add_container(struct planner *p, const struct container *c, const char *verb,
				  unsigned stop_sec)
{
	struct step *s = planner_add(p, STEP_CONTAINER, "%s the container %s", verb, c->name);

	s->container = (struct container_change){ c->id, c->name, verb, stop_sec };
	s->unattended = true;
	step_shell(p, s, "docker %s %s", verb, str_quoted(p->arena, c->name));
	return s;
}

/*
 * The words that make it anew, or none: it was not made by compose, the files cannot be followed,
 * take something from the shell of whoever calls, or keep nothing outside of the container.
 */
static struct names recreate_words(struct planner *p, const struct container *c)
{
	struct project project;
	struct names out = { 0 };
	COMPOSE made = { 0 };
	size_t room;

	if (!c->compose_service || !*c->compose_service || project_of(p, c, &project, NULL) < 0 ||
	    compose_open(p, project.dir, &project.files, &made, NULL) < 0 ||
	    compose_check(&made, NULL) < 0 || compose_gave_up(&made) ||
	    !compose_keeps(&made, c->compose_service) ||
	    compose_from_shell(&made, c->compose_service))
		return out;
	out = project_command(p, &project, project.listed);
	room = out.count;
	names_add(p->arena, &out, &room, "up");
	names_add(p->arena, &out, &room, "-d");
	names_add(p->arena, &out, &room, "--no-deps");
	names_add(p->arena, &out, &room, "--force-recreate");
	names_add(p->arena, &out, &room, c->compose_service);
	return out;
}

static bool add_recreate(struct planner *p, const struct container *c)
{
	struct names words = recreate_words(p, c);

	if (!words.count)
		return false;
	struct step *s = planner_add(p, STEP_RUN, "make %s anew by its compose project", c->name);
	s->run = (struct command){ .argv = words, .deadline_sec = RECREATE_SEC };
	s->unattended = true;
	step_shell(p, s, "%s", project_line(p, &words));
	return true;
}

static void add_service(struct planner *p, const struct unit *u, enum worker_deed d)
{
	struct step *s = planner_unit(p, verbs[d], u->name, "%s %s", verbs[d], u->name);
	s->unattended = true;
}

static struct planner begin(struct arena *a, const struct facts *f, struct host *h,
			    const char *theme)
{
	return (struct planner){ a, f, h, arena_alloc(a, sizeof(struct plan)), theme };
}

struct plan *plan_worker(struct arena *a, const struct facts *f, struct host *h, const char *name,
			 enum worker_deed d, unsigned stop_sec)
{
	struct planner p = begin(a, f, h, "worker");
	const struct container *c = docker_container(&f->docker, name);
	const struct unit *u = services_unit(&f->services, name);

	if (c && d == WORKER_RECREATE && add_recreate(&p, c))
		return p.plan;
	if (c)
		add_container(&p, c, verbs[d], stop_sec);
	else if (u && u->know == KNOWN)
		add_service(&p, u, d);
	else
		planner_refuse(&p, "%s was not seen here", name);
	return p.plan;
}

static void add_all(struct planner *p, const char *verb, unsigned stop_sec)
{
	const struct docker *d = &p->facts->docker;

	for (size_t i = 0; i < d->container_count; i++)
		if (d->container[i].asks && container_runs(&d->container[i]))
			add_container(p, &d->container[i], verb, stop_sec);
}

static size_t count_running(const struct docker *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->container_count; i++)
		n += d->container[i].asks && container_runs(&d->container[i]);
	return n;
}

static void add_persistenced(struct planner *p, const char *verb)
{
	const struct unit *u = services_unit(&p->facts->services, PERSISTENCED);

	if (u && str_eq(u->active, "active"))
		planner_unit(p, verb, PERSISTENCED, "%s " PERSISTENCED, verb)->unattended = true;
}

struct plan *plan_reset(struct arena *a, const struct facts *f, struct host *h, unsigned stop_sec)
{
	struct planner p = begin(a, f, h, "reset");

	if (!f->pci.chosen) {
		planner_refuse(&p, "there is no GPU to reset");
		return p.plan;
	}
	/* who is stopped must be started again by the same plan */
	if (2 * count_running(&f->docker) + 3 > STEPS_MAX) {
		planner_refuse(&p,
			       "too many containers use the GPU to stop them all for its reset");
		return p.plan;
	}
	add_all(&p, "stop", stop_sec);
	add_persistenced(&p, "stop");
	struct step *s =
	    planner_run(&p, ARGV("nvidia-smi", "--gpu-reset", "-i", f->pci.chosen->bdf),
			"reset the GPU %s", pci_short_bdf(f->pci.chosen->bdf));
	s->run.deadline_sec = RESET_SEC;
	add_persistenced(&p, "start");
	add_all(&p, "start", stop_sec);
	return p.plan;
}

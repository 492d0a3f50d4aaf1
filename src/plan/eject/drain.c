/* SPDX-License-Identifier: MIT */
/* Whoever computes on the GPU lets go of it. */
#include "plan/eject/eject.h"

#include <string.h>

#define PERSISTENCED "nvidia-persistenced.service"

/* Their processes are other people's: a login, a container, a job. Or the host hangs on them. */
static const char *const never_stopped[] = {
	"docker.service",         "containerd.service",  "podman.service",        "ssh.service",
	"sshd.service",           "crond.service",       "cron.service",          "atd.service",
	"dbus.service",           "dbus-broker.service", "systemd-udevd.service", "bolt.service",
	"NetworkManager.service", "libvirtd.service",
};

const char *eject_node(const struct facts *f)
{
	const struct driver *d = &f->driver;

	/* Which minor it has stands beside its video BIOS; otherwise nvidia0 was a guess. */
	if (d->node_count == 0 || d->video_bios.know != KNOWN)
		return NULL;
	return d->node[0].path + strlen("/dev/");
}

static bool is_gpu_node(const char *name)
{
	const char *digits = str_starts(name, "nvidia") ? name + strlen("nvidia") : "";
	return *digits && digits[strspn(digits, "0123456789")] == '\0';
}

bool eject_counts(const struct eject *j, const struct gpu_holder *h)
{
	const char *own = eject_node(j->p.facts);

	for (size_t i = 0; i < h->nodes.count; i++) {
		const char *node = h->nodes.name[i];
		if (!j->shared || str_starts(node, "dri/") ||
		    (own ? str_eq(node, own) : is_gpu_node(node)))
			return true;
	}
	return false;
}

/* One that is about to be started again would take the GPU anew. */
static bool is_up_or_comes_up(const struct container *c)
{
	return container_runs(c) || str_eq(c->state, "restarting") || str_eq(c->state, "paused");
}

static const struct gpu_holder *holder_in(const struct eject *j, const struct container *c)
{
	const struct release *rel = &j->p.facts->release;

	for (size_t i = 0; i < rel->holder_count; i++)
		if (docker_container(&j->p.facts->docker, rel->holder[i].container) == c &&
		    eject_counts(j, &rel->holder[i]))
			return &rel->holder[i];
	return NULL;
}

static const char *what_it_holds(struct arena *a, const struct gpu_holder *h)
{
	return arena_printf(a, "%s (%llu) has %s open", h->name, (unsigned long long)h->pid,
			    names_join(a, &h->nodes, ", "));
}

/* One that names its GPUs may mean another one, and holds this one if it does not. */
static bool may_take(const struct eject *j, const struct container *c)
{
	return c->asks && (!j->shared || c->asked_devices.count == 0);
}

static void stop_containers(struct eject *j)
{
	const struct docker *d = &j->p.facts->docker;

	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		const struct gpu_holder *h = holder_in(j, c);
		if (!is_up_or_comes_up(c) || (!h && !may_take(j, c)))
			continue;
		struct step *s =
		    planner_add(&j->p, STEP_CONTAINER, "stop the container %s", c->name);
		s->why = h ? what_it_holds(j->p.arena, h)
			   : arena_printf(j->p.arena, "it asks for the GPU (%s)",
					  c->asks_how ? c->asks_how : "");
		s->container = (struct container_change){ c->id, c->name, "stop", 0 };
		step_shell(&j->p, s, "sudo %s", container_line(j->p.arena, &s->container));
	}
}

static const struct step *stopped(const struct plan *p, const char *unit)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->step[i].kind == STEP_UNIT && str_eq(p->step[i].unit.name, unit))
			return &p->step[i];
	return NULL;
}

static struct step *stop_unit(struct eject *j, const char *unit)
{
	return stopped(j->p.plan, unit) ? NULL : planner_unit(&j->p, "stop", unit, "stop %s", unit);
}

static bool is_up(const struct facts *f, const char *name)
{
	const struct unit *u = services_unit(&f->services, name);
	return u && u->know == KNOWN &&
	       (str_eq(u->active, "active") || str_eq(u->active, "activating") ||
		str_eq(u->active, "reloading"));
}

/* Of a unit that systemd stops as a whole, and that is there for nothing but what holds the GPU. */
static bool stops_as_unit(const struct gpu_holder *h)
{
	for (size_t i = 0; i < COUNT_OF(never_stopped); i++)
		if (str_eq(h->unit, never_stopped[i]))
			return false;
	return *h->unit && !*h->container;
}

static void stop_units(struct eject *j)
{
	const struct release *rel = &j->p.facts->release;
	struct step *s;

	if (!j->shared && is_up(j->p.facts, "ollama.service") &&
	    (s = stop_unit(j, "ollama.service")))
		s->why = "it would take the GPU for the next question";
	for (size_t i = 0; i < rel->holder_count; i++) {
		const struct gpu_holder *h = &rel->holder[i];
		if (!stops_as_unit(h) || !eject_counts(j, h) || str_eq(h->unit, PERSISTENCED) ||
		    !(s = stop_unit(j, h->unit)))
			continue;
		s->why = what_it_holds(j->p.arena, h);
		s->asks = !str_eq(h->unit, "ollama.service") && !str_starts(h->unit, "nvidia-");
	}
}

static void stop_persistenced(struct eject *j)
{
	const struct release *rel = &j->p.facts->release;
	bool up = is_up(j->p.facts, PERSISTENCED);

	for (size_t i = 0; i < rel->holder_count; i++)
		up |= str_eq(rel->holder[i].unit, PERSISTENCED);
	if (!up)
		return;
	struct step *s = stop_unit(j, PERSISTENCED);
	if (s)
		s->why = "it is there to hold the GPU";
	j->restarts = j->shared;
}

static void end_process(struct eject *j, const struct gpu_holder *h)
{
	struct arena *a = j->p.arena;
	struct step *s =
	    planner_add(&j->p, STEP_PROCESS, "end %s (%llu)", h->name, (unsigned long long)h->pid);

	s->why =
	    arena_printf(a, "it has %s open%s%.12s", names_join(a, &h->nodes, ", "),
			 *h->container ? ", in a container that was not seen: " : "", h->container);
	s->asks = true;
	s->process = (struct process_change){ h->pid, h->start_ticks, h->name, j->kill };
	step_shell(&j->p, s, "sudo kill %llu", (unsigned long long)h->pid);
}

static void end_processes(struct eject *j)
{
	const struct release *rel = &j->p.facts->release;

	for (size_t i = 0; i < rel->holder_count; i++) {
		const struct gpu_holder *h = &rel->holder[i];
		const struct container *c = docker_container(&j->p.facts->docker, h->container);
		if (eject_counts(j, h) && !(c && is_up_or_comes_up(c)) && !stops_as_unit(h))
			end_process(j, h);
	}
}

/* What could not be seen is told, and found out at the latest when a module does not go. */
static void tell_unseen(struct eject *j)
{
	const struct facts *f = j->p.facts;

	if (f->release.holders_know != KNOWN) {
		struct refusal *r =
		    planner_refuse(&j->p, "which processes have the GPU open is not known (%s)",
				   know_why(f->release.holders_know));
		if (f->release.holders_know == DENIED)
			refusal_shell(&j->p, r, "sudo egpu eject --dry-run");
	}
	if (f->docker.know != KNOWN && f->docker.know != ABSENT)
		planner_refuse(&j->p, "which containers run is not known (%s)",
			       f->docker.why && *f->docker.why ? f->docker.why
							       : know_why(f->docker.know));
}

void eject_drain(struct eject *j)
{
	j->p.theme = "drain";
	stop_containers(j);
	stop_units(j);
	stop_persistenced(j);
	end_processes(j);
	tell_unseen(j);
}

/* SPDX-License-Identifier: MIT */
/* The CDI specification and who renews it. nvidia-ctk cdi generate; nvidia-cdi-refresh(8). */
#include "plan/docker/docker.h"

#define SPEC "/etc/cdi/nvidia.yaml"
#define REFRESH "nvidia-cdi-refresh"

void step_undo(struct planner *p, struct step *s, const char *const *argv)
{
	size_t room = 0;

	s->run.undo = (struct names){ 0 };
	for (; *argv; argv++)
		names_add(p->arena, &s->run.undo, &room, *argv);
}

static const struct unit *unit(const struct planner *p, const char *name)
{
	const struct unit *u = services_unit(&p->facts->services, name);
	return u && u->know == KNOWN && !str_eq(u->load, "not-found") ? u : NULL;
}

static bool is_enabled(const struct unit *u)
{
	return str_starts(u->file_state, "enabled") || str_eq(u->file_state, "static") ||
	       str_eq(u->file_state, "generated");
}

/* True: it has to be started, too. */
static bool revive(struct planner *p, const struct unit *u)
{
	bool masked = str_eq(u->load, "masked") || str_starts(u->file_state, "masked");
	bool failed = str_eq(u->active, "failed");

	if (masked)
		planner_unit(p, "unmask", u->name, "let %s run again", u->name);
	if (failed)
		planner_unit(p, "reset-failed", u->name, "forget that %s failed", u->name);
	if (masked || !is_enabled(u))
		planner_unit(p, "enable", u->name, "renew the CDI specification by %s", u->name);
	return masked || failed || !is_enabled(u);
}

/*
 * The path unit watches the driver's files, the service writes the specification, at boot too.
 * False: this toolkit has no such units.
 */
static bool refresh(struct planner *p)
{
	const struct unit *path = unit(p, REFRESH ".path"), *service = unit(p, REFRESH ".service");
	bool fresh = cdi_is_fresh(p->facts);

	if (!path || !service)
		return false;
	bool start_path = revive(p, path), start_service = revive(p, service);
	if (start_path || !str_eq(path->active, "active"))
		planner_unit(p, "start", path->name, "watch the driver for changes");
	if ((start_service || !fresh) && gpu_is_ready(p->facts))
		planner_unit(p, "start", service->name, "write the CDI specification now");
	return true;
}

static void generate(struct planner *p, const char *ctk)
{
	const struct cdi_spec *old = docker_cdi(&p->facts->docker);
	const char *file = old ? old->path : SPEC;
	struct step *s = planner_run(
	    p, ARGV(ctk, "cdi", "generate", arena_printf(p->arena, "--output=%s", file)),
	    "write the GPU's CDI specification to %s", file);

	s->why = "it is of this driver; to be made anew after each update of the driver";
	s->unattended = true;
	if (!old)
		step_undo(p, s, ARGV("rm", "-f", file));
}

static void generate_later(struct planner *p)
{
	struct step *s = planner_add(p, STEP_PERSON, "set up CDI when the driver is loaded");

	s->why = "the specification is written from what the driver has";
	s->when = WHEN_REBOOT;
	step_shell(p, s, "sudo egpu setup --only runtime");
}

void plan_cdi(struct planner *p)
{
	const char *ctk = toolkit_ctk(p);

	if (refresh(p) || cdi_is_fresh(p->facts))
		return;
	if (!*ctk)
		planner_refuse(p, "this toolkit has no nvidia-ctk, which writes the specification");
	else if (!gpu_is_ready(p->facts))
		generate_later(p);
	else
		generate(p, ctk);
}

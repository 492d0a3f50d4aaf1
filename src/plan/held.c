/* SPDX-License-Identifier: MIT */
#include "plan/held.h"

#include <string.h>

#include "facts/gate.h"

static bool hangs(const struct facts *f)
{
	return driver_down(&f->driver) || u64_or(f->driver.stuck_count, 0) > 0 ||
	       (f->pci.chosen && pci_is_silent(f->pci.chosen)) || (f->gate.open && driver_shut(f));
}

static bool only_unbound(const struct facts *f)
{
	struct maybe_text driver = f->driver.gpu_driver;

	return f->pci.chosen && !hangs(f) &&
	       (driver.know == ABSENT || (driver.know == KNOWN && !is_text(driver, "nvidia")));
}

struct held held_of(const struct facts *f)
{
	struct held h = { .wedged = hangs(f) };

	if (f->gate.open)
		h.why = driver_shut(f);
	else if (!only_unbound(f))
		h.why =
		    f->gate.why && *f->gate.why ? f->gate.why : "nobody has looked at the driver";
	return h;
}

static bool command_touches(const struct names *argv)
{
	const char *name = argv->count ? argv->name[0] : "", *slash = strrchr(name, '/');
	const char *second = argv->count > 1 ? argv->name[1] : "";

	name = slash ? slash + 1 : name;
	if (str_eq(name, "modprobe"))
		return !str_eq(second, "thunderbolt");
	if (str_eq(name, "nvidia-ctk"))
		return str_eq(second, "cdi") || str_eq(second, "system");
	return str_starts(name, "nvidia-") || str_eq(name, "rmmod");
}

/* A container that comes or goes waits for the driver. */
static bool command_is_docker(const struct names *argv)
{
	const char *name = argv->count ? argv->name[0] : "";

	return str_eq(name, "docker") || str_eq(name, "docker-compose");
}

static bool starts_or_stops(const struct unit_change *u)
{
	return str_eq(u->verb, "start") || str_eq(u->verb, "restart") || str_eq(u->verb, "stop");
}

static bool holds_gpu(const struct facts *f, const char *id)
{
	for (size_t i = 0; i < f->docker.container_count; i++)
		if (str_eq(f->docker.container[i].id, id))
			return f->docker.container[i].asks;
	return true;
}

bool held_back(const struct planner *p, const struct held *h, const struct step *s)
{
	if (!h->why)
		return false;
	if (s->kind == STEP_RUN)
		return command_touches(&s->run.argv) ||
		       (h->wedged && command_is_docker(&s->run.argv));
	if (s->kind == STEP_UNIT && starts_or_stops(&s->unit))
		return str_starts(s->unit.name, "nvidia-") ||
		       (h->wedged && !str_eq(s->unit.name, "bolt.service"));
	return s->kind == STEP_CONTAINER && h->wedged && holds_gpu(p->facts, s->container.id);
}

bool held_line(const struct held *h, const char *line)
{
	static const char *const touching[] = { "nvidia-smi",         "modprobe nvidia",
						"modprobe -r nvidia", "nvidia-modprobe",
						"rmmod nvidia",       "ollama ps" };

	for (size_t i = 0; h->why && i < COUNT_OF(touching); i++)
		if (strstr(line, touching[i]))
			return true;
	return false;
}

void held_keep(struct planner *p, const struct held *h, struct step *s)
{
	*s = (struct step){
		.kind = STEP_PERSON,
		.theme = s->theme,
		.what =
		    arena_printf(p->arena, "%s, %s", s->what,
				 h->wedged ? "but only after a reboot" : "once the GPU is there"),
		.why = arena_printf(p->arena, "%s%s",
				    h->wedged ? "the driver may hang for ever: " : "", h->why),
		.shell = s->shell,
		.when = h->wedged ? WHEN_REBOOT : WHEN_NOW,
	};
}

void held_plan(struct planner *p)
{
	struct held held = held_of(p->facts);

	for (size_t i = 0; i < p->plan->count; i++)
		if (held_back(p, &held, &p->plan->step[i]))
			held_keep(p, &held, &p->plan->step[i]);
}

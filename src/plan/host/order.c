/* SPDX-License-Identifier: MIT */
/*
 * At boot the engine starts its containers before the GPU has arrived, and Ollama
 * looks for devices once. egpu-ready.service waits for the GPU, with a deadline
 * and not at all where there is no enclosure; who needs it starts after it.
 */
#include "plan/theme.h"

#define READY "egpu-ready.service"
#define WRITTEN "# Written by egpu setup; egpu undo takes it back.\n"

static const char *const units[] = { "docker.service", "ollama.service" };

static const char *drop_in(struct planner *p, const char *unit)
{
	return arena_printf(p->arena, "/etc/systemd/system/%s.d/60-egpu.conf", unit);
}

/* Wants, not Requires: a boot goes on without the GPU. */
static void want_order(struct planner *p, const char *unit)
{
	struct step *s =
	    planner_write(p, drop_in(p, unit), WRITTEN "[Unit]\nWants=" READY "\nAfter=" READY "\n",
			  "start %s after the GPU is ready", unit);
	if (s)
		s->when = WHEN_REBOOT;
}

static bool is_installed(struct planner *p)
{
	return planner_has(p, "/usr/lib/systemd/system/" READY) ||
	       planner_has(p, "/usr/local/lib/systemd/system/" READY) ||
	       planner_has(p, "/etc/systemd/system/" READY);
}

static void plan(struct planner *p)
{
	const struct facts *f = p->facts;

	if (f->want.order == WISH_KEEP || f->services.know != KNOWN || is_u64(f->machine.wsl, 1))
		return;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		const struct unit *u = services_unit(&f->services, units[i]);
		if (!u || u->know != KNOWN)
			continue;
		if (f->want.order == WISH_NO && planner_has(p, drop_in(p, units[i])))
			planner_remove(p, drop_in(p, units[i]), "no longer start %s after the GPU",
				       units[i]);
		if (f->want.order == WISH_YES && is_installed(p))
			want_order(p, units[i]);
	}
}

const struct theme theme_order = {
	.id = "order",
	.sets = "Docker and Ollama started after the GPU is ready, without holding up a boot",
	.plan = plan,
};

/* SPDX-License-Identifier: MIT */
/*
 * At boot the engine starts its containers before the GPU has arrived, Ollama looks
 * for devices once, and nvidia-persistenced fails until systemd starts it no more.
 * egpu-ready.service waits for CUDA, egpu-driver.service for the driver alone, with a
 * deadline and not at all where there is no enclosure; who needs them starts after
 * them. nvidia-persistenced needs the driver alone: CUDA opens the GPU sooner behind it.
 */
#include "plan/theme.h"

#define WRITTEN "# Written by egpu setup; egpu undo takes it back.\n"

/* 60-egpu.conf of nvidia-persistenced belongs to the theme persistence. */
static const struct place {
	const char *unit, *after, *file;
} places[] = {
	{ "docker.service", "egpu-ready.service", "60-egpu.conf" },
	{ "ollama.service", "egpu-ready.service", "60-egpu.conf" },
	{ "nvidia-persistenced.service", "egpu-driver.service", "60-egpu-order.conf" },
};

static const char *drop_in(struct planner *p, const struct place *at)
{
	return arena_printf(p->arena, "/etc/systemd/system/%s.d/%s", at->unit, at->file);
}

/* Wants, not Requires: a boot goes on without the GPU. */
static void want_order(struct planner *p, const struct place *at)
{
	const char *text =
	    arena_printf(p->arena, WRITTEN "[Unit]\nWants=%s\nAfter=%s\n", at->after, at->after);
	struct step *s =
	    planner_write(p, drop_in(p, at), text, "start %s after the GPU is ready", at->unit);
	if (s)
		s->when = WHEN_REBOOT;
}

static bool is_installed(struct planner *p, const char *unit)
{
	static const char *const folders[] = { "/usr/lib", "/usr/local/lib", "/etc" };

	for (size_t i = 0; i < COUNT_OF(folders); i++)
		if (planner_has(p,
				arena_printf(p->arena, "%s/systemd/system/%s", folders[i], unit)))
			return true;
	return false;
}

static void plan(struct planner *p)
{
	const struct facts *f = p->facts;

	if (f->want.order == WISH_KEEP || f->services.know != KNOWN || is_u64(f->machine.wsl, 1))
		return;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		const struct place *at = &places[i];
		const struct unit *u = services_unit(&f->services, at->unit);
		if (!u || u->know != KNOWN)
			continue;
		if (f->want.order == WISH_NO && planner_has(p, drop_in(p, at)))
			planner_remove(p, drop_in(p, at), "no longer start %s after the GPU",
				       at->unit);
		if (f->want.order == WISH_YES && is_installed(p, at->after))
			want_order(p, at);
	}
}

const struct theme theme_order = {
	.id = "order",
	.sets = "Docker, Ollama and nvidia-persistenced started after the GPU is ready, without "
		"holding up a boot",
	.plan = plan,
};

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

/* Not known is not "nothing to do". */
static bool is_unanswered(enum know know)
{
	return know != KNOWN && know != ABSENT && know != NOT_LOOKED;
}

static void cannot_tell(struct planner *p, const char *of, enum know know)
{
	struct refusal *r = planner_refuse(p,
					   "the order of %s at boot is left alone, since systemd "
					   "did not answer (%s)",
					   of, know_why(know));
	refusal_shell(p, r, "sudo egpu setup --only order");
}

static void plan_place(struct planner *p, const struct place *at)
{
	const struct facts *f = p->facts;
	const struct unit *u = services_unit(&f->services, at->unit);

	if (u && is_unanswered(u->know))
		cannot_tell(p, at->unit, u->know);
	if (!u || u->know != KNOWN)
		return;
	if (f->want.order == WISH_NO && planner_has(p, drop_in(p, at)))
		planner_remove(p, drop_in(p, at), "no longer start %s after the GPU", at->unit);
	if (f->want.order == WISH_YES && is_installed(p, at->after))
		want_order(p, at);
}

static void plan(struct planner *p)
{
	const struct facts *f = p->facts;

	if (f->want.order == WISH_KEEP || is_u64(f->machine.wsl, 1))
		return;
	if (is_unanswered(f->services.know)) {
		cannot_tell(p, "Docker, Ollama and nvidia-persistenced", f->services.know);
		return;
	}
	for (size_t i = 0; f->services.know == KNOWN && i < COUNT_OF(places); i++)
		plan_place(p, &places[i]);
}

const struct theme theme_order = {
	.id = "order",
	.sets = "Docker, Ollama and nvidia-persistenced started after the GPU is ready, without "
		"holding up a boot",
	.plan = plan,
};

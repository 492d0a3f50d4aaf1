/* SPDX-License-Identifier: MIT */
/*
 * ostree writes a boot entry for each deployment, with parameters that rpm-ostree carries from one
 * to the next, and NixOS one for each generation: what is edited there, or in files that GRUB's
 * tools read, is gone with the next. rpm-ostree(1), "kargs"; configuration.nix(5).
 */
#include "plan/boot/boot.h"
#include "plan/made.h"

static const char *with_options(struct arena *a, const char *line, const char *option,
				const struct names *words)
{
	for (size_t i = 0; i < words->count; i++)
		line = arena_printf(a, "%s --%s=%s", line, option, str_quoted(a, words->name[i]));
	return line;
}

static void tell_ostree(struct planner *p, struct step *s, const struct cmdline_change *c)
{
	const char *line = "sudo rpm-ostree kargs";

	line = with_options(p->arena, line, "delete-if-present", &c->drop);
	line = with_options(p->arena, line, "append-if-missing", &c->set);
	line = with_options(p->arena, line, "append-if-missing", &c->add);
	step_shell(p, s, "%s", line);
	s->why = "rpm-ostree keeps the kernel's parameters";
}

static const char *with_words(struct arena *a, const char *list, const struct names *words)
{
	for (size_t i = 0; i < words->count; i++)
		list = arena_printf(a, "%s\"%s\" ", list, words->name[i]);
	return list;
}

static void tell_nixos(struct planner *p, struct step *s, const struct cmdline_change *c)
{
	const char *list = with_words(p->arena, with_words(p->arena, "", &c->set), &c->add);

	if (c->drop.count)
		step_shell(p, s, "# take out of boot.kernelParams: %s",
			   names_join(p->arena, &c->drop, " "));
	made_setting(p, &s->shell, arena_printf(p->arena, "boot.kernelParams = [ %s];", list));
	s->why = "NixOS makes its boot entries from its configuration";
}

void loader_change_made(struct planner *p, const struct cmdline_change *c, const char *what)
{
	if (all_entries_have(p, c) && !c->drop.count)
		return;
	struct step *s = planner_add(p, STEP_PERSON, "%s", what);
	s->when = WHEN_REBOOT;
	if (made_by_ostree(p->facts))
		tell_ostree(p, s, c);
	else
		tell_nixos(p, s, c);
}

/* SPDX-License-Identifier: MIT */
/*
 * GRUB: a drop-in where its generator reads them (Debian, Ubuntu), grubby where
 * entries are files of their own (Fedora), else /etc/default/grub. GRUB manual,
 * "Simple configuration handling"; grubby(8).
 */
#include <string.h>

#include "format/shell-edit.h"
#include "format/shell.h"
#include "plan/boot/boot.h"

#define MAIN "/etc/default/grub"
#define DROP_IN "/etc/default/grub.d/90-egpu.cfg"
#define VARIABLE "GRUB_CMDLINE_LINUX_DEFAULT"

static void make_menu(struct planner *p)
{
	static const char *const menus[] = { "/boot/grub/grub.cfg", "/boot/grub2/grub.cfg" };
	static const char *const tools[] = { "grub-mkconfig", "grub2-mkconfig" };
	const char *what = "make GRUB's menu anew";
	bool known = p->facts->machine.distro == DISTRO_DEBIAN;

	if (known)
		planner_remake(p, ARGV("update-grub"), what);
	for (size_t i = 0; !known && i < COUNT_OF(menus); i++) {
		known = planner_has(p, menus[i]);
		if (known)
			planner_remake(p, ARGV(tools[i], "-o", menus[i]), what);
	}
	if (!known)
		planner_refuse(p, "where GRUB's grub.cfg stands is not known");
}

/* Entries that already have it are said so by the menu; a drop-in of ours is only ever added to. */
static void change_drop_in(struct planner *p, const struct cmdline_change *c, const char *what)
{
	struct err e = { 0 };
	struct edit t;

	if (!planner_edit(p, DROP_IN, true, &t))
		return;
	if (!t.text.size && all_entries_have(p, c) && !c->drop.count)
		return;
	if (!t.text.size)
		t.text = bytes_of("# Written by egpu setup; egpu undo takes it back.\n" VARIABLE
				  "=\"$" VARIABLE "\"\n");
	int r = shell_cmdline(&t, VARIABLE, c, &e);
	if (planner_edited(p, &t, r, &e, arena_printf(p->arena, "%s for all kernels", what)))
		make_menu(p);
}

static void change_main(struct planner *p, const struct cmdline_change *c, const char *what)
{
	struct err e = { 0 };
	struct edit t;

	if (!planner_edit(p, MAIN, false, &t))
		return;
	struct shell s = { .arena = p->arena };
	shell_read(&s, &(struct shell_piece){ MAIN, t.text }, 1);
	bool only_other = !shell_variable(&s, VARIABLE) && shell_variable(&s, "GRUB_CMDLINE_LINUX");
	int r = shell_cmdline(&t, only_other ? "GRUB_CMDLINE_LINUX" : VARIABLE, c, &e);
	if (planner_edited(p, &t, r, &e, arena_printf(p->arena, "%s for all kernels", what)))
		make_menu(p);
}

static void add_words(struct planner *p, struct names *argv, const char *option, const char *words)
{
	size_t room = argv->count;
	if (*words)
		names_add(p->arena, argv, &room, arena_printf(p->arena, "%s=%s", option, words));
}

/* The command that makes the change, or takes it back. */
static struct names grubby(struct planner *p, const char *args, const char *remove)
{
	struct names argv = { 0 };
	size_t room = 0;

	names_add(p->arena, &argv, &room, "grubby");
	names_add(p->arena, &argv, &room, "--update-kernel=ALL");
	add_words(p, &argv, "--args", args);
	add_words(p, &argv, "--remove-args", remove);
	return argv;
}

static void change_grubby(struct planner *p, const struct cmdline_change *c, const char *what)
{
	const char *args = arena_printf(p->arena, "%s%s%s", names_join(p->arena, &c->set, " "),
					c->set.count && c->add.count ? " " : "",
					names_join(p->arena, &c->add, " "));
	const char *drop = names_join(p->arena, &c->drop, " ");

	if (all_entries_have(p, c) && !c->drop.count)
		return;
	struct names argv = grubby(p, args, drop);
	const char *words[8] = { 0 };
	for (size_t i = 0; i < argv.count && i + 1 < COUNT_OF(words); i++)
		words[i] = argv.name[i];
	struct step *s = planner_run(p, words, "%s for all kernels", what);
	s->run.undo = grubby(p, drop, args);
	s->when = WHEN_REBOOT;
}

void loader_change_grub(struct planner *p, const struct cmdline_change *c, const char *what)
{
	if (planner_has(p, "/usr/sbin/grubby") || planner_has(p, "/usr/bin/grubby") ||
	    (p->facts->machine.distro == DISTRO_FEDORA && planner_has(p, "/boot/loader/entries")))
		change_grubby(p, c, what);
	else if (p->facts->machine.distro == DISTRO_DEBIAN)
		change_drop_in(p, c, what);
	else
		change_main(p, c, what);
}

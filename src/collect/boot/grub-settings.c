/* SPDX-License-Identifier: MIT */
/*
 * What GRUB's menu is made from: shell, sourced, with drop-ins on Debian and Ubuntu. GRUB manual,
 * "Simple configuration handling". What a person changes there is in force once the menu is made
 * anew.
 */
#include <string.h>

#include "collect/boot/loader.h"
#include "collect/sysfs.h"
#include "format/shell.h"

#define MAIN "/etc/default/grub"
#define DROP_INS MAIN ".d"

/* Of all that is read on the way to one text. */
struct reading {
	struct arena *a;
	struct host *h;
	struct shell shell;
	enum know know;
	struct maybe_u64 time;
};

static void read_file(struct reading *r, const char *path)
{
	struct bytes text;
	int code = host_read(r->h, r->a, path, &text, NULL);

	if (code == 0)
		shell_read(&r->shell, &(struct shell_piece){ path, text }, 1);
	else if (r->know == KNOWN)
		r->know = know_of_errno(code);
	r->time = path_newest_sec(r->h, r->a, r->time, path);
}

static void read_drop_ins(struct reading *r)
{
	struct names found;
	int code = host_list(r->h, r->a, DROP_INS, &found, NULL);

	if (code < 0 && know_of_errno(code) != ABSENT)
		r->know = know_of_errno(code);
	for (size_t i = 0; code == 0 && i < found.count; i++)
		if (str_ends(found.name[i], ".cfg"))
			read_file(r, arena_printf(r->a, DROP_INS "/%s", found.name[i]));
}

/* In the order in which 10_linux puts them on the line. */
static struct maybe_text options_of(const struct reading *r)
{
	static const char *const names[] = { "GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT" };
	const char *out = "";

	if (r->know != KNOWN)
		return unknown_text(r->know, MAIN);
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (shell_trouble(&r->shell, names[i]))
			return unknown_text(UNREADABLE, MAIN);
		const char *words = shell_text(&r->shell, names[i]);
		out = arena_printf(r->a, "%s%s%s", out, *out && *words ? " " : "", words);
	}
	return known_text(out, MAIN);
}

void grub_settings(struct kernel *k, struct arena *a, struct host *h)
{
	struct reading r = { .a = a, .h = h, .shell = { .arena = a }, .know = KNOWN };

	r.time = unknown_u64(ABSENT, MAIN);
	read_file(&r, MAIN);
	if (r.know == KNOWN)
		read_drop_ins(&r);
	k->settings_options = options_of(&r);
	k->settings_mtime_sec = r.time;
	k->menu_mtime_sec = path_mtime_sec(h, a, k->boot_from);
}

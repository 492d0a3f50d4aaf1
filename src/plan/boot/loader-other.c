/* SPDX-License-Identifier: MIT */
/* Limine (CONFIG.md of its source; limine-entry-tool's /etc/default/limine), and rEFInd. */
#include <string.h>

#include "format/shell-edit.h"
#include "plan/boot/boot.h"

#define LIMINE_DEFAULT "/etc/default/limine"

/* Where limine-entry-tool makes the entries, from its own variable. */
static void change_limine_default(struct planner *p, const struct cmdline_change *c,
				  const char *what)
{
	struct err e = { 0 };
	struct edit t;

	if (!planner_edit(p, LIMINE_DEFAULT, false, &t))
		return;
	int r = shell_cmdline(&t, "KERNEL_CMDLINE[default]", c, &e);
	if (planner_edited(p, &t, r, &e, arena_printf(p->arena, "%s for all kernels", what)))
		planner_remake(p, ARGV("limine-update"), "make Limine's entries anew");
}

/* Files of the kernels that get the driver, as entries name them. */
static struct names kernel_files(struct planner *p)
{
	const struct kernel *k = &p->facts->kernel;
	struct names out = { 0 };
	size_t room = 0;

	for (size_t i = 0; i < k->entry_count; i++) {
		const char *slash = strrchr(k->entry[i].kernel, '/');
		const char *name = slash ? slash + 1 : k->entry[i].kernel;
		if (entry_kernel(p->facts, &k->entry[i]))
			names_add(p->arena, &out, &room,
				  str_ndup(p->arena, name, strcspn(name, "#")));
	}
	return out;
}

void loader_change_limine(struct planner *p, const struct cmdline_change *c, const char *what)
{
	struct names kernels = kernel_files(p);
	const char *path = p->facts->kernel.boot_from;
	struct err e = { 0 };
	struct edit t;

	if (planner_has(p, LIMINE_DEFAULT)) {
		change_limine_default(p, c, what);
		return;
	}
	if (!kernels.count || !path) {
		planner_refuse(p,
			       "no entry of Limine is known that starts a kernel with the driver");
		return;
	}
	if (planner_edit(p, path, false, &t))
		planner_edited(p, &t, limine_edit(&t, &kernels, c, &e), &e, what);
}

void loader_change_refind(struct planner *p, const struct cmdline_change *c, const char *what)
{
	struct err e = { 0 };
	struct edit t;

	if (planner_edit(p, "/boot/refind_linux.conf", false, &t))
		planner_edited(p, &t, refind_edit(&t, c, &e), &e, what);
}

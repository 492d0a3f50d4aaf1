/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>

#include "plan/boot/boot.h"
#include "plan/made.h"

enum { REMAKE_SEC = 900 };

bool planner_edit(struct planner *p, const char *path, bool optional, struct edit *ret)
{
	struct err e = { 0 };

	*ret = (struct edit){ .arena = p->arena, .file = path, .text = { "", 0 } };
	int r = planner_read(p, path, &ret->text, &e);
	if (r == 0 || (r == -ENOENT && optional))
		return true;
	planner_refuse(p, "%s", e.text);
	return false;
}

struct step *planner_edited(struct planner *p, const struct edit *t, int r, const struct err *e,
			    const char *what)
{
	struct step *s = NULL;

	if (r < 0)
		planner_refuse(p, "%s", e->text);
	if (r > 0)
		s = planner_write(p, t->file, t->text.data, "%s", what);
	if (s) {
		s->unattended = false;
		s->when = WHEN_REBOOT;
	}
	return s;
}

struct step *planner_remake(struct planner *p, const char *const *argv, const char *what)
{
	struct step *s = planner_run(p, argv, "%s", what);

	s->run.undo = s->run.argv;
	s->run.deadline_sec = REMAKE_SEC;
	s->when = WHEN_REBOOT;
	return s;
}

/* NixOS builds them with the rest of the system, and was refused the files before. */
static void tell_person(struct planner *p, const char *why)
{
	if (!made_by_ostree(p->facts))
		return;
	struct step *s =
	    planner_add(p, STEP_PERSON, "let rpm-ostree build the early image on this host");
	s->why = why;
	s->when = WHEN_REBOOT;
	step_shell(p, s, "sudo rpm-ostree initramfs --enable");
	step_shell(p, s, "# is that enabled already: sudo rpm-ostree initramfs --enable --arg=-v");
}

void planner_rebuild_images(struct planner *p, const char *why)
{
	static const struct {
		enum initramfs_tool tool;
		const char *const argv[5];
	} tools[] = {
		{ INITRAMFS_MKINITCPIO, { "mkinitcpio", "-P" } },
		{ INITRAMFS_DRACUT, { "dracut", "--regenerate-all", "--force" } },
		{ INITRAMFS_TOOLS, { "update-initramfs", "-u", "-k", "all" } },
	};

	if (made_why(p->facts)) {
		tell_person(p, why);
		return;
	}
	for (size_t i = 0; i < COUNT_OF(tools); i++) {
		if (tools[i].tool != p->facts->initramfs.tool)
			continue;
		planner_remake(p, tools[i].argv, "build the early images anew")->why = why;
	}
}

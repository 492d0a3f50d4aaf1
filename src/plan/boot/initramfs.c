/* SPDX-License-Identifier: MIT */
/* The driver early: dracut.conf(5), initramfs-tools(7); mkinitcpio has a file of its own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/shell.h"
#include "plan/boot/boot.h"
#include "plan/made.h"
#include "plan/theme.h"

#define DRACUT_OURS "90-egpu.conf"
#define TOOLS_MODULES "/etc/initramfs-tools/modules"
#define WRITTEN "# Written by egpu setup; egpu undo takes it back."

struct names early_modules(struct planner *p)
{
	static const char *const compute[] = { "nvidia", "nvidia_uvm", NULL };
	static const char *const display[] = { "nvidia", "nvidia_modeset", "nvidia_uvm",
					       "nvidia_drm", NULL };
	struct names out = { 0 };
	size_t room = 0;

	for (const char *const *m = p->facts->want.display ? display : compute; *m; m++)
		names_add(p->arena, &out, &room, *m);
	return out;
}

static bool is_early(struct planner *p, const struct names *modules)
{
	const struct initramfs *all = &p->facts->initramfs;

	for (size_t i = 0; i < all->image_count; i++)
		for (size_t n = 0; n < modules->count; n++)
			if (!names_have(&all->image[i].nvidia, modules->name[n]))
				return false;
	return all->image_count > 0;
}

/* A kernel whose image could not be built with the list that all of them share; NULL: none. */
static const struct kernel_image *one_without(const struct facts *f)
{
	for (size_t i = 0; i < f->kernel.image_count; i++)
		if (f->kernel.image[i].nvidia_module.know != KNOWN)
			return &f->kernel.image[i];
	return NULL;
}

/* A drop-in that is read after ours and sets the list anew; NULL: none. */
static const char *resets_later(struct planner *p)
{
	struct names found;

	if (host_list(p->host, p->arena, "/etc/dracut.conf.d", &found, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < found.count; i++) {
		const char *path = arena_printf(p->arena, "/etc/dracut.conf.d/%s", found.name[i]);
		struct shell s = { .arena = p->arena };
		struct bytes text;
		if (strcmp(found.name[i], DRACUT_OURS) <= 0 || !str_ends(path, ".conf") ||
		    planner_read(p, path, &text, NULL) < 0)
			continue;
		/* Read behind a list of ours, what becomes of it tells. */
		const char *probe = "add_drivers=\" egpu \"\n";
		shell_read(&s, (struct shell_piece[]){ { path, bytes_of(probe) }, { path, text } },
			   2);
		if (!strstr(shell_text(&s, "add_drivers"), "egpu"))
			return path;
	}
	return NULL;
}

static void plan_dracut(struct planner *p, const struct names *modules)
{
	const char *later = resets_later(p), *words = "";

	if (later) {
		planner_refuse(p, "%s sets add_drivers anew, behind any file of ours", later);
		return;
	}
	for (size_t i = 0; i < modules->count; i++)
		words = arena_printf(p->arena, "%s%s ", words, modules->name[i]);
	struct step *s =
	    planner_write(p, "/etc/dracut.conf.d/" DRACUT_OURS,
			  arena_printf(p->arena, WRITTEN "\nadd_drivers+=\" %s\"\n", words),
			  "put nvidia into the early images");
	if (s)
		s->when = WHEN_REBOOT;
	if (s)
		planner_rebuild_images(p, "an image is a copy of its configuration");
}

/* One module a line; one that is there, in whatever spelling, is not added again. */
static void plan_tools(struct planner *p, const struct names *modules)
{
	const struct initramfs *all = &p->facts->initramfs;
	const struct names *have = all->image_count ? &all->image[0].nvidia : NULL;
	struct edit t;

	if (!planner_edit(p, TOOLS_MODULES, true, &t))
		return;
	edit_append_line(&t, WRITTEN);
	for (size_t i = 0; i < modules->count; i++)
		if (!have || !names_have(have, modules->name[i]))
			edit_append_line(&t, modules->name[i]);
	struct step *s =
	    planner_write(p, TOOLS_MODULES, t.text.data, "put nvidia into the early images");
	if (s)
		s->when = WHEN_REBOOT;
	if (s)
		planner_rebuild_images(p, "an image is a copy of its configuration");
}

/* Fedora's packages of the driver keep it out of the early image, on purpose. */
static bool is_left_out(const struct facts *f)
{
	for (size_t i = 0; i < f->initramfs.image_count; i++)
		if (f->initramfs.image[i].has_nvidia_hook_off)
			return true;
	return false;
}

/* What is set up here counts only for an early image that is built here. */
static void refuse_made(struct planner *p, const struct names *modules)
{
	const char *words = names_join(p->arena, modules, " ");
	struct refusal *r =
	    planner_refuse(p, "early images without %s: %s", words, made_why(p->facts));

	if (made_by_ostree(p->facts)) {
		refusal_shell(p, r, "# in a file of /etc/dracut.conf.d: add_drivers+=\" %s \"",
			      words);
		refusal_shell(p, r, "sudo rpm-ostree initramfs --enable");
	}
}

/* Where one list serves all kernels, all of them must have the modules. */
static void plan_shared(struct planner *p)
{
	struct names modules = early_modules(p);
	const struct kernel_image *without = one_without(p->facts);

	if (p->facts->want.early != WISH_YES || is_early(p, &modules) || is_left_out(p->facts))
		return;
	if (made_why(p->facts)) {
		refuse_made(p, &modules);
		return;
	}
	if (p->facts->initramfs.tool == INITRAMFS_TOOLS) {
		plan_tools(p, &modules);
		return;
	}
	if (without)
		planner_refuse(p,
			       "%s has no nvidia module, and dracut has one list for all kernels: "
			       "the driver is loaded after the early image",
			       without->release);
	else
		plan_dracut(p, &modules);
}

static void plan(struct planner *p)
{
	const struct facts *f = p->facts;

	if (f->want.early == WISH_KEEP || !any_kernel_gets_driver(f))
		return;
	if (f->initramfs.know != KNOWN && f->initramfs.tool != INITRAMFS_UNKNOWN) {
		planner_refuse(p, "the configuration of %s: %s",
			       initramfs_tool_name(f->initramfs.tool), know_why(f->initramfs.know));
		return;
	}
	if (f->initramfs.error.know == KNOWN) {
		planner_refuse(p, "%s", f->initramfs.error.v);
		return;
	}
	switch (f->initramfs.tool) {
	case INITRAMFS_UNKNOWN:
		return;
	case INITRAMFS_MKINITCPIO:
		initramfs_plan_mkinitcpio(p);
		return;
	case INITRAMFS_DRACUT:
	case INITRAMFS_TOOLS:
		plan_shared(p);
		return;
	}
}

const struct theme theme_initramfs = {
	.id = "initramfs",
	.sets = "NVIDIA's modules in the early images of the kernels that get the driver, only",
	.plan = plan,
};

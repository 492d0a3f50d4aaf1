/* SPDX-License-Identifier: MIT */
/*
 * Unified kernel images, and entries that kernel-install makes: the command line
 * comes from files, and what holds it is made anew. mkinitcpio(8) joins
 * /etc/kernel/cmdline and /etc/cmdline.d; where there is neither it takes
 * that of the running kernel, so a drop-in alone would lose the root file system.
 */
#include <string.h>

#include "format/shell.h"
#include "plan/boot/boot.h"

#define CMDLINE "/etc/kernel/cmdline"
#define CMDLINE_DIR "/etc/cmdline.d"
#define OURS "90-egpu.conf"

static struct step *edit_cmdline(struct planner *p, const char *path, const char *fallback,
				 const struct cmdline_change *c, const char *what)
{
	struct err e = { 0 };
	struct edit t;

	if (!planner_edit(p, path, true, &t))
		return NULL;
	if (!t.text.size && *fallback)
		t.text = bytes_of(arena_printf(p->arena, "%s\n", fallback));
	int r = kernel_cmdline_edit(&t, c, &e);
	return planner_edited(p, &t, r, &e, arena_printf(p->arena, "%s in %s", what, path));
}

/* kernel-install */

static const char *image_of(struct planner *p, const struct kernel_image *k)
{
	const char *const places[] = {
		arena_printf(p->arena, "/usr/lib/modules/%s/vmlinuz", k->release),
		arena_printf(p->arena, "/boot/vmlinuz-%s", k->release),
	};
	for (size_t i = 0; i < COUNT_OF(places); i++)
		if (planner_has(p, places[i]))
			return places[i];
	return NULL;
}

void loader_change_kernel_install(struct planner *p, const struct kernel_image *k,
				  const char *fallback, const struct cmdline_change *c,
				  const char *what)
{
	const char *image = image_of(p, k);

	if (!image) {
		planner_refuse(
		    p, "the kernel image of %s was not found, so its entry cannot be made anew",
		    k->release);
		return;
	}
	bool own = planner_has(p, CMDLINE);
	if (!edit_cmdline(p, CMDLINE, own ? "" : fallback, c, what))
		return;
	planner_remake(p, ARGV("kernel-install", "add", k->release, image),
		       arena_printf(p->arena, "make the boot entry of %s anew", kernel_title(k)));
}

/* mkinitcpio */

static const struct initramfs_image *image_built_as(const struct facts *f, const char *id)
{
	for (size_t i = 0; i < f->initramfs.image_count; i++) {
		const struct initramfs_image *image = &f->initramfs.image[i];
		const char *slash = image->path.know == KNOWN ? strrchr(image->path.v, '/') : NULL;
		if (slash && str_eq(slash + 1, id))
			return image;
	}
	return NULL;
}

/* What the preset itself names as its command line; "": nothing; NULL: it cannot be told. */
static const char *preset_cmdline(struct planner *p, const char *preset)
{
	const char *slash = strrchr(preset, '/');
	const char *file = arena_printf(p->arena, "/etc/mkinitcpio.d/%.*s.preset",
					(int)(slash ? slash - preset : 0), preset);
	struct shell s = { .arena = p->arena };
	struct edit t;

	if (!slash)
		return "";
	if (!planner_edit(p, file, false, &t))
		return NULL;
	shell_read(&s, &(struct shell_piece){ file, t.text }, 1);
	const char *own = arena_printf(p->arena, "%s_cmdline", slash + 1);
	const char *options = arena_printf(p->arena, "%s_options", slash + 1);
	const struct shell_variable *o = shell_variable(&s, options);
	const char *trouble =
	    shell_trouble(&s, own) ? shell_trouble(&s, own) : shell_trouble(&s, options);
	if (trouble || (o && strstr(names_join(p->arena, &o->word, " "), "cmdline"))) {
		planner_refuse(p, "%s",
			       trouble ? trouble
				       : arena_printf(p->arena,
						      "%s: its options choose the command line",
						      o->from));
		return NULL;
	}
	return *shell_text(&s, own) ? shell_text(&s, own) : shell_text(&s, "ALL_cmdline");
}

static bool has_drop_ins(struct planner *p)
{
	struct names found;

	if (host_list(p->host, p->arena, CMDLINE_DIR, &found, NULL) < 0)
		return false;
	for (size_t i = 0; i < found.count; i++)
		if (str_ends(found.name[i], ".conf") && !str_eq(found.name[i], OURS))
			return true;
	return false;
}

static struct step *write_drop_in(struct planner *p, const char *dir,
				  const struct cmdline_change *c, const char *what)
{
	const char *path = arena_printf(p->arena, "%s/" OURS, dir);
	return edit_cmdline(p, path, "", c, what);
}

static bool is_dir(struct planner *p, const char *path)
{
	struct host_stat st;
	return host_stat(p->host, p->arena, path, &st, NULL) == 0 && st.type == STAT_DIR;
}

static struct step *change_mkinitcpio(struct planner *p, const struct initramfs_image *i,
				      const struct cmdline_change *c, const char *what)
{
	const char *own = preset_cmdline(p, i->preset);
	bool has_file = planner_has(p, CMDLINE) || planner_has(p, "/usr/lib/kernel/cmdline");

	if (!own)
		return NULL;
	if (*own)
		return is_dir(p, own) ? write_drop_in(p, own, c, what)
				      : edit_cmdline(p, own, "", c, what);
	if (mkinitcpio_reads(p, CMDLINE_DIR) && (has_file || has_drop_ins(p)) && !c->drop.count)
		return write_drop_in(p, CMDLINE_DIR, c, what);
	if (planner_has(p, CMDLINE))
		return edit_cmdline(p, CMDLINE, "", c, what);
	struct refusal *r = planner_refuse(
	    p, "there is no " CMDLINE ": %s is built with the parameters of the running kernel",
	    text_or(i->path, "the unified kernel"));
	refusal_shell(p, r,
		      "sudo cp /proc/cmdline " CMDLINE "    # then look at it, and once more:");
	refusal_shell(p, r, "sudo egpu setup --only %s", p->theme);
	return NULL;
}

/* dracut: drop-ins only add, and nothing takes a parameter off. */
static struct step *change_dracut(struct planner *p, const struct cmdline_change *c,
				  const char *what)
{
	const char *words = arena_printf(p->arena, "%s%s%s", names_join(p->arena, &c->set, " "),
					 c->set.count && c->add.count ? " " : "",
					 names_join(p->arena, &c->add, " "));
	const char *text = arena_printf(p->arena,
					"# Written by egpu setup; egpu undo takes it back.\n"
					"kernel_cmdline+=\" %s \"\n",
					words);
	struct step *s = planner_write(p, "/etc/dracut.conf.d/91-egpu-cmdline.conf", text,
				       "%s in unified kernels", what);
	if (s)
		s->when = WHEN_REBOOT;
	return s;
}

void loader_change_unified(struct planner *p, const struct boot_entry *e,
			   const struct cmdline_change *c, const char *what)
{
	const struct facts *f = p->facts;
	const struct initramfs_image *i = image_built_as(f, e->id);
	struct step *s = NULL;

	if (i && f->initramfs.tool == INITRAMFS_MKINITCPIO)
		s = change_mkinitcpio(p, i, c, what);
	else if (planner_has(p, "/etc/kernel/install.conf") || strstr(e->id, e->release))
		loader_change_kernel_install(p, entry_kernel(f, e), e->options, c, what);
	else if (f->initramfs.tool == INITRAMFS_DRACUT)
		s = change_dracut(p, c, what);
	else
		planner_refuse(p, "what builds the unified kernel %s is not known", e->id);
	if (s)
		planner_rebuild_images(p, "a unified kernel holds its parameters");
}

/* SPDX-License-Identifier: MIT */
/*
 * mkinitcpio: the driver's modules in the images of kernels that get it, and in
 * no other. Own drop-in where the preset reads them, else the configuration that
 * it names; a kernel that shares a configuration and must not have them gets a
 * copy of its own. mkinitcpio.conf(5), mkinitcpio(8).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/shell-edit.h"
#include "format/shell.h"
#include "plan/boot/boot.h"

#define MAIN "/etc/mkinitcpio.conf"
#define DROP_INS "/etc/mkinitcpio.conf.d"
#define OURS DROP_INS "/90-egpu.conf"
#define PRESETS "/etc/mkinitcpio.d"

enum { PIECES_MAX = 64, DROP_IN_SINCE = 36 };

/* What a kernel's images should be. */
static bool is_wanted(struct planner *p, const struct initramfs_image *i)
{
	return p->facts->want.early == WISH_YES &&
	       kernel_gets_driver(p->facts, kernel_of_release(&p->facts->kernel, i->release));
}

/* One that must not have them: it lacks the module, or the owner left it out. */
static bool is_unwanted(struct planner *p, const struct initramfs_image *i)
{
	return *i->release && !is_wanted(p, i);
}

static bool has_all(const struct initramfs_image *i, const struct names *modules)
{
	for (size_t n = 0; n < modules->count; n++)
		if (!names_have(&i->nvidia, modules->name[n]))
			return false;
	return true;
}

static const char *preset_file(struct planner *p, const struct initramfs_image *i)
{
	const char *slash = strrchr(i->preset, '/');
	if (!slash)
		return NULL;
	return arena_printf(p->arena, PRESETS "/%.*s.preset", (int)(slash - i->preset), i->preset);
}

/* Is the configuration used by an image that should have what this one should not? */
static bool is_shared(struct planner *p, const struct initramfs_image *with)
{
	const struct initramfs *all = &p->facts->initramfs;

	for (size_t n = 0; n < all->image_count; n++)
		if (is_wanted(p, &all->image[n]) && str_eq(all->image[n].config, with->config) &&
		    all->image[n].reads_drop_ins == with->reads_drop_ins)
			return true;
	return false;
}

/* The drop-ins in the order in which mkinitcpio joins them. */
static int by_version(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t read_pieces(struct planner *p, const char *config, bool drop_ins,
			  struct shell_piece *piece)
{
	struct names found = { 0 };
	struct edit t;
	size_t count = 0;

	if (!planner_edit(p, config, false, &t))
		return 0;
	piece[count++] = (struct shell_piece){ config, t.text };
	if (drop_ins && host_list(p->host, p->arena, DROP_INS, &found, NULL) == 0)
		qsort(found.name, found.count, sizeof(*found.name), by_version);
	for (size_t i = 0; i < found.count && count < PIECES_MAX; i++) {
		const char *path = arena_printf(p->arena, DROP_INS "/%s", found.name[i]);
		if (str_ends(path, ".conf") && !str_eq(path, OURS) &&
		    planner_edit(p, path, false, &t))
			piece[count++] = (struct shell_piece){ path, t.text };
	}
	return count;
}

/* An own configuration for a kernel whose images must not have the modules. */

/* "/etc/mkinitcpio-lts.conf" for linux-lts, or a longer name where that is taken. */
static const char *own_config_path(struct planner *p, const struct initramfs_image *i)
{
	const struct kernel_image *k = kernel_of_release(&p->facts->kernel, i->release);
	const char *name = k ? kernel_title(k) : i->release;
	const char *tail = str_starts(name, "linux-") ? name + strlen("linux-") : name;
	const char *path = arena_printf(p->arena, "/etc/mkinitcpio-%s.conf", tail);

	return planner_has(p, path) ? arena_printf(p->arena, "/etc/mkinitcpio-%s-egpu.conf", tail)
				    : path;
}

/* All that it is built from now, as one file, without NVIDIA's modules. */
static bool copy_config(struct planner *p, const struct initramfs_image *i, struct edit *ret)
{
	struct shell_piece piece[PIECES_MAX];
	size_t count = read_pieces(p, i->config, i->reads_drop_ins, piece);
	struct err e = { 0 };
	const char *text = "";

	for (size_t n = 0; n < count; n++) {
		const struct bytes *b = &piece[n].text;
		bool open = b->size && b->data[b->size - 1] != '\n';
		text = arena_printf(p->arena, "%s%.*s%s", text, (int)b->size, b->data,
				    open ? "\n" : "");
	}
	ret->text = bytes_of(text);
	int r = count ? shell_list_remove(ret, "MODULES", &i->nvidia, &e) : -EINVAL;
	if (r < 0 && count)
		planner_refuse(p, "%s", e.text);
	return r >= 0;
}

static void split_off(struct planner *p, const struct initramfs_image *i)
{
	const char *preset = preset_file(p, i), *own = own_config_path(p, i);
	const struct kernel_image *k = kernel_of_release(&p->facts->kernel, i->release);
	struct edit t, config = { .arena = p->arena, .file = i->config };
	struct err e = { 0 };

	if (!preset) {
		planner_refuse(p, "%s has no preset that could name a configuration of its own",
			       i->preset);
		return;
	}
	if (!planner_edit(p, preset, false, &t) || !copy_config(p, i, &config))
		return;
	int r = shell_set(&t, "ALL_config", own, &e);
	if (!planner_edited(
		p, &t, r, &e,
		arena_printf(p->arena, "build %s from %s", k ? kernel_title(k) : i->preset, own)))
		return;
	planner_write(p, own, config.text.data, "keep nvidia out of the image of %s",
		      k ? kernel_title(k) : i->release);
}

/* Edits */

static void take_out(struct planner *p, const struct initramfs_image *i)
{
	struct err e = { 0 };
	struct edit t;

	if (!planner_edit(p, i->config, false, &t))
		return;
	int r = shell_list_remove(&t, "MODULES", &i->nvidia, &e);
	planner_edited(p, &t, r, &e,
		       arena_printf(p->arena, "take nvidia out of the image of %s", i->preset));
}

static void put_into_file(struct planner *p, const struct initramfs_image *i,
			  const struct names *modules)
{
	struct err e = { 0 };
	struct edit t;

	if (!planner_edit(p, i->config, false, &t))
		return;
	int r = shell_list_add(&t, "MODULES", modules, &e);
	planner_edited(p, &t, r, &e,
		       arena_printf(p->arena, "put nvidia into the early image of %s", i->preset));
}

/* By its version in pacman's records, "mkinitcpio-39.2-3", or a folder that only newer ones have.
 */
bool mkinitcpio_reads(struct planner *p, const char *dir)
{
	struct names found;
	uint64_t version;

	if (planner_has(p, dir))
		return true;
	if (host_list(p->host, p->arena, "/var/lib/pacman/local", &found, NULL) < 0)
		return false;
	for (size_t i = 0; i < found.count; i++) {
		const char *v = found.name[i] + strlen("mkinitcpio-");
		if (str_starts(found.name[i], "mkinitcpio-") &&
		    str_u64(str_ndup(p->arena, v, strspn(v, "0123456789")), 10, 10000, &version))
			return version >= DROP_IN_SINCE;
	}
	return false;
}

/*
 * It begins with an empty line, since mkinitcpio joins files as they are, and adds in the form in
 * which MODULES stands: words after a text would become one more element.
 */
static void put_into_drop_in(struct planner *p, const struct names *modules)
{
	struct shell_piece piece[PIECES_MAX];
	struct shell s = { .arena = p->arena };
	const char *words = names_join(p->arena, modules, " ");

	shell_read(&s, piece, read_pieces(p, MAIN, true, piece));
	if (shell_trouble(&s, "MODULES")) {
		planner_refuse(p, "%s", shell_trouble(&s, "MODULES"));
		return;
	}
	const struct shell_variable *v = shell_variable(&s, "MODULES");
	bool is_text = v && !v->is_list;
	struct step *step =
	    planner_write(p, OURS,
			  arena_printf(p->arena,
				       "\n# Written by egpu setup; egpu undo takes it back.\n"
				       "MODULES+=%s%s%s\n",
				       is_text ? "\" " : "(", words, is_text ? "\"" : ")"),
			  "put nvidia into the early images that read drop-ins");
	if (step)
		step->when = WHEN_REBOOT;
}

static void put_in(struct planner *p, const struct initramfs_image *i, const struct names *modules)
{
	if (i->reads_drop_ins && mkinitcpio_reads(p, DROP_INS))
		put_into_drop_in(p, modules);
	else
		put_into_file(p, i, modules);
}

/* Would the image get them from what its wanted neighbours are about to read? */
static bool comes_along(struct planner *p, const struct initramfs_image *i,
			const struct names *modules)
{
	const struct initramfs *all = &p->facts->initramfs;

	if (!is_shared(p, i))
		return false;
	for (size_t n = 0; n < all->image_count; n++)
		if (is_wanted(p, &all->image[n]) && !has_all(&all->image[n], modules))
			return true;
	return i->nvidia.count > 0;
}

void initramfs_plan_mkinitcpio(struct planner *p)
{
	const struct initramfs *all = &p->facts->initramfs;
	struct names modules = early_modules(p);
	size_t before = p->plan->count;

	for (size_t n = 0; n < all->image_count; n++) {
		const struct initramfs_image *i = &all->image[n];
		if (!is_unwanted(p, i))
			continue;
		if (comes_along(p, i, &modules))
			split_off(p, i);
		else if (i->nvidia.count && !is_shared(p, i))
			take_out(p, i);
	}
	for (size_t n = 0; n < all->image_count; n++)
		if (is_wanted(p, &all->image[n]) && !has_all(&all->image[n], &modules))
			put_in(p, &all->image[n], &modules);
	if (p->plan->count != before)
		planner_rebuild_images(p, "an image is a copy of its configuration");
}

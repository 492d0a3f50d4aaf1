/* SPDX-License-Identifier: MIT */
/* What early user space is built from, by whichever tool builds it here. */
#include "collect/boot/initramfs.h"

#include <string.h>

#include "collect/boot/modprobe.h"
#include "collect/collect.h"
#include "collect/sysfs.h"

void initramfs_add(struct facts *f, struct host *h, struct initramfs_image i)
{
	struct initramfs *all = &f->initramfs;

	if (!all->image)
		all->image = arena_alloc(f->arena, INITRAMFS_IMAGES_MAX * sizeof(*all->image));
	if (all->image_count == INITRAMFS_IMAGES_MAX)
		return;
	i.image_mtime_sec = i.path.know == KNOWN ? path_mtime_sec(h, f->arena, i.path.v)
						 : unknown_u64(i.path.know, i.path.from);
	all->image[all->image_count++] = i;
}

void initramfs_not_understood(struct initramfs *i, const char *what)
{
	if (i->error.know != KNOWN)
		i->error = known_text(what, NULL);
}

struct names initramfs_nvidia(struct arena *a, const struct names *words)
{
	static const char *const known[] = { "nvidia",         "nvidia_uvm",     "nvidia_drm",
					     "nvidia_modeset", "nvidia_current", "nvidia_peermem" };
	struct names out = { arena_alloc(a, COUNT_OF(known) * sizeof(*out.name)), 0 };

	for (size_t i = 0; i < words->count; i++) {
		char *name = str_dup(a, words->name[i]);
		for (char *c = name; *c; c++)
			*c = *c == '-' ? '_' : *c;
		for (size_t n = 0; n < COUNT_OF(known); n++)
			if (str_eq(known[n], name) && !names_have(&out, name))
				out.name[out.count++] = known[n];
	}
	return out;
}

static void find_modprobe_time(struct facts *f, struct host *h)
{
	struct modprobe m = modprobe_read(h, f->arena);
	struct maybe_u64 *newest = &f->initramfs.modprobe_mtime_sec;

	*newest = unknown_u64(m.know == KNOWN ? ABSENT : m.know, "/etc/modprobe.d");
	for (size_t i = 0; i < m.count; i++)
		if (str_eq(m.line[i].verb, "options") && str_starts(m.line[i].module, "nvidia") &&
		    str_starts(m.line[i].file, "/etc/"))
			*newest = path_newest_sec(h, f->arena, *newest, m.line[i].file);
}

static enum initramfs_tool tool_of(struct arena *a, struct host *h)
{
	static const struct {
		const char *path;
		enum initramfs_tool tool;
	} signs[] = {
		{ "/etc/mkinitcpio.conf", INITRAMFS_MKINITCPIO },
		{ "/usr/bin/dracut", INITRAMFS_DRACUT },
		/* Its library is no sign of dracut: initramfs-tools uses that too. */
		{ "/etc/initramfs-tools", INITRAMFS_TOOLS },
		{ "/etc/dracut.conf", INITRAMFS_DRACUT },
		{ "/etc/dracut.conf.d", INITRAMFS_DRACUT },
	};

	for (size_t i = 0; i < COUNT_OF(signs); i++)
		if (is_u64(path_exists(h, a, signs[i].path), 1))
			return signs[i].tool;
	return INITRAMFS_UNKNOWN;
}

void collect_initramfs(struct facts *f, struct host *h)
{
	struct initramfs *i = &f->initramfs;

	i->tool = tool_of(f->arena, h);
	i->know = i->tool == INITRAMFS_UNKNOWN ? ABSENT : KNOWN;
	switch (i->tool) {
	case INITRAMFS_UNKNOWN:
		return;
	case INITRAMFS_MKINITCPIO:
		initramfs_mkinitcpio(f, h);
		break;
	case INITRAMFS_DRACUT:
		initramfs_dracut(f, h);
		break;
	case INITRAMFS_TOOLS:
		initramfs_tools(f, h);
		break;
	}
	find_modprobe_time(f, h);
}

/* SPDX-License-Identifier: MIT */
/*
 * Are the early images there that boot entries name? Their paths are those of a partition:
 * that of the entry itself with systemd-boot, else one that holds the entry's kernel, too.
 * https://uapi-group.org/specifications/specs/boot_loader_specification/, "Type #1"
 */
#include "collect/boot/loader.h"
#include "collect/sysfs.h"
#include "facts/cmdline.h"

enum { WORDS_MAX = 32 };

static const char *const places[] = { "/boot", "/efi", "/boot/efi", "" };

/* GRUB's entries of another system name files of its own, which may be called as those here. */
static bool is_of_this_system(const struct kernel *k, struct arena *a, const struct boot_entry *e)
{
	const char *here = k->cmdline.know == KNOWN ? cmdline_value(a, k->cmdline.v, "root") : NULL;
	const char *there = cmdline_value(a, e->options, "root");

	return here && there ? str_eq(here, there) : here == there;
}

/* Where the entry's kernel is. Not KNOWN: nowhere, or it may also be where nobody may look. */
static enum know find_roots(struct arena *a, struct host *h, const struct boot_entry *e,
			    struct names *ret)
{
	const char *const *place = *e->root ? &e->root : places;
	size_t count = *e->root ? 1 : COUNT_OF(places);

	*ret = (struct names){ arena_alloc(a, count * sizeof(*ret->name)), 0 };
	for (size_t i = 0; i < count; i++) {
		struct maybe_u64 there =
		    path_exists(h, a, arena_printf(a, "%s%s", place[i], e->kernel));
		if (there.know != KNOWN)
			return there.know;
		if (there.v)
			ret->name[ret->count++] = place[i];
	}
	return ret->count ? KNOWN : UNREADABLE;
}

/* A variable of GRUB, "$tuned_initrd", is mostly empty; "(hd0,gpt2)/x" is some partition's. */
static enum know look_for(struct arena *a, struct host *h, const struct names *roots,
			  const char *word)
{
	if (*word != '/')
		return *word == '$' ? KNOWN : UNREADABLE;
	for (size_t i = 0; i < roots->count; i++) {
		struct maybe_u64 there =
		    path_exists(h, a, arena_printf(a, "%s%s", roots->name[i], word));
		if (!is_u64(there, 0))
			return there.know;
	}
	return ABSENT;
}

static void look(struct arena *a, struct host *h, struct boot_entry *e)
{
	struct names roots, words = str_split(a, e->initrd, " ", WORDS_MAX);
	struct names missing = { arena_alloc(a, (words.count + 1) * sizeof(*words.name)), 0 };

	e->initrd_know = find_roots(a, h, e, &roots);
	for (size_t i = 0; e->initrd_know == KNOWN && i < words.count; i++) {
		enum know know = look_for(a, h, &roots, words.name[i]);
		if (know == ABSENT)
			missing.name[missing.count++] =
			    arena_printf(a, "%s%s", roots.name[0], words.name[i]);
		else
			e->initrd_know = know;
	}
	if (e->initrd_know == KNOWN && missing.count) {
		e->initrd_know = ABSENT;
		e->initrd_missing = missing;
	}
}

void entry_images_look(struct kernel *k, struct arena *a, struct host *h)
{
	for (size_t i = 0; i < k->entry_count; i++) {
		struct boot_entry *e = &k->entry[i];
		bool is_here = *e->root || (k->loader == LOADER_GRUB && is_of_this_system(k, a, e));
		if (is_here && *e->kernel == '/')
			look(a, h, e);
	}
}

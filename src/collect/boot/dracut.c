/* SPDX-License-Identifier: MIT */
/* dracut.conf(5): shell, sourced; drop-ins sorted by name, those of /etc hide those of /usr/lib. */
#include <stdlib.h>
#include <string.h>

#include "collect/boot/initramfs.h"
#include "collect/sysfs.h"

#define MAIN "/etc/dracut.conf"

enum { DROP_INS_MAX = 128, WORDS_MAX = 512 };

/* In the order of precedence. */
static const char *const dirs[] = {
	"/etc/dracut.conf.d",
	"/run/dracut/conf.d",
	"/usr/lib/dracut/dracut.conf.d",
};

struct drop_in {
	const char *name, *path;
	size_t rank;
};

static int by_name(const void *a, const void *b)
{
	const struct drop_in *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order ? order : (x->rank > y->rank) - (x->rank < y->rank);
}

static void read_file(struct facts *f, struct host *h, struct shell *s, const char *path,
		      struct maybe_u64 *time)
{
	struct bytes text;
	int r = host_read(h, f->arena, path, &text, NULL);

	if (r < 0 && know_of_errno(r) != ABSENT)
		f->initramfs.know = know_of_errno(r);
	if (r < 0)
		return;
	shell_read(s, &(struct shell_piece){ path, text }, 1);
	/* Files of packages carry the time of their making, which says nothing of an edit. */
	if (str_starts(path, "/etc/"))
		*time = path_newest_sec(h, f->arena, *time, path);
}

static void read_all(struct facts *f, struct host *h, struct shell *s, struct maybe_u64 *time)
{
	struct drop_in *d = arena_alloc(f->arena, DROP_INS_MAX * sizeof(*d));
	struct names found;
	size_t count = 0;

	read_file(f, h, s, MAIN, time);
	for (size_t n = 0; n < COUNT_OF(dirs); n++) {
		int r = host_list(h, f->arena, dirs[n], &found, NULL);
		if (r < 0 && know_of_errno(r) != ABSENT)
			f->initramfs.know = know_of_errno(r);
		if (r < 0)
			continue;
		for (size_t i = 0; i < found.count && count < DROP_INS_MAX; i++)
			if (str_ends(found.name[i], ".conf"))
				d[count++] = (struct drop_in){
					found.name[i],
					arena_printf(f->arena, "%s/%s", dirs[n], found.name[i]), n
				};
	}
	qsort(d, count, sizeof(*d), by_name);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || !str_eq(d[i].name, d[i - 1].name))
			read_file(f, h, s, d[i].path, time);
}

/* The NVIDIA modules of one of dracut's lists; what it says too little about is not understood. */
static struct names nvidia_of(struct facts *f, const struct shell *s, const char *list)
{
	if (shell_trouble(s, list))
		initramfs_not_understood(&f->initramfs, shell_trouble(s, list));
	struct names words = str_split(f->arena, shell_text(s, list), " \t\r\n", WORDS_MAX);
	return initramfs_nvidia(f->arena, &words);
}

/* What is added, or forced, and not left out again. */
static struct names carried(struct facts *f, const struct shell *s, const struct names *omitted)
{
	struct names added = nvidia_of(f, s, "add_drivers"),
		     forced = nvidia_of(f, s, "force_drivers");
	struct names out = {
		arena_alloc(f->arena, (added.count + forced.count + 1) * sizeof(*out.name)), 0
	};

	for (size_t i = 0; i < added.count + forced.count; i++) {
		const char *name = i < added.count ? added.name[i] : forced.name[i - added.count];
		if (!names_have(omitted, name) && !names_have(&out, name))
			out.name[out.count++] = name;
	}
	return out;
}

/* Fedora's name, and Debian's. kernel-install may put it elsewhere: then its age is not judged. */
static struct maybe_text image_path(struct facts *f, struct host *h, const char *release)
{
	struct arena *a = f->arena;
	const char *const paths[] = {
		arena_printf(a, "/boot/initramfs-%s.img", release),
		arena_printf(a, "/boot/initrd.img-%s", release),
	};

	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		struct maybe_u64 there = path_exists(h, a, paths[i]);
		if (there.know != KNOWN)
			return unknown_text(there.know, paths[i]);
		if (there.v)
			return known_text(paths[i], paths[i]);
	}
	return unknown_text(ABSENT, paths[0]);
}

void initramfs_dracut(struct facts *f, struct host *h)
{
	struct shell s = { .arena = f->arena };
	struct maybe_u64 time = unknown_u64(ABSENT, MAIN);

	read_all(f, h, &s, &time);
	struct names omitted = nvidia_of(f, &s, "omit_drivers");
	struct names nvidia = carried(f, &s, &omitted);
	const struct shell_variable *names = shell_variable(&s, "add_drivers");
	const char *config = names && nvidia.count
				 ? str_ndup(f->arena, names->from, strcspn(names->from, ":"))
				 : MAIN;

	for (size_t i = 0; i < f->kernel.image_count; i++) {
		const char *release = f->kernel.image[i].release;
		initramfs_add(f, h,
			      (struct initramfs_image){
				  .preset = release,
				  .config = config,
				  .release = release,
				  .path = image_path(f, h, release),
				  .config_mtime_sec = time,
				  .nvidia = nvidia,
				  .reads_drop_ins = true,
				  .has_nvidia_hook_off = omitted.count > 0,
			      });
	}
}

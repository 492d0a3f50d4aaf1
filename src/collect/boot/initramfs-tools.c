/* SPDX-License-Identifier: MIT */
/* Debian's and Ubuntu's: one list of modules for every kernel. initramfs-tools(7). */
#include "collect/boot/initramfs.h"
#include "collect/sysfs.h"

#define MODULES "/etc/initramfs-tools/modules"

enum { MODULES_MAX = 512 };

/* "module argument...", and lines that begin with a '#'. */
static struct names listed(struct arena *a, struct bytes text)
{
	struct names out = { arena_alloc(a, MODULES_MAX * sizeof(*out.name)), 0 };

	for (struct bytes line; out.count < MODULES_MAX && bytes_line(&text, &line);) {
		struct names words = str_split(a, str_trim(a, line.data, line.size), " \t", 1);
		if (words.count && words.name[0][0] != '#')
			out.name[out.count++] = words.name[0];
	}
	return out;
}

void initramfs_tools(struct facts *f, struct host *h)
{
	struct arena *a = f->arena;
	struct bytes text = { "", 0 };
	int r = host_read(h, a, MODULES, &text, NULL);

	if (r < 0 && know_of_errno(r) != ABSENT)
		f->initramfs.know = know_of_errno(r);
	struct names words = listed(a, text), nvidia = initramfs_nvidia(a, &words);
	struct maybe_u64 time = path_newest_sec(h, a, unknown_u64(ABSENT, MODULES), MODULES);
	for (size_t i = 0; i < f->kernel.image_count; i++) {
		const char *release = f->kernel.image[i].release;
		const char *path = arena_printf(a, "/boot/initrd.img-%s", release);
		initramfs_add(f, h,
			      (struct initramfs_image){
				  .preset = release,
				  .config = MODULES,
				  .release = release,
				  .path = known_text(path, MODULES),
				  .config_mtime_sec = time,
				  .nvidia = nvidia,
				  .reads_drop_ins = true,
			      });
	}
}

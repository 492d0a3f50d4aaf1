/* SPDX-License-Identifier: MIT */
#pragma once

#include "sysfs-host.h"

/* A table host whose files have times, where a test gives them. */
struct timed {
	const char *path;
	int64_t mtime_sec;
};

struct boot_host {
	struct table_host table;
	struct timed time[64];
	size_t time_count;
};

static inline int boot_stat(struct host *h, struct arena *a, const char *path,
			    struct host_stat *ret, struct err *e)
{
	struct boot_host *b = (struct boot_host *)h;
	int r = table_stat(h, a, path, ret, e);

	for (size_t i = 0; r == 0 && i < b->time_count; i++)
		if (strcmp(b->time[i].path, path) == 0)
			ret->mtime_sec = b->time[i].mtime_sec;
	return r;
}

static const struct host_ops boot_ops = { table_read, table_list, boot_stat, table_ask, NULL };

static struct arena arena;
static struct boot_host host = { .table = { .host = { .ops = &boot_ops } } };
static struct facts facts = { .arena = &arena };

#define HAVE(...) TABLE_ADD(&host.table, __VA_ARGS__)
#define TIME(path, sec) (host.time[host.time_count++] = (struct timed){ path, sec })
#define EFI "/sys/firmware/efi/efivars/"
#define LOADER_GUID "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

/* An EFI variable with a text in it, in UTF-16 and after its attributes. */
static inline void have_efi_text(const char *name, const char *text)
{
	size_t n = strlen(text), size = 4 + 2 * n + 2;
	char *value = arena_alloc(&arena, size);

	value[0] = 7;
	for (size_t i = 0; i < n; i++)
		value[4 + 2 * i] = text[i];
	HAVE({ .path = arena_printf(&arena, EFI "%s" LOADER_GUID, name),
	       .text = value,
	       .size = size });
}

/* The reference machine's kernels: the driver is for the first only. */
static inline void have_two_kernels(void)
{
	HAVE({ "/proc/sys/kernel/osrelease", "6.17.1-arch1-1\n" },
	     { "/proc/cmdline",
	       "initrd=\\initramfs-linux.img root=UUID=1 nvidia_drm.modeset=0 rw\n" },
	     { "/proc/modules", "nvidia 1 0 - Live 0x0\n" },
	     { "/usr/lib/modules/6.17.1-arch1-1/pkgbase", "linux\n" },
	     { "/usr/lib/modules/6.17.1-arch1-1/kernel/drivers", .link = "x" },
	     { "/usr/lib/modules/6.17.1-arch1-1/extramodules/nvidia-uvm.ko.zst", "" },
	     { "/usr/lib/modules/6.17.1-arch1-1/extramodules/nvidia.ko.zst", "" },
	     { "/usr/lib/modules/6.12.50-1-lts/pkgbase", "linux-lts\n" },
	     { "/usr/lib/modules/6.12.50-1-lts/kernel/drivers", .link = "x" },
	     { "/var/lib/pacman/local/nvidia-open-590.48.01-3/desc", "" },
	     { "/var/lib/pacman/local/nvidia-open-dkms-1-1/desc", "" },
	     { "/var/lib/pacman/local/nvidia-utils-590.48.01-2/desc", "" });
}

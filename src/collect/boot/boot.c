/* SPDX-License-Identifier: MIT */
/*
 * Which kernel the next boot starts, as the boot loader's own files say.
 * https://systemd.io/BOOT_LOADER_INTERFACE
 */
#include <string.h>

#include "collect/boot/efivar.h"
#include "collect/boot/loader.h"
#include "collect/collect.h"
#include "facts/cmdline.h"

void loader_add(struct kernel *k, struct arena *a, struct boot_entry e)
{
	if (!k->entry)
		k->entry = arena_alloc(a, ENTRIES_MAX * sizeof(*k->entry));
	if (k->entry_count == ENTRIES_MAX)
		return;
	e.kernel = e.kernel ? e.kernel : "";
	e.release = e.release ? e.release : "";
	e.options = e.options ? e.options : "";
	e.initrd = e.initrd ? e.initrd : "";
	e.root = e.root ? e.root : "";
	k->entry[k->entry_count++] = e;
}

/* What the loader that started this boot says of itself. */
static enum boot_loader of_efi(struct arena *a, struct host *h)
{
	static const struct {
		const char *start;
		enum boot_loader loader;
	} names[] = {
		{ "systemd-boot", LOADER_SYSTEMD_BOOT },
		{ "GRUB", LOADER_GRUB },
		{ "Limine", LOADER_LIMINE },
		{ "rEFInd", LOADER_REFIND },
	};
	struct maybe_text info = efivar_text(h, a, "LoaderInfo", EFIVAR_LOADER);

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (info.know == KNOWN && str_starts(info.v, names[i].start))
			return names[i].loader;
	return LOADER_UNKNOWN;
}

/* Else the first that has a configuration here. */
static enum boot_loader of_files(struct kernel *k, struct arena *a, struct host *h)
{
	static const struct {
		const char *path;
		enum boot_loader loader;
	} files[] = {
		{ "/efi/loader/loader.conf", LOADER_SYSTEMD_BOOT },
		{ "/boot/loader/loader.conf", LOADER_SYSTEMD_BOOT },
		{ "/boot/efi/loader/loader.conf", LOADER_SYSTEMD_BOOT },
		{ "/boot/grub/grub.cfg", LOADER_GRUB },
		{ "/boot/grub2/grub.cfg", LOADER_GRUB },
		{ "/boot/limine.conf", LOADER_LIMINE },
		{ "/boot/limine/limine.conf", LOADER_LIMINE },
		{ "/boot/EFI/limine/limine.conf", LOADER_LIMINE },
		{ "/boot/EFI/BOOT/limine.conf", LOADER_LIMINE },
		{ "/boot/refind_linux.conf", LOADER_REFIND },
	};
	struct host_stat st;

	for (size_t i = 0; i < COUNT_OF(files); i++) {
		int r = host_stat(h, a, files[i].path, &st, NULL);
		if (r == 0)
			return files[i].loader;
		if (k->boot_know == NOT_LOOKED || k->boot_know == ABSENT) {
			k->boot_know = know_of_errno(r);
			k->boot_from = files[i].path;
		}
	}
	return LOADER_UNKNOWN;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "(hd0,gpt2)/vmlinuz" of GRUB is the file "/vmlinuz". */
static bool is_booted_file(const struct kernel *k, struct arena *a, const char *file)
{
	const char *booted =
	    k->cmdline.know == KNOWN ? cmdline_value(a, k->cmdline.v, "BOOT_IMAGE") : NULL;
	const char *path = booted ? strchr(booted, '/') : NULL;

	return path && str_eq(path, file);
}

/*
 * The kernel that an entry means: an installed one, also where the file that runs
 * tells no name of it, else what its version or file name says.
 */
static const char *release_of(const struct kernel *k, struct arena *a, const struct boot_entry *e)
{
	const struct kernel_image *i = kernel_of_path(k, e->kernel);
	const char *name = strstr(e->kernel, "vmlinuz-");

	if (i)
		return i->release;
	if (kernel_of_release(k, e->release))
		return e->release;
	if (kernel_running(k) && is_booted_file(k, a, e->kernel))
		return kernel_running(k)->release;
	if (name && is_digit(name[strlen("vmlinuz-")]))
		return name + strlen("vmlinuz-");
	return is_digit(*e->release) && strstr(e->kernel, e->release) ? e->release : "";
}

static void read_loader(struct kernel *k, struct arena *a, struct host *h)
{
	switch (k->loader) {
	case LOADER_SYSTEMD_BOOT:
		loader_systemd_boot(k, a, h);
		return;
	case LOADER_GRUB:
		loader_grub(k, a, h);
		return;
	case LOADER_LIMINE:
		loader_limine(k, a, h);
		return;
	case LOADER_REFIND: /* chooses by what was started last, which it keeps to itself */
		k->boot_know = UNREADABLE;
		k->boot_from = "/boot/refind_linux.conf";
		return;
	case LOADER_UNKNOWN:
		return;
	}
}

void collect_boot(struct facts *f, struct host *h)
{
	struct kernel *k = &f->kernel;

	k->loader = of_efi(f->arena, h);
	if (k->loader == LOADER_UNKNOWN)
		k->loader = of_files(k, f->arena, h);
	k->next_entry = unknown_text(k->boot_know, k->boot_from);
	if (k->loader == LOADER_UNKNOWN)
		return;
	k->boot_know = NOT_LOOKED;
	k->boot_from = NULL;
	read_loader(k, f->arena, h);
	if (k->boot_know == NOT_LOOKED)
		k->boot_know = ABSENT;
	if (k->next_entry.know != KNOWN && k->boot_know != KNOWN)
		k->next_entry = unknown_text(k->boot_know, k->boot_from);
	for (size_t i = 0; i < k->entry_count; i++)
		k->entry[i].release = release_of(k, f->arena, &k->entry[i]);
	entry_images_look(k, f->arena, h);
}

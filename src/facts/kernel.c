/* SPDX-License-Identifier: MIT */
#include "facts/kernel.h"

#include <string.h>

static const struct shape shape_image = {
	sizeof(struct kernel_image),
	(const struct field[]){
	    FIELD(NAME, struct kernel_image, release),
	    FIELD(BOOL, struct kernel_image, running),
	    FIELD(TEXT, struct kernel_image, package),
	    FIELD(TEXT, struct kernel_image, base),
	    FIELD(TEXT, struct kernel_image, nvidia_module),
	    FIELD(TEXT, struct kernel_image, nvidia_version),
	    { 0 },
	},
};

static const struct shape shape_entry = {
	sizeof(struct boot_entry),
	(const struct field[]){
	    FIELD(NAME, struct boot_entry, id),
	    FIELD(NAME, struct boot_entry, title),
	    FIELD(NAME, struct boot_entry, kernel),
	    FIELD(NAME, struct boot_entry, release),
	    FIELD(NAME, struct boot_entry, options),
	    FIELD(NAME, struct boot_entry, initrd),
	    FIELD(NAME, struct boot_entry, root),
	    FIELD(KNOW, struct boot_entry, initrd_know),
	    FIELD(NAMES, struct boot_entry, initrd_missing),
	    { 0 },
	},
};

const struct shape shape_kernel = {
	sizeof(struct kernel),
	(const struct field[]){
	    FIELD(TEXT, struct kernel, release),
	    FIELD(TEXT, struct kernel, cmdline),
	    FIELD(KNOW, struct kernel, images_know),
	    FIELDS_OF(struct kernel, image, &shape_image),
	    FIELD(FLAG, struct kernel, takes_modules),
	    FIELD(FLAG, struct kernel, running_modules_exist),
	    FIELD(TEXT, struct kernel, dkms_source),
	    FIELD_WORDS(struct kernel, loader, boot_loader_name),
	    FIELD(KNOW, struct kernel, boot_know),
	    FIELD(NAME, struct kernel, boot_from),
	    FIELDS_OF(struct kernel, entry, &shape_entry),
	    FIELD(TEXT, struct kernel, next_entry),
	    FIELD(TEXT, struct kernel, settings_options),
	    FIELD(U64, struct kernel, settings_mtime_sec),
	    FIELD(U64, struct kernel, menu_mtime_sec),
	    FIELD(TEXT, struct kernel, userland_version),
	    FIELD(TEXT, struct kernel, modeset_cmdline),
	    FIELD(TEXT, struct kernel, modeset_option),
	    FIELD(FLAG, struct kernel, modeset_running),
	    FIELD(FLAG, struct kernel, secure_boot),
	    FIELD(FLAG, struct kernel, sig_enforce),
	    FIELD(TEXT, struct kernel, lockdown),
	    { 0 },
	},
};

static const struct shape shape_initramfs_image = {
	sizeof(struct initramfs_image),
	(const struct field[]){
	    FIELD(NAME, struct initramfs_image, preset),
	    FIELD(NAME, struct initramfs_image, config),
	    FIELD(NAME, struct initramfs_image, release),
	    FIELD(TEXT, struct initramfs_image, path),
	    FIELD(U64, struct initramfs_image, image_mtime_sec),
	    FIELD(U64, struct initramfs_image, config_mtime_sec),
	    FIELD(NAMES, struct initramfs_image, nvidia),
	    FIELD(BOOL, struct initramfs_image, reads_drop_ins),
	    { 0 },
	},
};

const struct shape shape_initramfs = {
	sizeof(struct initramfs),
	(const struct field[]){
	    FIELD_WORDS(struct initramfs, tool, initramfs_tool_name),
	    FIELD(KNOW, struct initramfs, know),
	    FIELDS_OF(struct initramfs, image, &shape_initramfs_image),
	    FIELD(TEXT, struct initramfs, error),
	    FIELD(TEXT, struct initramfs, glued),
	    FIELD(U64, struct initramfs, modprobe_mtime_sec),
	    { 0 },
	},
};

const struct kernel_image *kernel_running(const struct kernel *k)
{
	for (size_t i = 0; i < k->image_count; i++)
		if (k->image[i].running)
			return &k->image[i];
	return NULL;
}

const struct kernel_image *kernel_of_release(const struct kernel *k, const char *release)
{
	for (size_t i = 0; i < k->image_count; i++)
		if (str_eq(k->image[i].release, release))
			return &k->image[i];
	return NULL;
}

/* Where name stands in path as a word of its own: after a slash or a dash. NULL: nowhere. */
static const char *word_in(const char *path, const char *name)
{
	if (!*name)
		return NULL;
	for (const char *at = path; (at = strstr(at, name)); at++)
		if (at == path || at[-1] == '/' || at[-1] == '-')
			return at;
	return NULL;
}

static bool is_image_end(const char *end)
{
	return str_eq(end, ".efi") || str_eq(end, "-fallback.efi");
}

static bool names_release(const char *path, const char *release)
{
	const char *at = word_in(path, release);
	const char *end = at ? at + strlen(release) : NULL;
	return end && (!*end || *end == '/' || is_image_end(end));
}

/* "vmlinuz-linux-lts" and "linux-lts.efi" do; the file "linux" of another layout does not. */
static bool names_package(const char *path, const char *package)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *at = word_in(name, package);
	const char *end = at ? at + strlen(package) : NULL;
	return end && (is_image_end(end) || (!*end && at > name));
}

const struct kernel_image *kernel_of_path(const struct kernel *k, const char *path)
{
	for (size_t i = 0; i < k->image_count; i++)
		if (names_release(path, k->image[i].release))
			return &k->image[i];
	for (size_t i = 0; i < k->image_count; i++)
		if (k->image[i].base.know == KNOWN && names_release(path, k->image[i].base.v))
			return &k->image[i];
	for (size_t i = 0; i < k->image_count; i++)
		if (k->image[i].package.know == KNOWN && names_package(path, k->image[i].package.v))
			return &k->image[i];
	return NULL;
}

const struct boot_entry *kernel_next_entry(const struct kernel *k)
{
	for (size_t i = 0; i < k->entry_count && k->next_entry.know == KNOWN; i++)
		if (str_eq(k->entry[i].id, k->next_entry.v))
			return &k->entry[i];
	return NULL;
}

const char *boot_entry_label(const struct kernel *k, const struct boot_entry *e)
{
	return k->loader == LOADER_GRUB && *e->title ? e->title : e->id;
}

bool boot_entry_loads(const struct boot_entry *e, const char *path)
{
	const char *s = e->initrd ? e->initrd : "";

	for (size_t n = strlen(path), size; *(s += strspn(s, " ")); s += size) {
		size = strcspn(s, " ");
		size_t both = size < n ? size : n;
		if (*s == '/' && memcmp(s + size - both, path + n - both, both) == 0)
			return true;
	}
	return false;
}

const char *boot_loader_name(enum boot_loader l)
{
	switch (l) {
	case LOADER_UNKNOWN:
		return "the boot loader";
	case LOADER_SYSTEMD_BOOT:
		return "systemd-boot";
	case LOADER_GRUB:
		return "GRUB";
	case LOADER_LIMINE:
		return "Limine";
	case LOADER_REFIND:
		return "rEFInd";
	}
	return "the boot loader";
}

const char *initramfs_tool_name(enum initramfs_tool t)
{
	switch (t) {
	case INITRAMFS_UNKNOWN:
		return "no tool";
	case INITRAMFS_MKINITCPIO:
		return "mkinitcpio";
	case INITRAMFS_DRACUT:
		return "dracut";
	case INITRAMFS_TOOLS:
		return "initramfs-tools";
	}
	return "no tool";
}

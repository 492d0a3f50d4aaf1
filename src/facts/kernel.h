/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/* A kernel that is installed: one directory below /usr/lib/modules. */
struct kernel_image {
	const char *release;             /* "6.17.1-arch1-1" */
	struct maybe_text package;       /* pkgbase, "linux-lts"; ABSENT outside Arch */
	struct maybe_text base;          /* Manjaro's kernelbase, "6.12-x86_64"; else ABSENT */
	struct maybe_text nvidia_module; /* path of nvidia.ko[.zst|.xz|.gz]; ABSENT: it has none */
	/*
	 * Of that file, as package or DKMS records tell: "590.48.01", or only the
	 * branch where they tell no more: "590". ABSENT: no record.
	 */
	struct maybe_text nvidia_version;
	bool running;
};

/* What the boot loader would start. */
struct boot_entry {
	/* "arch.conf", "arch-linux.efi"; GRUB: as grub-reboot(8) takes it, "more>linux-6.1" */
	const char *id;
	const char *title;   /* as the menu shows it */
	const char *kernel;  /* the file it starts, as the entry names it; "" where it names none */
	const char *release; /* the kernel's release; "" where it could not be told */
	const char *options; /* command line; "" where not known */
	/* The early images that it loads, as it names them, blanks between; "" where not known. */
	const char *initrd;
	/* Where its partition is here, "/boot"; "" where that is not known. */
	const char *root;
	/*
	 * Are those there? KNOWN: all of them, and its kernel. ABSENT: its kernel is, and those of
	 * initrd_missing are not, as paths of this host. Else it could not be told.
	 */
	enum know initrd_know;
	struct names initrd_missing;
};

enum boot_loader { LOADER_UNKNOWN, LOADER_SYSTEMD_BOOT, LOADER_GRUB, LOADER_LIMINE, LOADER_REFIND };

struct kernel {
	struct maybe_text release; /* of the running kernel */
	struct maybe_text cmdline; /* of the running kernel */
	enum know images_know;
	struct kernel_image *image;
	size_t image_count;
	struct maybe_u64 takes_modules;         /* flag: 0 where it was built without modules */
	struct maybe_u64 running_modules_exist; /* flag: 0 after an upgrade removed them */
	struct maybe_text dkms_source; /* "nvidia 590.48.01", which DKMS builds modules from */

	enum boot_loader loader;
	enum know boot_know;   /* DENIED where /boot or the ESP is for root only */
	const char *boot_from; /* the path that was (or could not be) read; NULL: none */
	struct boot_entry *entry;
	size_t entry_count;
	/* Id of the entry that the next boot starts if nobody chooses another one. */
	struct maybe_text next_entry;

	/*
	 * Looked for where GRUB's menu is made from its settings, and not from files of the
	 * entries: what those put on a command line ("/etc/default/grub"), the newest of their
	 * files (from says which), and the menu.
	 */
	struct maybe_text settings_options;
	struct maybe_u64 settings_mtime_sec, menu_mtime_sec;

	struct maybe_text userland_version; /* of libnvidia-ml.so.1 on disk: "590.48.01" */
	/* Value of nvidia_drm.modeset= on the running command line. */
	struct maybe_text modeset_cmdline;
	/* Value of `options nvidia_drm modeset=` in modprobe.d; from is "FILE:LINE". */
	struct maybe_text modeset_option;
	struct maybe_u64 modeset_running; /* flag: /sys/module/nvidia_drm/parameters/modeset */
	struct maybe_u64 secure_boot;     /* flag */
	struct maybe_u64 sig_enforce;     /* flag: unsigned modules are refused */
	struct maybe_text lockdown;       /* none integrity confidentiality */
};

extern const struct shape shape_kernel;

const struct kernel_image *kernel_running(const struct kernel *k); /* NULL: not known */
/* NULL: no such kernel is installed. */
const struct kernel_image *kernel_of_release(const struct kernel *k, const char *release);
/*
 * The installed kernel that a path means, as loaders and presets write it:
 * "/vmlinuz-linux-lts", "/vmlinuz-6.1.0-25-amd64", "/ID/6.17.1/linux",
 * "arch-linux-lts.efi". NULL: none, or it cannot be told.
 */
const struct kernel_image *kernel_of_path(const struct kernel *k, const char *path);
const struct boot_entry *kernel_next_entry(const struct kernel *k); /* NULL: not known */
/* What a person knows it by: GRUB's ids are long and made by a machine, its titles are seen. */
const char *boot_entry_label(const struct kernel *k, const struct boot_entry *e);
/*
 * Does the entry load that early image? It names it from the root of the
 * partition: "/initramfs-linux.img" or "/@/boot/initramfs-linux.img" of
 * "/boot/initramfs-linux.img".
 */
bool boot_entry_loads(const struct boot_entry *e, const char *path);
/* "systemd-boot", "GRUB", ...; "the boot loader" where it is not known. */
const char *boot_loader_name(enum boot_loader l);

/* Early user space. */
enum initramfs_tool { INITRAMFS_UNKNOWN, INITRAMFS_MKINITCPIO, INITRAMFS_DRACUT, INITRAMFS_TOOLS };

/* One image that a preset (or the tool, for a kernel) builds. */
struct initramfs_image {
	const char *preset;     /* mkinitcpio: "linux-lts/default"; else the release */
	const char *config;     /* the configuration it is built from */
	const char *release;    /* of the kernel it is for; "" where it could not be told */
	struct maybe_text path; /* image file or UKI */
	struct maybe_u64 image_mtime_sec;
	struct maybe_u64 config_mtime_sec; /* newest of config and drop-ins; from says which */
	struct names nvidia;               /* NVIDIA modules that its configuration names */
	bool is_optional;         /* each of them may be missing ("nvidia?" of mkinitcpio) */
	bool reads_drop_ins;      /* false: its preset names a configuration of its own */
	bool has_nvidia_hook_off; /* dracut omit_drivers and the like name nvidia */
};

struct initramfs {
	enum initramfs_tool tool;
	enum know know;
	struct initramfs_image *image;
	size_t image_count;
	/* KNOWN: what in which file could not be understood, "FILE:LINE: ..." */
	struct maybe_text error;
	/* KNOWN: the file without a final line feed that a drop-in is glued to; from: the drop-in
	 */
	struct maybe_text glued;
	/* Newest file of modprobe.d with options for an NVIDIA module; from says which. */
	struct maybe_u64 modprobe_mtime_sec;
};

extern const struct shape shape_initramfs;

const char *initramfs_tool_name(enum initramfs_tool t); /* "mkinitcpio", ... */

/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/* A kernel that is installed: one directory below /usr/lib/modules. */
struct kernel_image {
	const char *release;              /* "6.17.1-arch1-1" */
	struct maybe_text package;        /* pkgbase, "linux-lts"; ABSENT outside Arch */
	struct maybe_text nvidia_module;  /* path of nvidia.ko[.zst|.xz|.gz]; ABSENT: it has none */
	struct maybe_text nvidia_version; /* of that file, as package or DKMS records tell */
	bool running;
};

/* What the boot loader would start. */
struct boot_entry {
	const char *id; /* "arch.conf", "0", "arch-linux.efi" */
	const char *title;
	const char *release; /* the kernel's release; "" where it could not be told */
	const char *options; /* command line; "" where not known */
	bool is_default;
};

enum boot_loader { LOADER_UNKNOWN, LOADER_SYSTEMD_BOOT, LOADER_GRUB, LOADER_LIMINE, LOADER_REFIND };

struct kernel {
	struct maybe_text release; /* of the running kernel */
	struct maybe_text cmdline; /* of the running kernel */
	enum know images_know;
	struct kernel_image *image;
	size_t image_count;
	struct maybe_u64 running_modules_exist; /* flag: 0 after an upgrade removed them */

	enum boot_loader loader;
	enum know boot_know;   /* DENIED where /boot or the ESP is for root only */
	const char *boot_from; /* the path that was (or could not be) read */
	struct boot_entry *entry;
	size_t entry_count;

	struct maybe_text userland_version; /* of libnvidia-ml.so.1 on disk: "590.48.01" */
	struct maybe_text
	    modeset_cmdline; /* value of nvidia_drm.modeset= on the running command line */
	struct maybe_text modeset_option; /* value of `options nvidia_drm modeset=` in modprobe.d */
	struct maybe_u64 modeset_running; /* flag: /sys/module/nvidia_drm/parameters/modeset */
	struct maybe_u64 secure_boot;     /* flag */
	struct maybe_u64 sig_enforce;     /* flag: unsigned modules are refused */
	struct maybe_text lockdown;       /* none integrity confidentiality */
};

extern const struct shape shape_kernel;

const struct kernel_image *kernel_running(const struct kernel *k); /* NULL: not known */
const struct kernel_image *kernel_of_release(const struct kernel *k, const char *release);
const struct boot_entry *kernel_default_entry(const struct kernel *k); /* NULL: not known */
const char *boot_loader_name(enum boot_loader l);

/* Early user space. */
enum initramfs_tool { INITRAMFS_UNKNOWN, INITRAMFS_MKINITCPIO, INITRAMFS_DRACUT, INITRAMFS_TOOLS };

/* One image that a preset (or the tool, for a kernel) builds. */
struct initramfs_image {
	const char *preset;     /* mkinitcpio preset, else the release */
	const char *config;     /* the configuration it is built from */
	const char *release;    /* of the kernel it is for; "" where it could not be told */
	struct maybe_text path; /* image file or UKI */
	struct maybe_u64 image_mtime_sec, config_mtime_sec; /* newest of config and drop-ins */
	struct names nvidia; /* NVIDIA modules that its configuration names */
	bool reads_drop_ins;
	bool has_nvidia_hook_off; /* dracut omit_drivers and the like name nvidia */
};

struct initramfs {
	enum initramfs_tool tool;
	enum know know;
	struct initramfs_image *image;
	size_t image_count;
	struct maybe_text
	    error; /* KNOWN: what in which file could not be understood, "FILE:LINE: ..." */
};

extern const struct shape shape_initramfs;

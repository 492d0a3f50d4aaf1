/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define MKINITCPIO "https://man.archlinux.org/man/mkinitcpio.8"
#define MKINITCPIO_CONF "https://man.archlinux.org/man/mkinitcpio.conf.5"

const struct cause causes_initramfs[] = {
	{
	    .id = "initramfs-names-missing-module",
	    .link = "initramfs",
	    .title = "an early image names nvidia modules that its kernel does not have",
	    .why = "Building it ends with \"module not found\", and whether the image is whole is "
		   "then left open. A kernel without the driver needs a configuration without "
		   "it.",
	    .remedy = { "# take the nvidia modules out of {}, or give that kernel its own one:",
			"arch|# a copy without them, named by ALL_config= in its preset",
			"arch|sudo mkinitcpio -P", "fedora|sudo dracut --regenerate-all --force",
			OSTREE_EARLY_IMAGE, NIXOS_REBUILD },
	    .source = MKINITCPIO,
	    .stands_alone = true,
	    .sign = SIGNS({ 95, "module not found: *nvidia" },
			  { 92, "dracut*Failed to find module 'nvidia" },
			  { 88, "installing module 'nvidia" },
			  { 85, "dracut*FAILED:*dracut-install*nvidia" }),
	},
	{
	    .id = "initramfs-missing",
	    .link = "initramfs",
	    .title = "the early image that the next boot loads is missing",
	    .why = "The boot loader finds no such file and stops, or the kernel finds no root file "
		   "system. What runs now goes on until it is shut down.",
	    .remedy = { "arch|sudo mkinitcpio -P", "debian|sudo update-initramfs -c -k {}",
			"fedora|sudo dracut --regenerate-all --force",
			"ostree|# {} belongs to the image that boots next; the one before has its "
			"own:",
			"ostree|sudo rpm-ostree rollback", "nixos|sudo nixos-rebuild boot",
			"other|# build the early image of {} before the next reboot" },
	    .source = MKINITCPIO,
	    .stands_alone = true,
	},
	{
	    .id = "microcode-missing",
	    .link = "initramfs",
	    .title = "the microcode image that the next boot loads is missing",
	    .why = "The boot loader loads it beside the early image, and stops where it finds no "
		   "such file, or starts the kernel without any image. What runs now goes on until "
		   "it is shut down.",
	    .remedy = { "arch|sudo pacman -S {}",
			"debian,fedora,ostree|# take {} out of the boot entry: the other image "
			"carries microcode",
			"nixos|sudo nixos-rebuild boot",
			"other|# install the processor's microcode again, or take its image out of "
			"the boot entry" },
	    .source = "https://wiki.archlinux.org/title/Microcode",
	    .stands_alone = true,
	},
	{
	    .id = "boot-entry-image-missing",
	    .link = "initramfs",
	    .title = "the next boot's entry names an early image that is not there",
	    .why = "The boot loader finds no such file and stops, or the kernel finds no root file "
		   "system. The tool that builds early images here is not known to build one of "
		   "that name.",
	    .remedy = { "!nixos|# in the boot entry, put an image that is there in the place of "
			"{}:",
			"!nixos|# in its initrd line in loader/entries, or by making GRUB's menu "
			"anew",
			"!nixos|# or make that file: `kernel-install add RELEASE KERNEL`, if that "
			"made it",
			"nixos|sudo nixos-rebuild boot" },
	    .source = "https://uapi-group.org/specifications/specs/boot_loader_specification/",
	    .stands_alone = true,
	    .sign = SIGNS({ 92, "Error preparing initrd: Not" }),
	},
	{
	    .id = "initramfs-lacks-module",
	    .link = "initramfs",
	    .title = "an early image has no nvidia modules, and they are wanted in it",
	    .why = "/etc/egpu.conf says `early = yes`. Without them the driver is loaded from the "
		   "root file system, later than what is started early may expect it.",
	    .remedy = { "arch|# add to MODULES=() in {}: nvidia nvidia_uvm",
			"debian|# add lines to {}: nvidia, nvidia_uvm",
			"fedora,ostree|# in /etc/dracut.conf.d/: add_drivers+=\" nvidia nvidia_uvm "
			"\"",
			"arch|sudo mkinitcpio -P", "debian|sudo update-initramfs -u -k all",
			"fedora|sudo dracut --regenerate-all --force", OSTREE_EARLY_IMAGE,
			NIXOS_SET("boot.initrd.kernelModules = [ \"nvidia\" \"nvidia_uvm\" ];"),
			"# or set `early = keep` in /etc/egpu.conf" },
	    .source = MKINITCPIO_CONF,
	    .stands_alone = true,
	},
	{
	    .id = "initramfs-stale",
	    .link = "initramfs",
	    .title = "an early image is older than what it is built from",
	    .why = "The image is a copy of that configuration, made when it was built. The next "
		   "boot still loads the driver as it was set up before the edit.",
	    .remedy = { "arch|sudo mkinitcpio -P", "debian|sudo update-initramfs -u -k all",
			"fedora|sudo dracut --regenerate-all --force", OSTREE_EARLY_IMAGE,
			"nixos|sudo nixos-rebuild boot",
			"other|# rebuild the initramfs: it is older than {}" },
	    .source = MKINITCPIO,
	    .stands_alone = true,
	},
	{
	    .id = "initramfs-config-glued",
	    .link = "initramfs",
	    .title = "two parts of mkinitcpio's configuration run together in one line",
	    .why = "mkinitcpio joins its configuration and the drop-ins as they are. A file whose "
		   "last line has no end runs into the next one: bash then refuses both, and no "
		   "image is built.",
	    .remedy = { "echo | sudo tee -a {}", "sudo mkinitcpio -P" },
	    .source = MKINITCPIO_CONF,
	    .stands_alone = true,
	    .sign =
		SIGNS({ 90, "mkinitcpio*syntax error near unexpected token" },
		      { 70, "syntax error near unexpected token*MODULES" },
		      { 70, "syntax error near unexpected token*HOOKS" }, { 60, "`*)MODULES+=(" }),
	},
	{ 0 },
};

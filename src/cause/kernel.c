/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define ARCH_NVIDIA "https://wiki.archlinux.org/title/NVIDIA"
#define NVIDIA_KMS "https://download.nvidia.com/XFree86/Linux-x86_64/580.76.05/README/kms.html"
#define SYSTEMCTL "https://www.freedesktop.org/software/systemd/man/latest/systemctl.html"

const struct cause causes_kernel[] = {
	{
	    .id = "kernel-without-nvidia",
	    .link = "kernel",
	    .title = "the running kernel has no nvidia module, another installed one has",
	    .why = "Driver packages serve some kernels and not others: nvidia-open is for linux, "
		   "not for linux-lts. Under this kernel the GPU stays without its driver.",
	    .remedy = { "systemctl reboot --boot-loader-entry={}",
			"# without systemd-boot: reboot, and choose the kernel that has the "
			"module" },
	    .lasting = { "# make that entry the default: sudo bootctl set-default ENTRY,",
			 "# or `default ENTRY` in loader.conf, or GRUB_DEFAULT in "
			 "/etc/default/grub" },
	    .source = SYSTEMCTL,
	    .explains = { "module-not-loaded", "uvm-not-loaded", "device-nodes-missing" },
	},
	{
	    .id = "module-missing",
	    .link = "kernel",
	    .title = "no installed kernel has an nvidia module",
	    .why = "The driver is not installed, or its module was taken away with an older "
		   "kernel. Without it nothing can talk to the GPU.",
	    .remedy = { "arch|sudo pacman -S --needed nvidia-open nvidia-utils",
			"debian|sudo apt install linux-headers-$(dpkg --print-architecture) "
			"nvidia-driver",
			"debian|# on Ubuntu instead: sudo ubuntu-drivers install",
			"fedora|# with RPM Fusion nonfree set up:",
			"fedora|sudo dnf install akmod-nvidia xorg-x11-drv-nvidia-cuda",
			"other|# install the NVIDIA driver of your distribution", "sudo reboot" },
	    .source = ARCH_NVIDIA,
	    .explains = { "module-not-loaded", "uvm-not-loaded", "device-nodes-missing" },
	},
	{
	    .id = "module-build-failed",
	    .link = "kernel",
	    .title = "DKMS has not built the nvidia module for the running kernel",
	    .why = "The driver comes as source, built for each kernel when that is installed. "
		   "Mostly the headers of this very kernel are missing, or it is too new for the "
		   "driver.",
	    .remedy = { "arch|# install the headers of this kernel: linux-headers, "
			"linux-lts-headers, ...",
			"debian|sudo apt install linux-headers-{}",
			"fedora|sudo dnf install kernel-devel-{}", "sudo dkms autoinstall -k {}",
			"tail -30 /var/lib/dkms/nvidia*/*/build/make.log", "sudo modprobe nvidia" },
	    .source = "https://manpages.debian.org/bookworm/dkms/dkms.8.en.html",
	    .explains = { "module-not-loaded", "uvm-not-loaded", "device-nodes-missing" },
	},
	{
	    .id = "modules-gone",
	    .link = "kernel",
	    .title = "the running kernel's modules were removed by an upgrade",
	    .why = "A package upgrade replaced the kernel on disk, and the modules of the one that "
		   "runs went with it. No module can be loaded before the next boot.",
	    .remedy = { "systemctl reboot" },
	    .source = "https://wiki.archlinux.org/title/System_maintenance"
		      "#Restart_or_reboot_after_upgrades",
	    .stands_alone = true,
	    .explains = { "module-not-loaded", "uvm-not-loaded", "device-nodes-missing" },
	},
	{
	    .id = "module-version-on-disk",
	    .link = "kernel",
	    .title = "the nvidia module on disk is of another version than its libraries",
	    .why = "Module and libraries work together only in the very same version. What is "
		   "loaded now may still fit; after the next boot nvidia-smi and CUDA fail.",
	    .remedy = { "# bring the driver's packages to one version, then:",
			"sudo dkms autoinstall", "arch|sudo pacman -Syu",
			"debian|sudo apt full-upgrade", "fedora|sudo akmods --force",
			"systemctl reboot" },
	    .source = "https://docs.nvidia.com/deploy/nvml-api/index.html",
	    .stands_alone = true,
	},
	{
	    .id = "next-boot-without-nvidia",
	    .link = "kernel",
	    .title = "the next boot starts a kernel without the nvidia module",
	    .why = "The boot loader's default is another kernel than the one with the driver. "
		   "After a reboot without somebody at the menu the GPU computes no more.",
	    .remedy = { "# choose the default: sudo bootctl set-default ENTRY with systemd-boot,",
			"# GRUB_DEFAULT in /etc/default/grub and grub-mkconfig with GRUB",
			"# or install the driver for the kernel {}" },
	    .source = SYSTEMCTL,
	    .stands_alone = true,
	},
	{
	    .id = "cmdline-pending",
	    .link = "kernel",
	    .title = "the kernel runs with other parameters than are configured",
	    .why = "The boot entry was edited after this boot, or the kernel was started with "
		   "parameters typed at the menu. The next boot behaves differently.",
	    .remedy = { "cat /proc/cmdline",
			"# unified kernel: rebuild it first, it holds its "
			"own: sudo mkinitcpio -P",
			"systemctl reboot" },
	    .source = "https://docs.kernel.org/admin-guide/kernel-parameters.html",
	    .stands_alone = true,
	},
	{
	    .id = "modeset-not-wanted",
	    .link = "kernel",
	    .title = "nvidia_drm drives displays on a GPU that is for computing only",
	    .why = "With mode setting on, a compositor may open the GPU and hold it: memory is "
		   "taken, the driver cannot be unloaded and the cable not be pulled.",
	    .remedy = { "echo 'options nvidia_drm modeset=0' | sudo tee "
			"/etc/modprobe.d/zz-egpu.conf",
			"arch|sudo mkinitcpio -P", "debian|sudo update-initramfs -u -k all",
			"fedora|sudo dracut --regenerate-all --force",
			"# nvidia_drm.modeset=1 on the kernel command line wins: take it out there",
			"systemctl reboot", "# a display hangs on this GPU: egpu check --display" },
	    .source = NVIDIA_KMS,
	    .stands_alone = true,
	},
	{
	    .id = "modeset-missing",
	    .link = "kernel",
	    .title = "nvidia_drm drives no displays, and one is wanted",
	    .why = "Without mode setting Wayland compositors cannot use the GPU's outputs.",
	    .remedy = { "echo 'options nvidia_drm modeset=1' | sudo tee "
			"/etc/modprobe.d/zz-egpu.conf",
			"# nvidia_drm.modeset=0 on the kernel command line wins: take it out there",
			"systemctl reboot" },
	    .source = NVIDIA_KMS,
	    .stands_alone = true,
	},
	{
	    .id = "secure-boot-rejects-module",
	    .link = "kernel",
	    .title = "the kernel refuses the nvidia module for its signature",
	    .why = "With Secure Boot, or where signatures are enforced, a module must be signed "
		   "with a key that the firmware or the kernel knows. This one is not.",
	    .remedy = { "mokutil --sb-state", "sudo modprobe nvidia; sudo dmesg | tail -5",
			"debian|sudo mokutil --import /var/lib/dkms/mok.pub",
			"fedora|sudo mokutil --import /etc/pki/akmods/certs/public_key.der",
			"# then reboot and confirm the key at the console (\"Enroll MOK\"),",
			"# or install signed modules, or switch Secure Boot off in the firmware" },
	    .source = "https://docs.kernel.org/admin-guide/module-signing.html",
	    .explains = { "module-not-loaded", "uvm-not-loaded", "device-nodes-missing" },
	},
	{ 0 },
};

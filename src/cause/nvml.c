/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define NVML_GUIDE "https://docs.nvidia.com/deploy/nvml-api/"
#define XID_CATALOGUE "https://docs.nvidia.com/deploy/xid-errors/index.html"

const struct cause causes_nvml[] = {
	{
	    .id = "probe-abandoned",
	    .link = "nvml",
	    .title = "the driver does not answer",
	    .why = "The process that asked the driver got no answer in time, so it was killed and "
		   "left alone; it may hang in the kernel for ever. Every further program that "
		   "opens the driver may hang as well, nvidia-smi too.",
	    .remedy = { "sudo dmesg | grep -E 'NVRM|Xid' | tail -40",
			"# Start nothing that opens the GPU, unload nothing, pull no cable.",
			"# Shut down; if that hangs, hold the power button. Switch the enclosure",
			"# off and on, then power on. Only slow? egpu --deadline 10000 check" },
	    .source = "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/979",
	},
	{
	    .id = "probe-crashed",
	    .link = "nvml",
	    .title = "the driver's library crashes",
	    .why = "The process that loaded the library was killed by a signal. Damaged files, or "
		   "files of several driver versions side by side, do that.",
	    .remedy = { "ldconfig -p | grep -E 'libnvidia-ml|libcuda'",
			"arch|sudo pacman -S nvidia-utils",
			"debian|sudo apt-get install --reinstall libnvidia-ml1 libcuda1",
			"fedora|sudo dnf reinstall '*nvidia*'",
			"other|# reinstall the driver's libraries, all of one version" },
	    .source = NVML_GUIDE,
	},
	{
	    .id = "driver-install-broken",
	    .link = "nvml",
	    .title = "the driver's libraries are not installed",
	    .why = "The kernel has the driver, but libnvidia-ml.so.1 cannot be loaded. Without it "
		   "nvidia-smi, the container toolkit and Ollama find no GPU.",
	    .remedy = { "ldconfig -p | grep libnvidia-ml", "arch|sudo pacman -S nvidia-utils",
			"debian|sudo apt-get install libnvidia-ml1 nvidia-smi",
			"fedora|sudo dnf install xorg-x11-drv-nvidia-cuda-libs",
			"other|# install the driver's libraries, of the module's version" },
	    .source = NVML_GUIDE,
	    .stands_alone = true,
	    .explains = { "cuda-library-missing" },
	},
	{
	    .id = "driver-version-mismatch",
	    .link = "nvml",
	    .title = "the loaded module and the libraries are of different versions",
	    .why = "The driver was updated on disk while the old module stayed loaded, or module "
		   "and libraries come from different packages. They only talk to each other when "
		   "their versions are the same.",
	    .remedy = { "cat /sys/module/nvidia/version", "modinfo -F version nvidia",
			"# Libraries and `modinfo` agree: reboot. Otherwise install the module",
			"# of the libraries' version first." },
	    .source = "https://github.com/NVIDIA/open-gpu-kernel-modules",
	},
	{
	    .id = "gpu-lost",
	    .link = "nvml",
	    .title = "the driver has lost the GPU",
	    .why = "The GPU stopped answering while the driver had it: cable, enclosure power or "
		   "its PCI Express link. The driver does not take it back before a reboot.",
	    .remedy = { "sudo dmesg | grep -E 'NVRM|Xid|pciehp|thunderbolt' | tail -40",
			"# Shut down, switch the enclosure off and on, power on again.",
			"# Again and again under load? Try another cable, then the enclosure's",
			"# power supply." },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "gpu-power-missing",
	    .link = "nvml",
	    .title = "the GPU's power plugs are not all connected",
	    .why = "The card takes more than the slot gives, and says that its own plugs carry no "
		   "power.",
	    .remedy = { "# Shut down, connect every power plug of the card in the enclosure,",
			"# power on again." },
	    .source = NVML_GUIDE,
	},
	{
	    .id = "nvml-unknown-error",
	    .link = "nvml",
	    .title = "NVML fails",
	    .why = "The library was loaded and reached no working GPU through the driver. What "
		   "the driver itself wrote to the kernel log says more.",
	    .remedy = { "sudo dmesg | grep -E 'NVRM|Xid' | tail -40", "nvidia-smi -q | head -40" },
	    .source = NVML_GUIDE,
	},
	{
	    .id = "driver-lists-no-gpu",
	    .link = "nvml",
	    .title = "the GPU is on the bus, but not in the driver's list",
	    .why = "The driver has the PCI function and could not bring the GPU up, or has given "
		   "it up. The first NVRM line after \"loading NVIDIA UNIX\" tells why.",
	    .remedy = { "sudo dmesg | grep -A3 NVRM | head -40",
			"# Shut down, switch the enclosure off and on, power on again." },
	    .source = "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/842",
	},
	{
	    .id = "thermal-throttle",
	    .link = "nvml",
	    .title = "the GPU is slowed down by heat",
	    .why = "The GPU lowers its clocks to stay below its limit. It computes, but slower.",
	    .remedy = { "nvidia-smi -q -d TEMPERATURE,PERFORMANCE",
			"# Clear the enclosure's air inlets, clean its fans, give it room." },
	    .source = NVML_GUIDE,
	},
	{
	    .id = "power-brake",
	    .link = "nvml",
	    .title = "the GPU is slowed down by its power supply",
	    .why = "The card halves its clocks, or worse, because a power brake signal is set or "
		   "it draws more than is allowed. A loose plug or a weak enclosure supply does "
		   "that.",
	    .remedy = { "nvidia-smi -q -d POWER,PERFORMANCE",
			"# Shut down, seat the card's power plugs, no two plugs on one cable." },
	    .source = NVML_GUIDE,
	},
	{
	    .id = "gpu-memory-fault",
	    .link = "nvml",
	    .title = "the GPU's memory gives wrong bits",
	    .why = "ECC found errors that it could not correct. What was computed with them "
		   "failed or is wrong.",
	    .remedy = { "nvidia-smi -q -d ECC,PAGE_RETIREMENT,ROW_REMAPPER",
			"# Reboot, so that the driver puts the bad rows aside. If it comes again,",
			"# the card is to be replaced." },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "pcie-link-unstable",
	    .link = "nvml",
	    .title = "the GPU's PCI Express link sends much twice",
	    .why = "Packets arrive damaged and are sent again. It costs speed, and often comes "
		   "before the GPU falls off the bus.",
	    .remedy = { "nvidia-smi --query-gpu=pcie.link.gen.current,pcie.link.width.current "
			"--format=csv",
			"# Shut down, seat the card and the cable, try a shorter certified "
			"cable." },
	    .source = NVML_GUIDE,
	},
	{ 0 },
};

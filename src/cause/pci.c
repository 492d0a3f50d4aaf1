/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define SYSFS_PCI "https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-bus-pci"
#define KERNEL_PARAMETERS "https://docs.kernel.org/admin-guide/kernel-parameters.html"
#define XID_CATALOGUE "https://docs.nvidia.com/deploy/xid-errors/index.html"

const struct cause causes_pci[] = {
	{
	    .id = "gpu-not-on-bus",
	    .link = "pci",
	    .title = "the enclosure is there, its GPU is not",
	    .why = "The PCI bus shows no NVIDIA GPU behind the enclosure: the card has no power or "
		   "sits badly, or the kernel did not find it when the cable was plugged in. A "
		   "cold boot with the enclosure on finds it most often.",
	    .remedy = { "# shut down; check the card's seat and its power plugs in the enclosure;",
			"# switch the enclosure on, then power on with the cable in",
			"lspci -d 10de:",
			"sudo dmesg | grep -iE 'thunderbolt|pciehp|10de' | tail -30" },
	    .source = "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/842",
	},
	{
	    .id = "gpu-disconnected",
	    .link = "pci",
	    .title = "the GPU's link went down, and the GPU is gone since",
	    .why = "The port reported Link Down or Card not present before the driver complained: "
		   "the cable was pulled or the enclosure lost power. Programs that used the GPU "
		   "do not find it again by themselves.",
	    .remedy = { "# plug the cable in and switch the enclosure on; does the driver hang,",
			"# then reboot with the enclosure on",
			"sudo dmesg | grep -iE 'pciehp|thunderbolt|NVRM' | tail -30" },
	    .source = "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/1229",
	},
	{
	    .id = "gpu-fallen-off-bus",
	    .link = "pci",
	    .title = "the GPU has fallen off the bus",
	    .why = "The link to it died: the driver says so in the log (Xid 79), or all that is "
		   "read of the GPU is ones, while the kernel still lists it. Whatever opens the "
		   "driver now may hang for ever, so egpu does not.",
	    .remedy = { "# do not run nvidia-smi, unload the driver or pull the cable before:",
			"# shut down, switch the enclosure off and on, power on again",
			"sudo dmesg | grep -iE 'Xid|NVRM|pciehp|AER' | head -40" },
	    .source = XID_CATALOGUE,
	},
	{
	    .id = "gpu-stuck-in-d3cold",
	    .link = "pci",
	    .title = "runtime power management loses the GPU",
	    .why = "An idle GPU is put into D3cold, and behind a tunnel it may not come back: "
		   "\"Unable to change power state from D3cold to D0\". Once stuck, only a power "
		   "cycle wakes it.",
	    .remedy = { "# if it is stuck now: shut down, switch the enclosure off and on, power "
			"on",
			"echo on | sudo tee /sys/bus/pci/devices/{}/power/control" },
	    .lasting = { "echo 'options nvidia NVreg_DynamicPowerManagement=0x00' | "
			 "sudo tee /etc/modprobe.d/zz-egpu.conf",
			 "# does that not help: kernel parameter pcie_port_pm=off" },
	    .source = "https://docs.kernel.org/power/pci.html",
	},
	{
	    .id = "bar-unassigned",
	    .link = "pci",
	    .title = "the kernel found no address range for the GPU's memory",
	    .why = "The ports above the GPU offer less room than its BARs need, so that the driver "
		   "cannot reach it. Which setting helps differs by machine and kernel, and they "
		   "contradict each other: try one at a time, with a cold boot each.",
	    .remedy = { "sudo dmesg | grep -E \"can't assign|no space|bridge window\" | tail -20",
			"# experiments, one at a time, each undone where it does not help:",
			"# firmware setup: Above 4G Decoding and Resizable BAR on",
			"# kernel parameter pci=realloc, or where that is set: pci=realloc=off",
			"# kernel parameter pci=hpmmioprefsize=16G (more than BAR1 needs)",
			"# kernel parameter thunderbolt.host_reset=0, or without it where it is "
			"set" },
	    .source = KERNEL_PARAMETERS,
	},
	{
	    .id = "pcie-link-degraded",
	    .link = "pci",
	    .title = "the GPU's own link has fewer lanes than it could have",
	    .why = "Power saving lowers a link's speed, never its number of lanes: lanes are lost "
		   "to a bad seat, a riser or a cable. At x1 everything that crosses the link "
		   "takes four times as long, and the GPU is often lost soon after.",
	    .remedy = { "# shut down; seat the card anew, clean its contacts, try without a riser",
			"sudo lspci -vv -s {} | grep -E 'LnkCap:|LnkSta:'" },
	    .source = SYSFS_PCI,
	    .stands_alone = true,
	},
	{
	    .id = "pcie-aer-errors",
	    .link = "pci",
	    .title = "the GPU's link makes errors",
	    .why = "The ports count errors since boot that a sound link does not make. They come "
		   "before a GPU that falls off the bus, and hiding them (pci=noaer) does not "
		   "mend the link.",
	    .remedy = { "grep . /sys/bus/pci/devices/{}/aer_dev_*",
			"# seat the card anew; other cable, other port, enclosure's firmware" },
	    .source = "https://docs.kernel.org/PCI/pcieaer-howto.html",
	    .stands_alone = true,
	},
	{ 0 },
};

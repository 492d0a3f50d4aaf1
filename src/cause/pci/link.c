/* SPDX-License-Identifier: MIT */
#include "cause/cause.h"

#define SYSFS_PCI "https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-bus-pci"
#define KERNEL_PARAMETERS "https://docs.kernel.org/admin-guide/kernel-parameters.html"
#define OPEN_GPU_ISSUE "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/"
#define AER_ELSEWHERE "aer-of-network aer-of-disk aer-bits-elsewhere"

/*
 * The GPU is there, and the link to it is not what it could be.
 * Wordings: drivers/pci and drivers/acpi/pci_root.c of Linux 4.4 to 6.18,
 * NVIDIA's nv-pci.c and osapi.c of 304 to 610, lspci, nvidia-smi.
 */
const struct cause causes_pci_link[] = {
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
	    .sign = SIGNS({ 80, "Current : 1x$" },
			  { 65, "limited by *GT/s PCIe x1 link*x16 link",
			    .unless = "tunnel-link enclosure-listed" },
			  { 75, "PCIe GEN *@ 1x" }, { 50, "current_link_width = 1$" },
			  { 50, "LnkSta: *Width x1 (downgraded)", .with = "gpu-found",
			    .unless = "tunnel-link enclosure-listed" }),
	},
	{
	    .id = "pcie-link-slow",
	    .link = "pci",
	    .title = "the GPU's own link stays slow while it computes",
	    .why = "An idle GPU lowers the speed of its link, and work brings it up again. "
		   "Where it stays low, a bad seat, a riser or a cable is the reason, or a "
		   "setting of the firmware.",
	    .remedy = { "# while the GPU computes:",
			"sudo lspci -vv -s {} | grep -E 'LnkCap:|LnkSta:'",
			"# shut down; seat the card anew, clean its contacts, try without a riser;",
			"# firmware setup: the slot's PCI Express speed to automatic" },
	    .source = SYSFS_PCI,
	    .stands_alone = true,
	},
	{
	    .id = "pcie-aspm",
	    .link = "pci",
	    .title = "power saving of the PCI Express link loses the GPU",
	    .why = "ASPM lets an idle link sleep, and behind a cable or a riser the GPU may not "
		   "wake in time. It is lost when idle or when work comes back, not under load.",
	    .remedy = { "cat /sys/module/pcie_aspm/parameters/policy /proc/cmdline",
			"# take out pcie_aspm=force and pcie_aspm.policy=powersupersave",
			"echo performance | sudo tee /sys/module/pcie_aspm/parameters/policy",
			"# firmware setup: ASPM off for the port (pcie_aspm=off leaves what "
			"firmware set)" },
	    .source = KERNEL_PARAMETERS,
	    .stands_alone = true,
	    .explains = { "gpu-fallen-off-bus", "xid-reset", "xid-154", "gpu-lost" },
	    .sign = SIGNS({ 60, "PCIe ASPM is forcibly enabled" }, { 60, "pcie_aspm=force" },
			  { 60, "pcie_aspm=force", .with = "gpu-fallen-off-bus" },
			  { 70, "pcie_aspm.policy=powersupersave" }, { 60, "[powersupersave]" },
			  { 60, "LnkCtl: *ASPM L1 Enabled", .with = "gpu-fallen-off-bus" },
			  { 55, "LnkCtl: *ASPM L0s L1 Enabled", .with = "gpu-fallen-off-bus" },
			  { 35, "Received signal from GSP that PMU has halted" }),
	},
	{
	    .id = "pcie-ports-not-native",
	    .link = "pci",
	    .title = "firmware has kept hotplug and error handling of the ports",
	    .why = "Then Linux neither sees the GPU come and go nor handles its link errors, and a "
		   "GPU on OCuLink or USB4 is lost at its first real work.",
	    .remedy = { "sudo dmesg | grep -E '_OSC|pciehp|AER: enabled'",
			"# try the kernel parameter pcie_ports=native, and take it out again where",
			"# it does not help" },
	    .source = OPEN_GPU_ISSUE "1247",
	    .stands_alone = true,
	    .explains = { "gpu-fallen-off-bus", "xid-13", "xid-154", "xid-reset",
			  "driver-init-failed", "gsp-boot-failed", "hotplug-probe-failed" },
	    .sign =
		SIGNS({ 80, "_OSC: platform retains control of PCIe features" },
		      { 80, "_OSC: not requesting OS control; OS requires" },
		      { 60, "_OSC: platform does not support [PCIeHotplug" },
		      { 60, "ACPI _OSC control for PCIe not granted" },
		      { 60, "Unable to assume _OSC PCIe control" }, { 55, "kbifInitLtr" },
		      { 45, "oculink", .with = "gpu-fallen-off-bus", .unless = "ports-native" }),
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
	    .explains = { "gpu-fallen-off-bus", "xid-31", "xid-13", "xid-109", "xid-reset",
			  "xid-119-gsp-timeout", "gsp-boot-failed", "driver-init-failed",
			  "gpu-lost", "pcie-link-unstable" },
	    .sign = SIGNS({ 92, "nvidia #:*PCIe Bus Error: " }, { 88, "nvidia #:*AER: " },
			  { 80, "snd_hda_intel #:*PCIe Bus Error: ", .unless = AER_ELSEWHERE },
			  { 85, "pcieport #:*PCIe Bus Error: *Fatal)", .unless = AER_ELSEWHERE },
			  { 80, "pcieport #:*PCIe Bus Error: *Correct", .unless = AER_ELSEWHERE },
			  { 60, "PCIe Bus Error", .unless = AER_ELSEWHERE },
			  { 75, "^PCIe Bus Error: severity=", .unless = AER_ELSEWHERE },
			  { 60, "pcieport #:*AER: *Fatal)*received", .unless = AER_ELSEWHERE },
			  { 45, "pcieport #:*AER: *Correct*received", .unless = AER_ELSEWHERE },
			  { 45, "^AER: *Correct*received", .unless = AER_ELSEWHERE },
			  { 60, "^AER: *Fatal)*received", .unless = AER_ELSEWHERE },
			  { 75, "AER: device recovery failed", .unless = AER_ELSEWHERE },
			  { 60, "] CmpltTO", .unless = AER_ELSEWHERE },
			  { 55, "] BadTLP", .unless = AER_ELSEWHERE },
			  { 55, "] BadDLLP", .unless = AER_ELSEWHERE },
			  { 55, "] MalfTLP", .unless = AER_ELSEWHERE },
			  { 55, "] Rollover", .unless = AER_ELSEWHERE },
			  { 45, "] RxErr ", .unless = AER_ELSEWHERE }, { 50, "UESta: *CmpltTO+" },
			  { 82, "DPC: containment event, status" },
			  { 82, "DPC: unmasked uncorrectable error detected" },
			  { 82, "DPC: ERR_FATAL detected" }, { 82, "DPC: ERR_NONFATAL detected" },
			  { 60, "section_type: PCIe error", .unless = AER_ELSEWHERE }),
	},
	{ 0 },
};

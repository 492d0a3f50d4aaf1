/* SPDX-License-Identifier: MIT */
#include "gguf/speed/speed.h"

/*
 * Host to GPU from pinned memory, as nvbandwidth and its like measure it. A link of which no
 * measurement is known says so: its figures are what is left of the raw rate elsewhere, 81 %.
 */
static const struct link links[] = {
	{ "tb3", "Thunderbolt 3", 2.6, 2.4, 2.75, 60, "several enclosures, 2018 to 2025" },
	{ "tb4", "Thunderbolt 4", 2.8, 2.5, 3.1, 60, "nvbandwidth, RTX 5090, NUC 15 Pro+" },
	{ "usb4", "USB4 40 Gb/s", 3.76, 3.3, 3.9, 60,
	  "RTX 3090 at an AMD host with a Gen4 x4 bridge" },
	{ "tb5", "Thunderbolt 5", 5, 4, 6.2, 60, "announced by makers, no measurement on Linux" },
	{ "usb4v2", "USB4 v2 80 Gb/s", 5, 4, 6.2, 60,
	  "announced by makers, no measurement on Linux" },
	{ "oculink", "OCuLink PCIe 4.0 x4", 6.65, 6.2, 6.8, 15,
	  "RTX 3060 and others, GPU-PCIe-Test" },
	{ "oculink-gen3", "OCuLink PCIe 3.0 x4", 3.3, 3.0, 3.5, 15, "half of PCIe 4.0 x4" },
	{ "m2", "M.2 PCIe 4.0 x4", 6.65, 6.2, 6.8, 15, "the same lanes as OCuLink" },
	{ "m2-gen3", "M.2 PCIe 3.0 x4", 3.3, 3.0, 3.5, 15, "half of PCIe 4.0 x4" },
	{ "x1-gen3", "PCIe 3.0 x1", 0.8, 0.6, 0.88, 150,
	  "riser on a single-board computer, by its tokens/s" },
	{ "x1-gen2", "PCIe 2.0 x1", 0.4, 0.33, 0.44, 150, "half of PCIe 3.0 x1" },
	{ "tb-x1", "Thunderbolt trained to PCIe 1.0 x1", 0.27, 0.2, 0.3, 150,
	  "reports of hosts that fall back to 2.5 GT/s x1" },
	{ "x8-gen3", "PCIe 3.0 x8", 6.3, 5.6, 6.7, 0, "half of PCIe 3.0 x16" },
	{ "x8-gen4", "PCIe 4.0 x8", 12.8, 11.5, 13.2, 0, "half of PCIe 4.0 x16" },
	{ "x8-gen5", "PCIe 5.0 x8", 28, 25, 29, 0, "half of PCIe 5.0 x16" },
	{ "x16-gen3", "PCIe 3.0 x16", 12.4, 11, 13, 0, "RTX 3060, pinned" },
	{ "x16-gen4", "PCIe 4.0 x16", 25.5, 22, 26.5, 0, "nvbandwidth, RTX 4090" },
	{ "x16-gen5", "PCIe 5.0 x16", 56.3, 50, 57.5, 0, "nvbandwidth, RTX 5090" },
};

const struct link *link_at(size_t i)
{
	return i < COUNT_OF(links) ? &links[i] : NULL;
}

const struct link *link_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(links); i++)
		if (str_eq(links[i].name, name))
			return &links[i];
	return NULL;
}

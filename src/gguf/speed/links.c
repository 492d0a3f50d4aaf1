/* SPDX-License-Identifier: MIT */
#include "gguf/speed/speed.h"

#define HALF "by proportion to the measured x16 slot"
#define LANES "by proportion to OCuLink's four lanes of PCIe 4.0"
#define NOT_YET "4 to 6 GB/s are announced; no measurement on Linux is known"

/*
 * Host to GPU from pinned memory, as nvbandwidth and its like measure it: about 80 % of what the
 * lanes carry. A tunnel takes longer to answer, too: each token waits for it a few times.
 */
static const struct link links[] = {
	{ "tb3", "Thunderbolt 3", 2.6, 2.4, 2.75, 60, "several enclosures, 2.4 to 2.75 GB/s" },
	{ "tb4", "Thunderbolt 4", 2.8, 2.5, 3.1, 60,
	  "nvbandwidth, RTX 5090 at an Intel host: 2.80 GB/s" },
	{ "usb4", "USB4 40 Gb/s", 3.76, 3.3, 3.9, 60,
	  "RTX 3090 at an AMD host, PCIe 4.0 x4 behind: 3.76 GB/s; another 3.85" },
	{ "tb5", "Thunderbolt 5", 5, 4, 6.2, 60, NOT_YET },
	{ "usb4v2", "USB4 v2 80 Gb/s", 5, 4, 6.2, 60, NOT_YET },
	{ "tb-x1-bug", "Thunderbolt, fallen back to PCIe 1.0 x1", 0.27, 0.2, 0.3, 150,
	  "AMD hosts whose tunnel trains to 2.5 GT/s x1: 0.25 GiB/s" },
	{ "oculink", "OCuLink PCIe 4.0 x4", 6.65, 6.2, 6.8, 15,
	  "RTX 3060 and others: 6.6 to 6.7 GB/s" },
	{ "oculink-gen3", "OCuLink PCIe 3.0 x4", 3.3, 3, 3.5, 15, LANES },
	{ "m2", "M.2 PCIe 4.0 x4", 6.65, 6.2, 6.8, 15, LANES },
	{ "m2-gen3", "M.2 PCIe 3.0 x4", 3.3, 3, 3.5, 15, LANES },

	/* by generation and lanes, as sysfs tells them */
	{ "x1-gen1", "PCIe 1.0 x1", 0.2, 0.16, 0.22, 150, LANES },
	{ "x1-gen2", "PCIe 2.0 x1", 0.4, 0.33, 0.44, 150, LANES },
	{ "x1-gen3", "PCIe 3.0 x1", 0.8, 0.6, 0.88, 150,
	  "risers at a Raspberry Pi CM5, by their tokens/s" },
	{ "x1-gen4", "PCIe 4.0 x1", 1.65, 1.5, 1.75, 100, LANES },
	{ "x4-gen1", "PCIe 1.0 x4", 0.8, 0.7, 0.88, 15, LANES },
	{ "x4-gen2", "PCIe 2.0 x4", 1.6, 1.4, 1.75, 15, LANES },
	{ "x4-gen3", "PCIe 3.0 x4", 3.3, 3, 3.5, 15, LANES },
	{ "x4-gen4", "PCIe 4.0 x4", 6.65, 6.2, 6.8, 15, LANES },
	{ "x4-gen5", "PCIe 5.0 x4", 13, 12, 14, 15, LANES },
	{ "x8-gen1", "PCIe 1.0 x8", 1.6, 1.4, 1.75, 0, HALF },
	{ "x8-gen2", "PCIe 2.0 x8", 3.1, 2.8, 3.4, 0, HALF },
	{ "x8-gen3", "PCIe 3.0 x8", 6.2, 5.6, 6.7, 0, HALF },
	{ "x8-gen4", "PCIe 4.0 x8", 12.8, 11.5, 13.2, 0, HALF },
	{ "x8-gen5", "PCIe 5.0 x8", 28, 25, 29, 0, HALF },
	{ "x16-gen1", "PCIe 1.0 x16", 3.1, 2.8, 3.4, 0, HALF },
	{ "x16-gen2", "PCIe 2.0 x16", 6.2, 5.6, 6.7, 0, HALF },
	{ "x16-gen3", "PCIe 3.0 x16", 12.4, 11, 13, 0, "RTX 3060, pinned: 12.36 GB/s" },
	{ "x16-gen4", "PCIe 4.0 x16", 25.5, 22, 26.5, 0, "nvbandwidth, RTX 4090: 25 to 26 GB/s" },
	{ "x16-gen5", "PCIe 5.0 x16", 56.3, 50, 57.5, 0, "nvbandwidth, RTX 5090: 56.3 GB/s" },
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

/* SPDX-License-Identifier: MIT */
#include "facts/pci.h"

#include "tap.h"

static enum gpu_family family(uint64_t device)
{
	struct pci_hop hop = { .device = known_u64(device, "") };
	struct pci_gpu g = { .name = "", .hop = &hop, .hop_count = 1 };
	return pci_family(&g);
}

TEST(family_follows_the_device_id)
{
	static const struct {
		uint64_t device;
		enum gpu_family family;
	} known[] = {
		{ 0x1180, GPU_KEPLER_OR_OLDER }, /* GTX 680 */
		{ 0x1380, GPU_MAXWELL },         /* GTX 750 Ti */
		{ 0x1401, GPU_MAXWELL },         /* GTX 960 */
		{ 0x1618, GPU_MAXWELL },         /* GTX 970M */
		{ 0x174d, GPU_MAXWELL },         /* MX130 */
		{ 0x17c8, GPU_MAXWELL },         /* GTX 980 Ti */
		{ 0x15f8, GPU_PASCAL },          /* P100 */
		{ 0x1b06, GPU_PASCAL },          /* GTX 1080 Ti */
		{ 0x1d01, GPU_PASCAL },          /* GT 1030 */
		{ 0x1d81, GPU_VOLTA },           /* TITAN V */
		{ 0x1db4, GPU_VOLTA },           /* V100 */
		{ 0x1e07, GPU_TURING },          /* RTX 2080 Ti */
		{ 0x1f82, GPU_TURING },          /* GTX 1650 */
		{ 0x2184, GPU_TURING },          /* GTX 1660 */
		{ 0x20b0, GPU_AMPERE },          /* A100 */
		{ 0x2204, GPU_AMPERE },          /* RTX 3090 */
		{ 0x2504, GPU_AMPERE },          /* RTX 3060 */
		{ 0x25a2, GPU_AMPERE },          /* RTX 3050 mobile */
		{ 0x2684, GPU_ADA },             /* RTX 4090 */
		{ 0x28e0, GPU_ADA },             /* RTX 4060 mobile */
		{ 0x2330, GPU_HOPPER },          /* H100 */
		{ 0x2901, GPU_BLACKWELL },       /* B200 */
		{ 0x2b85, GPU_BLACKWELL },       /* RTX 5090 */
		{ 0x2d04, GPU_BLACKWELL },       /* RTX 5060 Ti */
		{ 0x2f04, GPU_BLACKWELL },       /* RTX 5070 */
		{ 0x3182, GPU_BLACKWELL },       /* B300 */
		{ 0x3000, GPU_UNKNOWN },         /* a family of its own */
		{ 0x1ad2, GPU_UNKNOWN },         /* a Tegra port */
		{ 0x0000, GPU_UNKNOWN },
		{ 0xffff, GPU_UNKNOWN },
	};
	for (size_t i = 0; i < COUNT_OF(known); i++)
		CHECK_INT(family(known[i].device), known[i].family);
}

TEST(family_of_an_unread_gpu_is_unknown)
{
	struct pci_hop hop = { .device = unknown_u64(DENIED, "") };
	struct pci_gpu none = { .name = "" }, denied = { .name = "", .hop = &hop, .hop_count = 1 };

	CHECK_INT(pci_family(&none), GPU_UNKNOWN);
	CHECK_INT(pci_family(&denied), GPU_UNKNOWN);
	CHECK_STR(gpu_family_name(GPU_UNKNOWN), "unknown");
	CHECK_STR(gpu_family_name(GPU_AMPERE), "Ampere");
}

TEST(title_is_the_name_on_the_box)
{
	struct arena a = { 0 };
	struct pci_hop hop = { .device = known_u64(0x2504, "") };
	struct pci_gpu g = { .name = "GA106 [GeForce RTX 3060 Lite Hash Rate]",
			     .hop = &hop,
			     .hop_count = 1 };
	CHECK_STR(pci_gpu_title(&a, &g), "GeForce RTX 3060");
	g.name = "GB203M / GN22 [GeForce RTX 5090 Max-Q / Mobile]";
	CHECK_STR(pci_gpu_title(&a, &g), "GeForce RTX 5090 Max-Q / Mobile");
	g.name = "GA102";
	CHECK_STR(pci_gpu_title(&a, &g), "GA102");
	g.name = "GA102 []";
	CHECK_STR(pci_gpu_title(&a, &g), "GA102 []");
	g.name = "";
	CHECK_STR(pci_gpu_title(&a, &g), "GPU 10de:2504");
	arena_done(&a);
}

TEST(bytes_have_pretty_units)
{
	struct arena a = { 0 };
	CHECK_STR(str_bytes(&a, 0), "0 B");
	CHECK_STR(str_bytes(&a, 1023), "1023 B");
	CHECK_STR(str_bytes(&a, 256ull << 20), "256 MiB");
	CHECK_STR(str_bytes(&a, 16ull << 30), "16 GiB");
	CHECK_STR(str_bytes(&a, (37ull << 30) / 2), "18.5 GiB");
	CHECK_STR(str_bytes(&a, UINT64_MAX), "15.9 EiB");
	arena_done(&a);
}

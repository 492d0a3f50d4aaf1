/* SPDX-License-Identifier: MIT */
#include "gguf/speed/speed.h"
#include "tap.h"

static void finds(const char *name, uint64_t vram_mib, const char *want)
{
	const struct card *c = card_find(name, vram_mib);

	CHECK_STR(c ? c->name : "(none)", want);
}

TEST(a_card_is_found_in_every_spelling)
{
	finds("NVIDIA GeForce RTX 3060", 0, "RTX 3060 12GB");
	finds("GeForce RTX 3060", 0, "RTX 3060 12GB");
	finds("RTX 3060", 0, "RTX 3060 12GB");
	finds("rtx3060", 0, "RTX 3060 12GB");
	finds("rtx-3060", 0, "RTX 3060 12GB");
	finds("3060", 0, "RTX 3060 12GB");
	finds("RTX 3060 12 GB", 0, "RTX 3060 12GB");
	finds("GA106 [GeForce RTX 3060 Lite Hash Rate]", 0, "RTX 3060 12GB");
	finds("NVIDIA 4070 Ti Super", 0, "RTX 4070 Ti SUPER");
	finds("rtx4070tisuper", 0, "RTX 4070 Ti SUPER");
	finds("NVIDIA GeForce RTX 4090 D", 0, "RTX 4090 D");
	finds("NVIDIA TITAN X (Pascal)", 0, "TITAN X (Pascal)");
	finds("Titan Xp", 0, "TITAN Xp");
}

TEST(of_several_memories_the_nearest_is_taken)
{
	finds("NVIDIA GeForce RTX 3060", 12288, "RTX 3060 12GB");
	finds("NVIDIA GeForce RTX 3060", 11902, "RTX 3060 12GB");
	finds("NVIDIA GeForce RTX 3060", 8192, "RTX 3060 8GB");
	finds("NVIDIA GeForce RTX 4060 Ti", 16380, "RTX 4060 Ti 16GB");
	finds("NVIDIA GeForce RTX 4060 Ti", 8188, "RTX 4060 Ti 8GB");
	finds("NVIDIA GeForce RTX 3080", 10240, "RTX 3080 10GB");
	finds("NVIDIA GeForce RTX 3080", 12288, "RTX 3080 12GB");
	finds("NVIDIA GeForce GTX 1060 3GB", 0, "GTX 1060 3GB");
	finds("NVIDIA GeForce GTX 1060 6GB", 6078, "GTX 1060 6GB");
	finds("GTX 1060", 3011, "GTX 1060 3GB");
	finds("NVIDIA GeForce RTX 2080 8.0GB", 0, "RTX 2080");
	finds("NVIDIA GeForce RTX 5070 11.94GB", 0, "RTX 5070");
}

TEST(laptops_have_cards_of_their_own)
{
	finds("NVIDIA GeForce RTX 4070 Laptop GPU", 0, "RTX 4070 Laptop GPU");
	finds("RTX 4070 mobile", 0, "RTX 4070 Laptop GPU");
	finds("GA106M [GeForce RTX 3060 Mobile / Max-Q]", 0, "RTX 3060 Laptop GPU");
	finds("NVIDIA GeForce RTX 3080 Laptop GPU", 8192, "RTX 3080 Laptop GPU 8GB");
	finds("NVIDIA GeForce RTX 2070 with Max-Q Design", 0, "RTX 2070 with Max-Q Design");
	finds("GP107M [GeForce GTX 1050 Ti Mobile]", 0, "GTX 1050 Ti");
	CHECK(card_find("RTX 4070", 0)->memory_gb_s > card_find("RTX 4070 Laptop", 0)->memory_gb_s);
}

TEST(workstations_and_data_centres)
{
	finds("NVIDIA RTX A6000", 0, "RTX A6000");
	finds("A6000", 0, "RTX A6000");
	finds("NVIDIA RTX 6000 Ada Generation", 0, "RTX 6000 Ada Generation");
	finds("RTX 6000 Ada", 0, "RTX 6000 Ada Generation");
	finds("Quadro RTX 6000", 0, "Quadro RTX 6000");
	finds("NVIDIA RTX 4000 SFF Ada Generation", 0, "RTX 4000 SFF Ada Generation");
	finds("Tesla P40", 0, "Tesla P40");
	finds("P40", 0, "Tesla P40");
	finds("Tesla V100-SXM2-16GB", 0, "Tesla V100-SXM2-16GB");
	finds("V100", 32510, "Tesla V100-PCIE-32GB");
	finds("NVIDIA A100-PCIE-40GB", 40960, "A100-PCIE-40GB");
	finds("NVIDIA A100 80GB PCIe", 81920, "A100 80GB PCIe");
	finds("A100", 0, "A100 80GB PCIe");
	finds("NVIDIA H100 80GB HBM3", 0, "H100 80GB HBM3");
	finds("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", 0,
	      "RTX PRO 6000 Blackwell Workstation Edition");
	finds("Tesla T4", 0, "Tesla T4");
	finds("NVIDIA L40S", 0, "L40S");
	finds("NVIDIA T1000 8GB", 0, "T1000 8GB");
}

TEST(a_card_that_is_not_in_the_table_is_none)
{
	CHECK(!card_find("AMD Radeon RX 7900 XTX", 0));
	CHECK(!card_find("NVIDIA GeForce RTX 9990", 0));
	CHECK(!card_find("NVIDIA A100 MIG 1g.5gb", 0));
	CHECK(!card_find("GRID T4-8Q", 0));
	CHECK(!card_find("NVIDIA", 0));
	CHECK(!card_find("", 0));
	CHECK(!card_find(NULL, 0));
	CHECK(!card_find("[[[[]]]", 0));
	CHECK(!card_find("99999999999999999999999999999999999999999999999999999999999999999999GB "
			 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
			 0));
}

TEST(every_card_is_found_by_its_own_name)
{
	for (size_t i = 0; card_at(i); i++)
		finds(card_at(i)->name, card_at(i)->vram_mib, card_at(i)->name);
	CHECK(card_at(100) != NULL);
}

/* A slipped digit shows: no maker builds a card so far out of proportion. */
TEST(every_card_is_plausible)
{
	for (size_t i = 0; card_at(i); i++) {
		const struct card *c = card_at(i);
		double per_sm = c->fp16_tflops / c->sm_count,
		       gb_s_per_sm = c->memory_gb_s / c->sm_count;
		bool good = c->vram_mib >= 2048 && c->vram_mib % 1024 == 0 &&
			    c->vram_mib <= 192 * 1024 && c->memory_gb_s >= 30 &&
			    c->memory_gb_s <= 8000 && c->capability >= 52 && c->capability <= 120 &&
			    c->sm_count >= 2 && c->sm_count <= 188 && per_sm > 0.15 &&
			    per_sm < 16 && gb_s_per_sm > 4.5 && gb_s_per_sm < 56;
		if (!good)
			TAP_FAIL("%s: %g TFLOPS, %g GB/s a multiprocessor", c->name, per_sm,
				 gb_s_per_sm);
	}
}

TEST(the_driver_takes_more_on_a_larger_card)
{
	struct span small = card_overhead(card_find("RTX 4060 Ti", 0));
	struct span large = card_overhead(card_find("RTX PRO 6000 Blackwell Max-Q Workstation", 0));
	struct span none = card_overhead(NULL);

	CHECK(small.low <= 107ull << 20 && small.high >= 107ull << 20);
	CHECK(large.low <= 555ull << 20 && large.high >= 749ull << 20);
	CHECK(none.low <= small.low && none.high >= 555ull << 20);
	for (size_t i = 0; card_at(i); i++) {
		struct span o = card_overhead(card_at(i));
		CHECK(o.low < o.likely && o.likely < o.high);
	}
}

TEST(links_are_found_by_name)
{
	CHECK_STR(link_find("tb4")->title, "Thunderbolt 4");
	CHECK(!link_find("tb9"));
	CHECK_STR(link_find("x4-gen3")->title, "PCIe 3.0 x4");
	CHECK(!link_find(NULL));
	for (size_t i = 0; link_at(i); i++) {
		const struct link *l = link_at(i);
		CHECK(link_find(l->name) == l);
		CHECK(l->to_gpu_low_gb_s > 0 && l->to_gpu_low_gb_s <= l->to_gpu_gb_s);
		CHECK(l->to_gpu_gb_s <= l->to_gpu_high_gb_s && l->token_usec >= 0);
		CHECK(l->title[0] && l->source[0]);
	}
}

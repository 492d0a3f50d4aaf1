/* SPDX-License-Identifier: MIT */
/* Compute buffers and places: what llama.cpp printed, model by model, build by build. */
#include "size-model.h"

/* A build whose server reserves few results. */
#define FEW "b10000"

TEST(results_rule_with_flash_attention)
{
	struct model m = llama_8b();

	CHECK_INT(compute_tenths(&m, ask(8192, FLASH_ON, "")), 2585);
	CHECK_INT(compute_tenths(&m, ask(131072, FLASH_ON, "")), 2585);
	m = make("qwen2", (struct shape_of){ 28, 3584, 18944, 28, 4, 128, 152064 });
	CHECK_INT(compute_tenths(&m, ask(8192, FLASH_ON, "")), 3040);
	m = make("llama", (struct shape_of){ 80, 8192, 28672, 64, 8, 128, 128256 });
	CHECK_INT(compute_tenths(&m, ask(8192, FLASH_ON, "")), 2665);
	m = gemma3_27b();
	CHECK_INT(compute_tenths(&m, ask(32768, FLASH_ON, "")), 5226);
}

TEST(few_results_leave_the_feed_forward)
{
	struct model m = llama_8b();

	CHECK_INT(compute_tenths(&m, ask(2048, FLASH_ON, FEW)), 1100);
	CHECK_INT(compute_tenths(&m, ask(8192, FLASH_ON, FEW)), 1160);
	CHECK_INT(compute_tenths(&m, ask(131072, FLASH_ON, FEW)), 2360);
}

TEST(scores_rule_without_flash_attention)
{
	struct model m = llama_8b();

	CHECK_INT(compute_tenths(&m, ask(8192, FLASH_OFF, "")), 5640);
	CHECK_INT(compute_tenths(&m, ask(32768, FLASH_OFF, "")), 21480);
	CHECK_INT(compute_tenths(&m, ask(8192, FLASH_OFF, "b2824")), 5600);
}

TEST(old_builds_gate_in_place)
{
	struct model m = make("llama", (struct shape_of){ 32, 4096, 14336, 32, 8, 128, 32768 });

	CHECK_INT(compute_tenths(&m, ask(512, FLASH_OFF, "b3250")), 810);
	CHECK_INT(compute_tenths(&m, ask(512, FLASH_OFF, "b5790")), 1090);
}

TEST(old_builds_keep_two_masks)
{
	struct model m = llama_8b();
	struct settings s = ask(16384, FLASH_ON, "b5781");

	s.ubatch = 1024;
	CHECK_INT(compute_tenths(&m, s), 6130);
	CHECK_INT(compute_tenths(&m, ask(131072, FLASH_ON, "b4783")), 4160);
}

TEST(gate_and_up_in_one_leave_a_gap)
{
	struct model m = make("glm4", (struct shape_of){ 61, 6144, 23040, 48, 2, 128, 151552 });

	CHECK_INT(compute_tenths(&m, ask(32768, FLASH_ON, "b5192")), 3530);
}

TEST(experts_that_are_used_count)
{
	struct model m = make("qwen3moe", (struct shape_of){ 48, 2048, 6144, 32, 4, 128, 151936 });

	experts(&m, 128, 8, 768, 300 * MIB);
	CHECK_INT(compute_tenths(&m, ask(8192, FLASH_ON, FEW)), 920);
	CHECK_INT(compute_tenths(&m, ask(8192, FLASH_OFF, "")), 5540);
	m = gpt_oss_20b();
	CHECK_INT(compute_tenths(&m, ask(8192, FLASH_ON, FEW)), 955);
	CHECK_INT(compute_tenths(&m, ask(8192, FLASH_OFF, "")), 10728);
}

TEST(quantised_caches_are_rotated)
{
	struct model m = llama_8b();
	struct settings s = ask_type(8192, "q8_0");

	s.build = build_of(FEW);
	CHECK_INT(compute_tenths(&m, s), 1081);
	s.type_k = s.type_v = ggml_type_named("f16");
	CHECK_INT(compute_tenths(&m, s), 1160);
}

TEST(encoders_look_at_the_batch_only)
{
	struct model m = make("bert", (struct shape_of){ 24, 1024, 4096, 16, 16, 64, 250002 });

	m.as = &encoder_arch;
	m.encoder = true;
	for (uint32_t i = 0; i < m.layer_count; i++)
		m.layer[i].cache = LAYER_CACHE_NONE;
	CHECK(compute_tenths(&m, ask(512, FLASH_OFF, "")) > 200);
	CHECK_INT(compute_tenths(&m, ask(512, FLASH_OFF, "")),
		  compute_tenths(&m, ask(8192, FLASH_OFF, "")));
}

TEST(the_output_in_ram_is_streamed)
{
	struct model m = make("qwen2", (struct shape_of){ 28, 3584, 18944, 28, 4, 128, 152064 });
	struct settings s = ask(4096, FLASH_ON, "b5000");

	m.output_weight_bytes = (uint64_t)(426.36 * MIB);
	s.ubatch = 256;
	s.gpu_layers = 28;
	CHECK_INT(compute_tenths(&m, s), 5784);
	s.gpu_layers = 29;
	CHECK_INT(compute_tenths(&m, s), 1520);
}

TEST(rows_of_layers_in_ram_are_streamed)
{
	struct model m = llama_8b();
	struct settings s = ask(131072, FLASH_ON, "b4783");

	s.gpu_layers = 10;
	CHECK_INT(compute_tenths(&m, s), 9280); /* 920.00 was printed */
}

TEST(gpus_in_a_pipeline_keep_four_copies)
{
	struct model m = llama_8b();
	struct size z = size_on(&m, ask(8192, FLASH_OFF, "b2833"), 4);

	for (int i = 0; i < 4; i++)
		CHECK_INT(tenths(z.gpu[i].compute_bytes), 6400);
	CHECK_INT(tenths(z.host.compute_bytes), 720);
	CHECK_INT(z.gpu[0].kv_bytes, 288 * MIB);
	CHECK_INT(z.gpu[3].kv_bytes, 224 * MIB);
	CHECK_INT(z.gpu[0].layers + z.gpu[1].layers + z.gpu[2].layers + z.gpu[3].layers, 32);
}

TEST(ram_holds_what_goes_in)
{
	struct model m = llama_8b();

	CHECK_INT(tenths(size_on(&m, ask(8192, FLASH_ON, ""), 1).host.compute_bytes), 240);
	CHECK_INT(tenths(size_on(&m, ask(8192, FLASH_OFF, ""), 1).host.compute_bytes), 360);
	CHECK_INT(tenths(size_on(&m, ask(8192, FLASH_OFF, "b2824"), 1).host.compute_bytes), 240);
	/* all of it where there is no GPU */
	CHECK_INT(tenths(size_on(&m, ask(8192, FLASH_OFF, "b2824"), 0).host.compute_bytes), 5600);
}

TEST(the_output_goes_first_since_b7670)
{
	struct model m = llama_8b();
	struct settings s = ask(4096, FLASH_ON, "b8000");
	struct size z;

	s.gpu_layers = 1;
	z = size_on(&m, s, 1);
	CHECK(z.output_gpu);
	CHECK_INT(z.layers_gpu, 1);
	CHECK_INT(z.gpu[0].layers, 0);
	CHECK_INT(z.gpu[0].weights_bytes, 411 * MIB);
	s.build = build_of("b7000");
	z = size_on(&m, s, 1);
	CHECK(!z.output_gpu);
	CHECK_INT(z.gpu[0].layers, 1);
	CHECK_INT(z.gpu[0].weights_bytes, 125 * MIB);
	CHECK_INT(z.host.weights_bytes, (282 + 31 * 125 + 411) * MIB);
	CHECK_INT(z.streamed_bytes, (31 * 125 + 411) * MIB);
}

TEST(experts_may_stay_in_ram)
{
	struct model m = gpt_oss_20b();
	struct settings s = ask(4096, FLASH_ON, "");
	struct size z;

	s.cpu_moe = 4;
	z = size_on(&m, s, 1);
	CHECK_INT(z.gpu[0].weights_bytes, (24 * 125 + 20 * 420 + 411) * MIB);
	CHECK_INT(z.host.weights_bytes, (282 + 4 * 420) * MIB);
	CHECK_INT(z.streamed_bytes, 4 * 420 * MIB);
	/* an eighth of the experts for each token */
	CHECK_INT(z.active_host_bytes, 4 * 420 * MIB / 8);
	CHECK_INT(z.active_gpu_bytes, (24 * 125 + 411) * MIB + 20 * 420 * MIB / 8);
	CHECK(z.gpu[0].compute_bytes > 140 * MIB);
}

TEST(a_tied_output_is_a_second_copy)
{
	struct model m = llama_8b();
	struct settings s = ask(4096, FLASH_ON, "b5000");
	struct size z;

	m.tied = true;
	m.embd_bytes = m.output_weight_bytes;
	z = size_on(&m, s, 1);
	CHECK_INT(z.host.weights_bytes, 410 * MIB);
	s.gpu_layers = 32;
	z = size_on(&m, s, 1);
	CHECK_INT(z.host.weights_bytes, 411 * MIB);
}

TEST(draft_layers_count_among_those_offloaded)
{
	struct model m = llama_8b();
	struct size z;

	m.draft_layer_count = 1;
	m.draft_bytes = 200 * MIB;
	z = size_on(&m, ask(4096, FLASH_ON, ""), 1);
	CHECK_INT(z.layers_total, 34);
	CHECK_INT(z.layers_gpu, 34);
	CHECK_INT(z.gpu[0].draft_bytes, 200 * MIB);
}

TEST(a_projector_goes_to_the_first_gpu)
{
	struct model m = llama_8b();

	m.projector_bytes = 800 * MIB;
	CHECK(size_on(&m, ask(4096, FLASH_ON, ""), 2).gpu[0].projector_bytes > 800 * MIB);
	CHECK_INT(size_on(&m, ask(4096, FLASH_ON, ""), 2).gpu[1].projector_bytes, 0);
}

TEST(side_by_side_keeps_the_heads_to_the_end)
{
	struct model m =
	    make("command-r", (struct shape_of){ 40, 8192, 22528, 64, 64, 128, 256000 });

	CHECK_INT(compute_tenths(&m, ask(512, FLASH_OFF, "b2447")), 5160);
}

TEST(layer_norms_do_not_work_in_place)
{
	struct model m = make("stablelm", (struct shape_of){ 32, 2560, 6912, 32, 32, 80, 50304 });
	long long layer = compute_tenths(&m, ask(512, FLASH_OFF, "b2551"));

	m.arch = "llama";
	CHECK_INT(layer - compute_tenths(&m, ask(512, FLASH_OFF, "b2551")), 50);
}

TEST(parts_of_one_product_were_copied)
{
	struct model m = make("phi3", (struct shape_of){ 32, 3072, 8192, 32, 32, 96, 32064 });

	CHECK_INT(compute_tenths(&m, ask(2048, FLASH_OFF, "b3300")), 1680);
}

TEST(what_a_draft_is_made_of_is_kept)
{
	struct model m = gpt_oss_20b();

	CHECK_INT(compute_tenths(&m, ask(4096, FLASH_ON, "")), 4088);
	CHECK_INT(compute_tenths(&m, ask(16384, FLASH_ON, "")), 4040);
	CHECK_INT(compute_tenths(&m, ask(32768, FLASH_ON, "b7772")), 3984);
}

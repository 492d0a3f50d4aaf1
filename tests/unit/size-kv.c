/* SPDX-License-Identifier: MIT */
/* The KV cache: what llama.cpp prints, model by model, build by build. */
#include "size-model.h"

TEST(a_row_for_each_token)
{
	struct model m = llama_8b();

	CHECK_INT(kv_tenths(&m, ask(8192, FLASH_ON, "")), 10240);
	CHECK_INT(kv_tenths(&m, ask(131072, FLASH_ON, "")), 163840);
	CHECK_INT(kv_tenths(&m, ask_type(8192, "q8_0")), 5440);
	CHECK_INT(kv_tenths(&m, ask_type(8192, "q4_0")), 2880);
	m = make("llama", (struct shape_of){ 40, 5120, 13824, 40, 40, 128, 32000 });
	CHECK_INT(kv_tenths(&m, ask(4096, FLASH_OFF, "b3000")), 32000);
}

TEST(windows_are_kept_since_b5427)
{
	struct model m = gemma3_27b();

	CHECK_INT(kv_tenths(&m, ask(32768, FLASH_ON, "")), 31840);
	CHECK_INT(kv_tenths(&m, ask(32768, FLASH_ON, "b5426")), 158720);
	/* a whole batch ahead at first */
	CHECK_INT(kv_tenths(&m, ask(32768, FLASH_ON, "b5430")),
		  (10 * 32768 + 52 * 3072) * 8 / 1024 * 10);
	m = gpt_oss_20b();
	CHECK_INT(kv_tenths(&m, ask(8192, FLASH_ON, "")), 2100);
}

TEST(swa_full_keeps_all)
{
	struct model m = gemma3_27b();
	struct settings s = ask(32768, FLASH_ON, "");

	s.swa_full = true;
	CHECK_INT(kv_tenths(&m, s), 158720);
}

TEST(slots_share_one_window_each)
{
	struct model m = gemma3_27b();
	struct settings s = ask_type(32768, "q8_0");

	s.build = build_of("b5636");
	s.parallel = 2;
	CHECK_INT(kv_tenths(&m, s), 19125);
	/* split in two, each with its own window */
	s.build = build_of("b7000");
	CHECK_INT(kv_tenths(&m, s), 13600 + 5525 * 3072 / 2560);
}

TEST(latent_rows_lost_their_v)
{
	struct model m = deepseek_v3();

	CHECK_INT(kv_tenths(&m, ask(32768, FLASH_ON, "")), 21960);
	CHECK_INT(kv_tenths(&m, ask_type(32768, "q8_0")), 11666);
	CHECK_INT(kv_tenths(&m, ask(32768, FLASH_ON, "b5614")), 41480);
}

TEST(encoders_had_a_cache_once)
{
	struct model m = make("bert", (struct shape_of){ 24, 1024, 4096, 16, 16, 64, 250002 });

	m.as = &encoder_arch;
	m.encoder = true;
	for (uint32_t i = 0; i < m.layer_count; i++)
		m.layer[i].cache = LAYER_CACHE_NONE;
	CHECK_INT(kv_tenths(&m, ask(4096, FLASH_OFF, "b4000")), 3840);
	CHECK_INT(kv_tenths(&m, ask(4096, FLASH_OFF, "")), 0);
}

TEST(states_are_kept_for_each_sequence)
{
	struct model m = llama_8b();
	struct settings s = ask(8192, FLASH_ON, "");
	struct size z;

	for (uint32_t i = 0; i < m.layer_count; i++) {
		m.layer[i].cache = i % 4 == 3 ? LAYER_CACHE_FULL : LAYER_CACHE_STATE;
		m.layer[i].state_bytes = i % 4 == 3 ? 0 : 3 * MIB;
	}
	m.layer[3].state_bytes = 5 * MIB; /* both at once */
	s.parallel = 2;
	z = size_on(&m, s, 1);
	CHECK_INT(z.gpu[0].kv_bytes, 256 * MIB);
	CHECK_INT(z.gpu[0].state_bytes, 2 * (24 * 3 + 5) * MIB);
}

TEST(v_is_as_wide_as_the_widest_without_flash_attention)
{
	struct model m = llama_8b();

	m.layer[0].v_width = 2048;
	CHECK_INT(kv_tenths(&m, ask(8192, FLASH_ON, "")), 10240 + 160);
	CHECK_INT(kv_tenths(&m, ask(8192, FLASH_OFF, "")), 10240 + 32 * 160);
	CHECK_INT(kv_tenths(&m, ask(8192, FLASH_OFF, "b5000")), 10240 + 160);
}

TEST(layers_in_ram_keep_theirs_there)
{
	struct model m = llama_8b();
	struct settings s = ask(8192, FLASH_ON, "b5000");
	struct size z;

	s.gpu_layers = 8;
	z = size_on(&m, s, 1);
	CHECK_INT(z.gpu[0].kv_bytes, 256 * MIB);
	CHECK_INT(z.host.kv_bytes, 768 * MIB);
	s.gpu_layers = 999;
	s.no_kv_offload = true;
	z = size_on(&m, s, 1);
	CHECK_INT(z.gpu[0].kv_bytes, 0);
	CHECK_INT(z.host.kv_bytes, 1024 * MIB);
}

TEST(hostile_numbers_saturate)
{
	struct model m = llama_8b();
	struct size z;

	for (uint32_t i = 0; i < m.layer_count; i++) {
		m.layer[i].k_width = m.layer[i].v_width = UINT32_MAX;
		m.layer[i].weight_bytes = UINT64_MAX;
		m.layer[i].state_bytes = UINT64_MAX;
		m.layer[i].heads = m.layer[i].kv_heads = UINT32_MAX;
		m.layer[i].ff = UINT32_MAX;
	}
	m.embd = m.vocab = m.ff = m.heads = UINT32_MAX;
	m.embd_bytes = m.output_bytes = UINT64_MAX;
	z = size_on(&m, ask(UINT32_MAX, FLASH_OFF, ""), 1);
	CHECK(z.gpu[0].kv_bytes > UINT64_MAX / 2);
	CHECK_INT((long long)(z.gpu[0].weights_bytes == UINT64_MAX), 1);
	CHECK(z.gpu[0].compute_bytes > 1000 * GIB);
	CHECK_INT((long long)(size_gpu_bytes(&z.gpu[0]) == UINT64_MAX), 1);
}

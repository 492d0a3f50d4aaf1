/* SPDX-License-Identifier: MIT */
/* Real models' shapes, and what each of their layers keeps. */
#include "gguf/model.h"

#include "gguf-make.h"
#include "tap.h"

static struct made made;

static struct model read_model(void)
{
	struct model m;
	struct err e = { 0 };

	if (model_of(&make_arena, "test.gguf", &made.g, 1, &m, &e) < 0)
		TAP_FAIL("%s", e.text);
	return m;
}

static unsigned count(const struct model *m, enum layer_cache cache)
{
	unsigned n = 0;
	for (uint32_t i = 0; i < m->layer_count; i++)
		n += m->layer[i].cache == cache;
	return n;
}

static void check_layer(const struct model *m, uint32_t i, enum layer_cache cache, uint32_t k,
			uint32_t v, uint64_t state)
{
	CHECK(i < m->layer_count);
	CHECK_INT(m->layer[i].cache, cache);
	CHECK_INT(m->layer[i].k_width, k);
	CHECK_INT(m->layer[i].v_width, v);
	CHECK_INT(m->layer[i].state_bytes, state);
}

static bool noted(const struct model *m, const char *part)
{
	for (size_t i = 0; i < m->notes.count; i++)
		if (strstr(m->notes.name[i], part))
			return true;
	return false;
}

/* ssm.*: convolution, width, state, groups */
static void make_ssm(uint32_t conv, uint32_t inner, uint32_t state, uint32_t groups)
{
	make_u32(&made, "ssm.conv_kernel", conv);
	make_u32(&made, "ssm.inner_size", inner);
	make_u32(&made, "ssm.state_size", state);
	make_u32(&made, "ssm.group_count", groups);
}

TEST(llama_keeps_all_in_all_layers)
{
	make_model(&made, "llama", 32, 4096, 32, 8);
	make_u32(&made, "context_length", 131072);
	make_u32(&made, "feed_forward_length", 14336);
	make_u32(&made, "vocab_size", 128256);
	make_text(&made, "general.name", "Llama 3.1 8B");
	make_u32(&made, "general.file_type", 15);
	struct model m = read_model();

	CHECK_STR(m.name, "Llama 3.1 8B");
	CHECK_STR(m.arch, "llama");
	CHECK_STR(m.quant, "Q4_K_M");
	CHECK(m.arch_known && !m.encoder && !m.guessed);
	CHECK_INT(m.layer_count, 32);
	CHECK_INT(count(&m, LAYER_CACHE_FULL), 32);
	check_layer(&m, 31, LAYER_CACHE_FULL, 1024, 1024, 0);
	CHECK_INT(m.context_max, 131072);
	CHECK_INT(m.vocab, 128256);
	CHECK_INT(m.k_head, 128);
	CHECK_INT(m.ff, 14336);
	CHECK_INT(m.conv, 0);
	CHECK_INT(m.window, 0);
}

TEST(gemma3_sees_all_in_each_sixth_layer)
{
	make_model(&made, "gemma3", 62, 5376, 32, 16);
	make_u32(&made, "attention.key_length", 128);
	make_u32(&made, "attention.value_length", 128);
	make_u32(&made, "attention.sliding_window", 1024);
	struct model m = read_model();

	CHECK_INT(count(&m, LAYER_CACHE_FULL), 10);
	CHECK_INT(count(&m, LAYER_CACHE_WINDOW), 52);
	check_layer(&m, 0, LAYER_CACHE_WINDOW, 2048, 2048, 0);
	check_layer(&m, 5, LAYER_CACHE_FULL, 2048, 2048, 0);
	CHECK_INT(m.window, 1024);
}

TEST(gemma3_without_the_key_has_no_window)
{
	make_model(&made, "gemma3", 26, 1152, 4, 1);
	struct model m = read_model();

	CHECK_INT(count(&m, LAYER_CACHE_FULL), 26);
	CHECK_INT(m.window, 0);
}

TEST(gpt_oss_begins_with_a_window)
{
	make_model(&made, "gpt-oss", 24, 2880, 64, 8);
	make_u32(&made, "attention.key_length", 64);
	make_u32(&made, "attention.value_length", 64);
	make_u32(&made, "attention.sliding_window", 128);
	struct model m = read_model();

	CHECK_INT(count(&m, LAYER_CACHE_FULL), 12);
	check_layer(&m, 0, LAYER_CACHE_WINDOW, 512, 512, 0);
	check_layer(&m, 1, LAYER_CACHE_FULL, 512, 512, 0);
}

TEST(dense_first_where_the_first_of_a_cycle_sees_all)
{
	make_model(&made, "smallthinker", 32, 1536, 12, 2);
	make_u32(&made, "attention.sliding_window", 1);
	struct model m = read_model();

	CHECK_INT(m.layer[0].cache, LAYER_CACHE_FULL);
	CHECK_INT(m.layer[1].cache, LAYER_CACHE_WINDOW);
	CHECK_INT(m.layer[4].cache, LAYER_CACHE_FULL);
	CHECK_INT(m.window, 4096);
}

TEST(llama4_is_chunked_unless_the_file_says_0)
{
	make_model(&made, "llama4", 48, 5120, 40, 8);
	struct model m = read_model();
	CHECK_INT(count(&m, LAYER_CACHE_FULL), 12);
	CHECK_INT(m.window, 8192);

	make_model(&made, "llama4", 48, 5120, 40, 8);
	make_u32(&made, "attention.sliding_window", 0);
	m = read_model();
	CHECK_INT(count(&m, LAYER_CACHE_FULL), 48);
}

TEST(exaone4_only_the_large_one_has_a_window)
{
	make_model(&made, "exaone4", 64, 5120, 40, 8);
	make_u32(&made, "attention.sliding_window", 4096);
	struct model m = read_model();
	CHECK_INT(count(&m, LAYER_CACHE_WINDOW), 48);

	make_model(&made, "exaone4", 30, 2048, 32, 8);
	make_u32(&made, "attention.sliding_window", 4096);
	m = read_model();
	CHECK_INT(count(&m, LAYER_CACHE_WINDOW), 0);
}

TEST(windows_that_llama_cpp_does_not_heed)
{
	static const char *const archs[] = { "phi3", "llama", "qwen2" };

	for (size_t i = 0; i < COUNT_OF(archs); i++) {
		make_model(&made, archs[i], 32, 3072, 32, 32);
		make_u32(&made, "attention.sliding_window", 2047);
		struct model m = read_model();
		CHECK_INT(count(&m, LAYER_CACHE_FULL), 32);
		CHECK_INT(m.window, 0);
	}
}

TEST(pattern_as_a_number_and_as_a_list)
{
	make_model(&made, "olmo2", 12, 4096, 32, 32);
	make_u32(&made, "attention.sliding_window", 4096);
	make_u32(&made, "attention.sliding_window_pattern", 3);
	struct model m = read_model();
	CHECK_INT(count(&m, LAYER_CACHE_FULL), 4);

	make_model(&made, "olmo2", 12, 4096, 32, 32);
	make_u32(&made, "attention.sliding_window", 4096);
	make_cycle(&made, "attention.sliding_window_pattern", 12, 6, 1, 1, 0);
	m = read_model();
	CHECK_INT(count(&m, LAYER_CACHE_FULL), 2);
	CHECK_INT(m.layer[1].cache, LAYER_CACHE_FULL);
	CHECK_INT(m.layer[7].cache, LAYER_CACHE_FULL);
}

TEST(gemma3n_shares_what_its_first_20_layers_keep)
{
	make_model(&made, "gemma3n", 35, 2048, 8, 2);
	make_u32(&made, "attention.key_length", 256);
	make_u32(&made, "attention.value_length", 256);
	make_u32(&made, "attention.sliding_window", 512);
	make_u32(&made, "attention.shared_kv_layers", 15);
	struct model m = read_model();

	CHECK_INT(count(&m, LAYER_CACHE_FULL), 4);
	CHECK_INT(count(&m, LAYER_CACHE_WINDOW), 16);
	check_layer(&m, 4, LAYER_CACHE_FULL, 512, 512, 0);
	check_layer(&m, 20, LAYER_CACHE_NONE, 0, 0, 0);
}

TEST(gemma4_has_other_heads_where_it_sees_a_window)
{
	make_model(&made, "gemma4", 48, 3840, 16, 0);
	make_cycle(&made, "attention.head_count_kv", 48, 6, 5, 8, 1);
	make_cycle(&made, "attention.sliding_window_pattern", 48, 6, 5, 1, 0);
	make_u32(&made, "attention.sliding_window", 1024);
	make_u32(&made, "attention.key_length", 512);
	make_u32(&made, "attention.value_length", 512);
	make_u32(&made, "attention.key_length_swa", 256);
	make_u32(&made, "attention.value_length_swa", 256);
	make_u32(&made, "attention.shared_kv_layers", 6);
	struct model m = read_model();

	check_layer(&m, 0, LAYER_CACHE_WINDOW, 2048, 2048, 0);
	check_layer(&m, 5, LAYER_CACHE_FULL, 512, 512, 0);
	CHECK_INT(count(&m, LAYER_CACHE_FULL), 7);
	CHECK_INT(count(&m, LAYER_CACHE_NONE), 6);
	CHECK(!noted(&m, "cycle"));
}

TEST(deepseek_keeps_one_latent_row)
{
	make_model(&made, "deepseek2", 61, 7168, 128, 1);
	make_u32(&made, "attention.key_length", 576);
	make_u32(&made, "attention.value_length", 512);
	make_u32(&made, "attention.key_length_mla", 192);
	make_u32(&made, "attention.value_length_mla", 128);
	make_u32(&made, "attention.kv_lora_rank", 512);
	struct model m = read_model();

	CHECK_INT(count(&m, LAYER_CACHE_FULL), 61);
	check_layer(&m, 60, LAYER_CACHE_FULL, 576, 0, 0);
}

TEST(deepseek_of_old_files_keeps_all_heads)
{
	make_model(&made, "deepseek2", 61, 7168, 128, 128);
	make_u32(&made, "attention.key_length", 192);
	make_u32(&made, "attention.value_length", 128);
	make_u32(&made, "attention.kv_lora_rank", 512);
	struct model m = read_model();

	check_layer(&m, 0, LAYER_CACHE_FULL, 24576, 16384, 0);
	CHECK(noted(&m, "an old file"));
}

TEST(deepseek32_keeps_the_keys_of_its_indexer_too)
{
	make_model(&made, "deepseek32", 61, 7168, 128, 1);
	make_u32(&made, "attention.key_length", 576);
	make_u32(&made, "attention.value_length", 512);
	make_u32(&made, "attention.key_length_mla", 192);
	make_u32(&made, "attention.value_length_mla", 128);
	make_u32(&made, "attention.indexer.key_length", 128);
	struct model m = read_model();

	check_layer(&m, 0, LAYER_CACHE_FULL, 704, 0, 0);
}

TEST(mamba_has_a_state_of_fixed_size)
{
	make_model(&made, "mamba", 64, 2560, 0, 0);
	make_ssm(4, 5120, 16, 0);
	struct model m = read_model();

	CHECK_INT(count(&m, LAYER_CACHE_STATE), 64);
	check_layer(&m, 0, LAYER_CACHE_STATE, 0, 0, 389120);
	CHECK_INT(m.conv, 4);

	make_model(&made, "mamba2", 64, 2560, 0, 0);
	make_ssm(4, 5120, 128, 1);
	m = read_model();
	check_layer(&m, 63, LAYER_CACHE_STATE, 0, 0, 2685952);
}

TEST(rwkv_has_shifts_and_squares)
{
	make_model(&made, "rwkv6", 32, 4096, 0, 0);
	make_u32(&made, "wkv.head_size", 64);
	struct model m = read_model();

	check_layer(&m, 0, LAYER_CACHE_STATE, 0, 0, 1081344);
	CHECK(!noted(&m, "64 is taken"));

	make_model(&made, "rwkv6qwen2", 64, 5120, 0, 0);
	make_u32(&made, "wkv.head_size", 128);
	make_u32(&made, "token_shift_count", 1);
	m = read_model();
	check_layer(&m, 0, LAYER_CACHE_STATE, 0, 0, 129 * 5120 * 4);
}

/* AI21 Jamba Mini 1.7: 28 states are 16.62 MiB. */
TEST(jamba_attends_in_each_eighth_layer)
{
	make_model(&made, "jamba", 32, 4096, 32, 0);
	make_cycle(&made, "attention.head_count_kv", 32, 8, 4, 0, 8);
	make_ssm(4, 8192, 16, 0);
	struct model m = read_model();

	CHECK_INT(count(&m, LAYER_CACHE_STATE), 28);
	CHECK_INT(count(&m, LAYER_CACHE_FULL), 4);
	check_layer(&m, 0, LAYER_CACHE_STATE, 0, 0, 622592);
	check_layer(&m, 4, LAYER_CACHE_FULL, 1024, 1024, 0);
}

/* Qwen3.6 27B with its draft layer: 48 states of four sequences are 598.5 MiB. */
TEST(qwen35_attends_in_each_fourth_layer)
{
	make_model(&made, "qwen35", 65, 5120, 24, 4);
	make_u32(&made, "attention.key_length", 256);
	make_u32(&made, "attention.value_length", 256);
	make_u32(&made, "full_attention_interval", 4);
	make_u32(&made, "nextn_predict_layers", 1);
	make_ssm(4, 6144, 128, 16);
	struct model m = read_model();

	CHECK_INT(m.layer_count, 64);
	CHECK_INT(m.draft_layer_count, 1);
	CHECK_INT(count(&m, LAYER_CACHE_FULL), 16);
	check_layer(&m, 0, LAYER_CACHE_STATE, 0, 0, 3268608);
	check_layer(&m, 3, LAYER_CACHE_FULL, 1024, 1024, 0);
}

TEST(recurrent_layers_may_be_listed)
{
	make_model(&made, "qwen3next", 8, 2048, 16, 2);
	make_u32(&made, "attention.key_length", 256);
	make_u32(&made, "attention.value_length", 256);
	make_cycle(&made, "attention.recurrent_layers", 8, 2, 0, 1, 0);
	make_ssm(4, 4096, 128, 16);
	struct model m = read_model();

	CHECK_INT(count(&m, LAYER_CACHE_FULL), 4);
	check_layer(&m, 0, LAYER_CACHE_FULL, 512, 512, 0);
}

TEST(falcon_h1_has_both_in_each_layer)
{
	make_model(&made, "falcon-h1", 44, 3072, 12, 2);
	make_u32(&made, "attention.key_length", 128);
	make_u32(&made, "attention.value_length", 128);
	make_ssm(4, 3072, 256, 1);
	struct model m = read_model();

	CHECK_INT(count(&m, LAYER_CACHE_FULL), 44);
	check_layer(&m, 43, LAYER_CACHE_FULL, 256, 256, 3188736);
	CHECK_INT(m.conv, 4);
}

TEST(lfm2_has_short_convolutions)
{
	static const int64_t kv[] = { 0, 0, 8, 0, 0, 8, 0, 0, 8, 0, 8, 0, 8, 0, 8, 0 };

	make_model(&made, "lfm2", 16, 2048, 32, 0);
	make_list(&made, "attention.head_count_kv", GGUF_I32, kv, 16);
	make_u32(&made, "shortconv.l_cache", 3);
	struct model m = read_model();

	CHECK_INT(count(&m, LAYER_CACHE_FULL), 6);
	check_layer(&m, 0, LAYER_CACHE_STATE, 0, 0, 16384);
	check_layer(&m, 2, LAYER_CACHE_FULL, 512, 512, 0);
}

TEST(nemotron_h_has_layers_that_keep_nothing)
{
	static const int64_t kv[] = { 0, 0, 0, 8 }, ff[] = { 0, 21504, 0, 0 };

	make_model(&made, "nemotron_h", 4, 4096, 32, 0);
	make_u32(&made, "attention.key_length", 128);
	make_u32(&made, "attention.value_length", 128);
	make_list(&made, "attention.head_count_kv", GGUF_U32, kv, 4);
	make_list(&made, "feed_forward_length", GGUF_U32, ff, 4);
	make_ssm(4, 8192, 128, 8);
	struct model m = read_model();

	check_layer(&m, 0, LAYER_CACHE_STATE, 0, 0, 4317184);
	check_layer(&m, 1, LAYER_CACHE_NONE, 0, 0, 0);
	check_layer(&m, 3, LAYER_CACHE_FULL, 1024, 1024, 0);
	CHECK_INT(m.ff, 21504);
}

TEST(kimi_linear_is_latent_where_it_attends)
{
	make_model(&made, "kimi-linear", 27, 2304, 32, 0);
	make_cycle(&made, "attention.head_count_kv", 27, 4, 3, 0, 1);
	make_u32(&made, "attention.key_length", 576);
	make_u32(&made, "attention.value_length", 512);
	make_u32(&made, "attention.key_length_mla", 192);
	make_u32(&made, "attention.value_length_mla", 128);
	make_u32(&made, "ssm.conv_kernel", 4);
	make_u32(&made, "kda.head_dim", 128);
	struct model m = read_model();

	check_layer(&m, 0, LAYER_CACHE_STATE, 0, 0, 2244608);
	check_layer(&m, 3, LAYER_CACHE_FULL, 576, 0, 0);
}

TEST(minimax_attends_in_each_eighth_layer)
{
	make_model(&made, "minimax-01", 80, 6144, 64, 8);
	make_u32(&made, "attention.key_length", 128);
	make_u32(&made, "attention.value_length", 128);
	struct model m = read_model();

	CHECK_INT(count(&m, LAYER_CACHE_FULL), 10);
	check_layer(&m, 0, LAYER_CACHE_STATE, 0, 0, 4194304);
	check_layer(&m, 7, LAYER_CACHE_FULL, 1024, 1024, 0);
}

/* Llama 3.2 Vision 11B of Ollama's store */
TEST(layers_that_look_at_a_picture_do_not_grow)
{
	static const int64_t crossed[] = { 3, 8, 13, 18, 23, 28, 33, 38, -1, 512 };

	make_model(&made, "mllama", 40, 4096, 32, 8);
	make_list(&made, "attention.cross_attention_layers", GGUF_I32, crossed, 10);
	struct model m = read_model();

	CHECK_INT(count(&m, LAYER_CACHE_FULL), 32);
	check_layer(&m, 3, LAYER_CACHE_NONE, 0, 0, 8 * 256 * 4 * 1601 * 4);
	check_layer(&m, 4, LAYER_CACHE_FULL, 1024, 1024, 0);
}

TEST(encoders_keep_nothing)
{
	make_model(&made, "bert", 24, 1024, 16, 0);
	make_tensor(&made, "token_embd.weight", "f16", 1024, 250002, 1);
	struct model m = read_model();

	CHECK(m.encoder && !m.tied);
	CHECK_INT(count(&m, LAYER_CACHE_NONE), 24);
	CHECK_INT(m.output_bytes, 0);
	CHECK_INT(m.embd_bytes, 2 * 1024 * 250002ll);
}

TEST(layers_of_a_pruned_model_differ)
{
	static const int64_t heads[] = { 64, 64, 0, 64 }, kv[] = { 8, 8, 0, 0 },
			     ff[] = { 14336, 28672, 28672, 5376 };

	make_model(&made, "deci", 4, 8192, 0, 0);
	make_list(&made, "attention.head_count", GGUF_U32, heads, 4);
	make_list(&made, "attention.head_count_kv", GGUF_U32, kv, 4);
	make_list(&made, "feed_forward_length", GGUF_U32, ff, 4);
	struct model m = read_model();

	check_layer(&m, 0, LAYER_CACHE_FULL, 1024, 1024, 0);
	check_layer(&m, 2, LAYER_CACHE_NONE, 0, 0, 0);
	check_layer(&m, 3, LAYER_CACHE_NONE, 0, 0, 0);
	CHECK_INT(m.layer[3].ff, 5376);
	CHECK_INT(m.heads, 64);
	CHECK_INT(m.kv_heads, 8);
	CHECK_INT(m.ff, 28672);
}

TEST(unknown_architectures_are_judged_by_their_keys)
{
	make_model(&made, "brandnew", 2, 256, 4, 4);
	struct model m = read_model();
	CHECK(!m.arch_known);
	CHECK_STR(m.as->name, "llama");
	CHECK_STR(m.notes.name[0],
		  "the architecture brandnew is not known: it is reckoned like llama");
	check_layer(&m, 0, LAYER_CACHE_FULL, 256, 256, 0);

	make_model(&made, "brandnew", 2, 256, 4, 1);
	make_u32(&made, "attention.key_length", 576);
	make_u32(&made, "attention.key_length_mla", 192);
	make_u32(&made, "attention.value_length_mla", 128);
	m = read_model();
	check_layer(&m, 0, LAYER_CACHE_FULL, 576, 0, 0);

	make_model(&made, "brandnew", 2, 256, 0, 0);
	make_ssm(4, 512, 16, 1);
	m = read_model();
	check_layer(&m, 0, LAYER_CACHE_STATE, 0, 0, 4 * (3 * (512 + 32) + 16 * 512));
}

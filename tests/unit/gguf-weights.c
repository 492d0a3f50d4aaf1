/* SPDX-License-Identifier: MIT */
/* Which weights go where, what a file is called, and headers that are refused. */
#include "gguf/model.h"

#include "gguf-make.h"
#include "tap.h"

static struct made made, second;

static struct model read_parts(size_t count)
{
	struct gguf parts[2] = { made.g, second.g };
	struct model m;
	struct err e = { 0 };

	if (model_of(&make_arena, "dir/test.gguf", parts, count, &m, &e) < 0)
		TAP_FAIL("%s", e.text);
	return m;
}

static double mib(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

static bool near(double got, double want)
{
	return got > want - 0.006 && got < want + 0.006;
}

static bool more_bits(uint32_t i, uint32_t n)
{
	return i < n / 8 || i >= 7 * n / 8 || (i - n / 8) % 3 == 2;
}

static void make_block(uint32_t i, uint32_t count)
{
	const char *high = more_bits(i, count) ? "q6_K" : "q4_K";

	make_layers(&made, i, i + 1, "attn_norm.weight", "f32", 4096, 1, 1);
	make_layers(&made, i, i + 1, "attn_q.weight", "q4_K", 4096, 4096, 1);
	make_layers(&made, i, i + 1, "attn_k.weight", "q4_K", 4096, 1024, 1);
	make_layers(&made, i, i + 1, "attn_v.weight", high, 4096, 1024, 1);
	make_layers(&made, i, i + 1, "attn_output.weight", "q4_K", 4096, 4096, 1);
	make_layers(&made, i, i + 1, "ffn_norm.weight", "f32", 4096, 1, 1);
	make_layers(&made, i, i + 1, "ffn_gate.weight", "q4_K", 4096, 14336, 1);
	make_layers(&made, i, i + 1, "ffn_up.weight", "q4_K", 4096, 14336, 1);
	make_layers(&made, i, i + 1, "ffn_down.weight", high, 14336, 4096, 1);
}

/* llama.cpp prints for it: CUDA0 model buffer 4403.49 MiB, CPU 281.81 MiB. */
TEST(llama_8b_is_as_large_as_llama_cpp_prints)
{
	make_model(&made, "llama", 32, 4096, 32, 8);
	make_tensor(&made, "token_embd.weight", "q4_K", 4096, 128256, 1);
	make_tensor(&made, "output_norm.weight", "f32", 4096, 1, 1);
	make_tensor(&made, "output.weight", "q6_K", 4096, 128256, 1);
	make_tensor(&made, "rope_freqs.weight", "f32", 64, 1, 1);
	for (uint32_t i = 0; i < 32; i++)
		make_block(i, 32);
	struct model m = read_parts(1);

	uint64_t gpu = m.output_bytes + m.other_bytes;
	for (uint32_t i = 0; i < m.layer_count; i++)
		gpu += m.layer[i].weight_bytes;
	CHECK(near(mib(gpu), 4403.49));
	CHECK(near(mib(m.embd_bytes), 281.81));
	CHECK(!m.tied);
	CHECK_INT(m.vocab, 128256);
	CHECK_INT(m.other_bytes, 256);
	CHECK_INT(m.output_weight_bytes, 4096ll * 128256 / 256 * 210);
	CHECK_INT(m.output_bytes, m.output_weight_bytes + 4096 * 4);
	CHECK_INT(m.layer[0].largest_bytes, 14336ll * 4096 / 256 * 210);
	CHECK_INT(m.layer[0].expert_bytes, 0);
	CHECK_INT(m.params, 8030261312);
	CHECK_STR(m.quant, "mostly q4_K");
	CHECK_STR(m.name, "test.gguf");
}

TEST(tied_models_have_their_embedding_twice)
{
	make_model(&made, "qwen3", 1, 1024, 16, 8);
	make_tensor(&made, "token_embd.weight", "q8_0", 1024, 151936, 1);
	make_tensor(&made, "output_norm.weight", "f32", 1024, 1, 1);
	struct model m = read_parts(1);

	CHECK(m.tied);
	CHECK_INT(m.embd_bytes, 1024 / 32 * 34 * 151936ll);
	CHECK_INT(m.output_weight_bytes, m.embd_bytes);
	CHECK_INT(m.output_bytes, m.embd_bytes + 4096);
	CHECK_INT(m.params, 1024 * 151936 + 1024);
}

TEST(tables_that_are_only_looked_up_stay_in_ram)
{
	make_model(&made, "gemma3n", 1, 2048, 8, 2);
	make_tensor(&made, "token_embd.weight", "q8_0", 2048, 262144, 1);
	make_tensor(&made, "per_layer_token_embd.weight", "q8_0", 256, 262144, 1);
	make_tensor(&made, "per_layer_model_proj.weight", "f16", 2048, 256, 1);
	struct model m = read_parts(1);

	CHECK_INT(m.embd_bytes, (2048 + 256) / 32 * 34 * 262144ll);
	CHECK_INT(m.output_weight_bytes, 2048 / 32 * 34 * 262144ll);
	CHECK_INT(m.other_bytes, 2 * 2048 * 256);
}

TEST(experts_are_told_apart)
{
	make_model(&made, "qwen3moe", 2, 2048, 32, 4);
	make_u32(&made, "expert_count", 128);
	make_u32(&made, "expert_used_count", 8);
	make_u32(&made, "feed_forward_length", 6144);
	make_layers(&made, 0, 2, "ffn_gate_inp.weight", "f32", 2048, 128, 1);
	make_layers(&made, 0, 2, "ffn_gate_exps.weight", "q4_K", 2048, 768, 128);
	make_layers(&made, 0, 2, "ffn_down_exps.weight", "q6_K", 768, 2048, 128);
	make_layers(&made, 0, 2, "ffn_down_shexp.weight", "q8_0", 512, 2048, 1);
	struct model m = read_parts(1);
	const struct model_layer *l = &m.layer[1];

	CHECK_INT(l->largest_expert_bytes, 768 * 2048 / 256 * 210 * 128);
	CHECK_INT(l->expert_bytes, 768 * 2048 / 256 * (144 + 210) * 128);
	CHECK_INT(l->largest_bytes, 512 / 32 * 34 * 2048);
	CHECK_INT(l->weight_bytes, l->expert_bytes + l->largest_bytes + 2048 * 128 * 4);
	CHECK_INT(m.experts, 128);
	CHECK_INT(m.experts_used, 8);
	CHECK_INT(m.expert_ff, 768);
	CHECK_INT(m.shared_ff, 512);
}

TEST(experts_of_old_files_have_a_tensor_each)
{
	make_model(&made, "llama", 1, 4096, 32, 8);
	make_u32(&made, "expert_count", 8);
	make_u32(&made, "expert_used_count", 2);
	make_u32(&made, "feed_forward_length", 14336);
	make_layers(&made, 0, 1, "ffn_gate_inp.weight", "f32", 4096, 8, 1);
	make_layers(&made, 0, 1, "ffn_gate.7.weight", "q8_0", 4096, 14336, 1);
	struct model m = read_parts(1);

	CHECK_INT(m.layer[0].expert_bytes, 4096 / 32 * 34 * 14336);
	CHECK_INT(m.expert_ff, 14336);
}

TEST(draft_layers_are_not_in_the_trunk)
{
	make_model(&made, "glm4moe", 47, 4096, 96, 8);
	make_u32(&made, "nextn_predict_layers", 1);
	make_layers(&made, 0, 47, "attn_q.weight", "f16", 4096, 64, 1);
	make_layers(&made, 46, 47, "nextn.eh_proj.weight", "f16", 8192, 64, 1);
	struct model m = read_parts(1);

	CHECK_INT(m.layer_count, 46);
	CHECK_INT(m.draft_layer_count, 1);
	CHECK_INT(m.draft_bytes, 2 * 64 * (4096 + 8192));
	CHECK_INT(m.layer[45].weight_bytes, 2 * 64 * 4096);
}

TEST(encoder_and_decoder_share_their_numbers)
{
	make_model(&made, "t5", 1, 512, 6, 6);
	make_tensor(&made, "enc.blk.0.attn_q.weight", "f16", 512, 384, 1);
	make_tensor(&made, "dec.blk.0.attn_q.weight", "f16", 512, 384, 1);
	make_tensor(&made, "enc.output_norm.weight", "f32", 512, 1, 1);
	struct model m = read_parts(1);

	CHECK_INT(m.layer[0].weight_bytes, 2 * 2 * 512 * 384);
	CHECK_INT(m.other_bytes, 2048);
	CHECK(m.notes.count > 0);
}

TEST(parts_of_a_split_file_are_summed)
{
	make_model(&second, "llama", 2, 4096, 32, 8);
	make_layers(&second, 1, 2, "attn_q.weight", "f16", 4096, 4096, 1);
	second.g.header_bytes = 64;
	second.g.missing_bytes = 1 << 20;
	struct made other = second;
	make_model(&made, "llama", 2, 4096, 32, 8);
	make_layers(&made, 0, 1, "attn_q.weight", "f16", 4096, 4096, 1);
	made.g.header_bytes = 4096;
	made.g.split_count = 3;
	second = other;
	second.g.tensor = second.tensors;
	struct model m = read_parts(2);

	CHECK_INT(m.layer[1].weight_bytes, 2 * 4096 * 4096);
	CHECK_INT(m.file_bytes, 4096 + 64 + 2 * 2 * 4096 * 4096);
	CHECK_INT(m.missing_bytes, 1 << 20);
	CHECK_STR(m.notes.name[0],
		  "only 2 of 3 parts are there: the weights of the others are not counted");
	CHECK_STR(m.notes.name[1], "1 MiB of the file are not there yet, or were cut off");
}

TEST(what_sees_may_be_in_the_same_file_or_another)
{
	make_model(&made, "gemma3", 1, 2560, 8, 4);
	make_tensor(&made, "v.blk.0.attn_q.weight", "f16", 1152, 1152, 1);
	make_tensor(&made, "mm.input_projection.weight", "f16", 1152, 2560, 1);
	struct model m = read_parts(1);
	CHECK_INT(m.projector_bytes, 2 * 1152 * (1152 + 2560));
	CHECK_INT(m.layer[0].weight_bytes, 0);

	struct err e = { 0 };
	CHECK_INT(model_add_projector(&m, &made.g, &e), -22);
	CHECK_STR(e.text, "general.architecture is gemma3: a projector (mmproj) has clip there");
	make_model(&made, "clip", 1, 1, 1, 1);
	make_tensor(&made, "v.blk.0.attn_q.weight", "f16", 100, 100, 1);
	CHECK_INT(model_add_projector(&m, &made.g, &e), 0);
	CHECK_INT(m.projector_bytes, 2 * 1152 * (1152 + 2560) + 20000);
}

TEST(a_commit_is_no_name)
{
	make_model(&made, "llama", 1, 4096, 32, 8);
	make_text(&made, "general.name", "47b6801b24d15ff9bcd8c96dfaea0be9ed3a0301");
	CHECK_STR(read_parts(1).name, "test.gguf");
	make_model(&made, "llama", 1, 4096, 32, 8);
	make_text(&made, "general.name", "Deadbeef");
	CHECK_STR(read_parts(1).name, "Deadbeef");
}

TEST(vocabulary_by_the_tensor_then_the_key_then_the_list)
{
	make_model(&made, "llama", 1, 4096, 32, 8);
	make_list(&made, "tokenizer.ggml.tokens", GGUF_STRING, NULL, 0);
	made.keys[made.g.key_count - 1].count = 32000;
	CHECK_INT(read_parts(1).vocab, 32000);
	make_u32(&made, "vocab_size", 32001);
	CHECK_INT(read_parts(1).vocab, 32001);
	make_tensor(&made, "token_embd.weight", "f16", 4096, 32064, 1);
	CHECK_INT(read_parts(1).vocab, 32064);
}

/* What the refusal of a llama with one more key says. */
static const char *refused(const char *key, enum gguf_kind kind, int64_t whole)
{
	struct model m;
	struct err e = { 0 };

	make_model(&made, "llama", 2, 4096, 32, 8);
	for (size_t i = 0; i < made.g.key_count; i++)
		if (strcmp(made.keys[i].name + strlen("llama."), key) == 0)
			made.keys[i].name = "general.other";
	make_key(&made, key, kind)->whole = whole;
	int r = model_of(&make_arena, "x.gguf", &made.g, 1, &m, &e);
	CHECK(r == 0 || r == -22);
	return r ? arena_printf(&make_arena, "%s", e.text) : "taken";
}

TEST(numbers_out_of_bounds_are_refused_by_name_and_place)
{
	CHECK_STR(refused("block_count", GGUF_U32, 513),
		  "x.gguf: byte 600: llama.block_count is 513, not 1 to 512");
	CHECK_STR(refused("block_count", GGUF_U32, 0),
		  "x.gguf: byte 600: llama.block_count is 0, not 1 to 512");
	CHECK_STR(refused("block_count", GGUF_I64, -1),
		  "x.gguf: byte 600: llama.block_count is -1, not 1 to 512");
	CHECK_STR(refused("block_count", GGUF_U64, INT64_MAX),
		  "x.gguf: byte 600: llama.block_count is 9223372036854775807, not 1 to 512");
	CHECK_STR(refused("block_count", GGUF_STRING, 0),
		  "x.gguf: byte 600: llama.block_count is no whole number");
	CHECK_STR(refused("block_count", GGUF_F32, 1),
		  "x.gguf: byte 600: llama.block_count is no whole number");
	CHECK_STR(refused("attention.head_count", GGUF_U32, 65537),
		  "x.gguf: byte 600: llama.attention.head_count is 65537, not 0 to 65536");
	CHECK_STR(refused("attention.head_count_kv", GGUF_U32, 33),
		  "x.gguf: byte 600: llama.attention.head_count_kv is more than "
		  "attention.head_count");
	CHECK_STR(refused("expert_count", GGUF_U32, 1025),
		  "x.gguf: byte 600: llama.expert_count is 1025, not 0 to 1024");
	CHECK_STR(refused("expert_used_count", GGUF_U32, 3),
		  "x.gguf: byte 600: llama.expert_used_count is more than expert_count");
	CHECK_STR(refused("embedding_length", GGUF_U32, 0),
		  "x.gguf: byte 600: llama.embedding_length is 0, not 1 to 268435456");
	CHECK_STR(refused("nextn_predict_layers", GGUF_U32, 3),
		  "x.gguf: byte 600: llama.nextn_predict_layers is 3, not 0 to 2");
	CHECK_STR(refused("feed_forward_length", GGUF_U16, 65535), "taken");
}

TEST(arrays_have_an_item_for_each_layer)
{
	static const int64_t items[] = { 8, 8, 70000 };
	struct model m;
	struct err e = { 0 };

	make_model(&made, "llama", 2, 4096, 32, 0);
	make_list(&made, "attention.head_count_kv", GGUF_U32, items, 3);
	CHECK_INT(model_of(&make_arena, "x", &made.g, 1, &m, &e), -22);
	CHECK_STR(e.text, "x: byte 500: llama.attention.head_count_kv has 3 items for 2 layers");

	made.keys[4].count = 2;
	CHECK_INT(model_of(&make_arena, "x", &made.g, 1, &m, &e), 0);

	make_model(&made, "llama", 3, 4096, 32, 0);
	make_list(&made, "attention.head_count_kv", GGUF_U32, items, 3);
	CHECK_INT(model_of(&make_arena, "x", &made.g, 1, &m, &e), -22);
	CHECK_STR(e.text, "x: byte 500: llama.attention.head_count_kv is 70000, not 0 to 65536");

	made.keys[4].items = NULL;
	CHECK_INT(model_of(&make_arena, "x", &made.g, 1, &m, &e), -22);
	CHECK_STR(e.text, "x: byte 500: llama.attention.head_count_kv is no array of whole "
			  "numbers for 3 layers");
}

TEST(what_a_model_must_say)
{
	struct model m;
	struct err e = { 0 };

	make_model(&made, "llama", 2, 4096, 0, 0);
	CHECK_INT(model_of(&make_arena, "x", &made.g, 1, &m, &e), -22);
	CHECK_STR(e.text, "x: the header has no llama.attention.head_count");
	made.g.key_count = 1;
	CHECK_INT(model_of(&make_arena, "x", &made.g, 1, &m, &e), -22);
	CHECK_STR(e.text, "x: the header has no llama.block_count: it is no language model");
	made.g.key_count = 0;
	CHECK_INT(model_of(&make_arena, "x", &made.g, 1, &m, &e), -22);
	CHECK_STR(e.text, "x: the header has no general.architecture");
	CHECK_INT(model_of(&make_arena, "x", &made.g, 0, &m, &e), -22);
	make_model(&made, "clip", 2, 4096, 32, 8);
	CHECK_INT(model_of(&make_arena, "x", &made.g, 1, &m, &e), -22);
	CHECK_STR(e.text,
		  "x: byte 100: it is a projector (mmproj) for a model that sees, and no model");
}

TEST(the_largest_of_all_numbers_wrap_nothing)
{
	make_model(&made, "mamba2", 512, 1 << 28, 0, 0);
	make_u32(&made, "ssm.conv_kernel", 1 << 28);
	make_u32(&made, "ssm.inner_size", 1 << 28);
	make_u32(&made, "ssm.state_size", 1 << 28);
	make_u32(&made, "ssm.group_count", 1 << 28);
	CHECK(read_parts(1).layer[511].state_bytes == UINT64_MAX);

	make_model(&made, "llama", 1, 1 << 28, 65536, 65536);
	make_u32(&made, "attention.key_length", 65535);
	make_u32(&made, "attention.value_length", 65535);
	CHECK_INT(read_parts(1).layer[0].k_width, 65535ll * 65536);

	made.g.tensor_count = 2;
	made.tensors[0] = made.tensors[1] =
	    (struct gguf_tensor){ .name = "blk.0.x",
				  .type = ggml_type_named("f32"),
				  .ne = { UINT64_MAX, UINT64_MAX, 2, 2 },
				  .bytes = UINT64_MAX };
	struct model m = read_parts(1);
	CHECK(m.params == UINT64_MAX);
	CHECK(m.layer[0].weight_bytes == UINT64_MAX);
}

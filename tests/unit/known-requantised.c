/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "gguf/known/known.h"
#include "tap.h"

static struct gguf made(struct arena *a, const char *name, const char *quant)
{
	struct known_for wanted = { .name = name, .quant = quant };
	struct gguf g = { 0 };
	const char *title;
	bool exact;

	CHECK_INT(known_model(a, &wanted, &g, &title, &exact, NULL), 0);
	return g;
}

TEST(a_model_requantised_is_as_if_made_so)
{
	static const char *const names[] = { "llama3.1:8b", "mixtral:8x7b", "gemma3:1b",
					     "glm4:9b" };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		for (size_t q = 0; quant_name(q); q++) {
			ARENA a = { 0 };
			struct gguf from = made(&a, names[i], "Q2_K"), got;
			struct gguf want = made(&a, names[i], quant_name(q));
			struct err e = { 0 };
			CHECK_INT(known_requantised(&a, &from, quant_name(q), &got, &e), 0);
			CHECK_INT(got.data_bytes, want.data_bytes);
			CHECK_INT(gguf_key(&got, "general.file_type")->whole,
				  gguf_key(&want, "general.file_type")->whole);
			/* the one that it was made from stays as it is */
			CHECK_INT(gguf_key(&from, "general.file_type")->whole, 10);
		}
}

TEST(quantisations_are_listed_best_first)
{
	uint64_t last = UINT64_MAX;
	ARENA a = { 0 };

	CHECK_STR(quant_name(0), "F16");
	for (size_t q = 0; quant_name(q); q++) {
		struct gguf g = made(&a, "llama3.1:70b", quant_name(q));
		if (g.data_bytes > last)
			TAP_FAIL("%s is larger than %s", quant_name(q), quant_name(q - 1));
		last = g.data_bytes;
	}
}

TEST(norms_and_routers_stay_f32)
{
	ARENA a = { 0 };
	struct gguf g = made(&a, "qwen3:30b-a3b", "IQ2_XXS");

	CHECK_STR(gguf_tensor(&g, "blk.0.attn_norm.weight")->type->name, "f32");
	CHECK_STR(gguf_tensor(&g, "blk.0.ffn_gate_inp.weight")->type->name, "f32");
	CHECK_STR(gguf_tensor(&g, "blk.0.attn_k_norm.weight")->type->name, "f32");
}

/* The output may lie in another part: a part without it says nothing of tied embeddings. */
TEST(a_part_of_a_model_keeps_its_embeddings)
{
	ARENA a = { 0 };
	struct gguf g = made(&a, "llama3.2:3b", "F16"), got;

	CHECK_INT(known_requantised(&a, &g, "Q4_K_M", &got, NULL), 0);
	CHECK_STR(gguf_tensor(&got, "token_embd.weight")->type->name, "q6_K");
	g.split_count = 2;
	CHECK_INT(known_requantised(&a, &g, "Q4_K_M", &got, NULL), 0);
	CHECK_STR(gguf_tensor(&got, "token_embd.weight")->type->name, "q4_K");
	CHECK_STR(gguf_tensor(&got, "blk.0.attn_v.weight")->type->name, "q6_K");
	CHECK_STR(gguf_tensor(&got, "blk.4.attn_v.weight")->type->name, "q4_K");
}

/* A header from outside may say anything. */
TEST(a_hostile_header_does_no_harm)
{
	struct gguf_key keys[] = {
		{ .name = "general.architecture", .kind = GGUF_U32, .whole = 3 },
		{ .name = "llama.block_count", .kind = GGUF_I64, .whole = -1 },
		{ .name = "llama.attention.head_count_kv", .kind = GGUF_ARRAY },
	};
	struct gguf_tensor tensors[] = {
		{ .name = "blk.99999999999.ffn_down.weight",
		  .type = ggml_type(0),
		  .ne = { INT64_MAX, INT64_MAX, 1, 1 } },
		{ .name = "blk.-4.attn_v.weight", .type = ggml_type(0), .ne = { 3, 5, 1, 1 } },
		{ .name = "weight", .type = ggml_type(0), .ne = { UINT64_C(1) << 61, 2, 1, 1 } },
		{ .name = "", .type = ggml_type(0), .ne = { 1, 1, 1, 1 } },
	};
	struct gguf g = { .key = keys,
			  .key_count = COUNT_OF(keys),
			  .tensor = tensors,
			  .tensor_count = COUNT_OF(tensors),
			  .alignment = 32,
			  .header_bytes = UINT64_MAX };
	ARENA a = { 0 };
	struct gguf got;

	for (size_t q = 0; quant_name(q); q++)
		CHECK_INT(known_requantised(&a, &g, quant_name(q), &got, NULL), 0);
	CHECK_INT(got.file_bytes == UINT64_MAX, 1);
	g = (struct gguf){ 0 };
	CHECK_INT(known_requantised(&a, &g, "Q8_0", &got, NULL), 0);
	CHECK_INT(known_requantised(&a, &g, "Q8", &got, NULL), -EINVAL);
}

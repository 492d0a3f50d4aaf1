/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>

#include "gguf/known/known.h"
#include "gguf/known/name.h"
#include "tap.h"

struct answer {
	struct gguf g;
	const char *title;
	bool exact;
};

static struct answer asked(struct arena *a, const char *name)
{
	struct known_for wanted = { .name = name };
	struct answer ret = { 0 };
	struct err e = { 0 };

	if (known_model(a, &wanted, &ret.g, &ret.title, &ret.exact, &e) < 0)
		TAP_FAIL("%s", e.text);
	return ret;
}

static int64_t key(const struct gguf *g, const char *rest)
{
	const struct gguf_key *k = gguf_arch_key(g, rest);
	if (!k)
		TAP_FAIL("no key %s", rest);
	return k->whole;
}

TEST(a_name_is_known_in_all_its_spellings)
{
	static const struct {
		const char *name, *title;
	} spelled[] = {
		{ "llama3.1:8b", "Llama 3.1 8B" },
		{ "llama3.1", "Llama 3.1 8B" },
		{ "Llama 3.1 8B Instruct", "Llama 3.1 8B" },
		{ "meta-llama/Meta-Llama-3.1-8B-Instruct", "Llama 3.1 8B" },
		{ "Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf", "Llama 3.1 8B" },
		{ "llama3.1:latest", "Llama 3.1 8B" },
		{ "qwen2.5:32b-instruct-q8_0", "Qwen2.5 32B" },
		{ "Qwen/Qwen2.5-Coder-32B-Instruct-GGUF", "Qwen2.5 32B" },
		{ "mistralai_Mistral-7B-Instruct-v0.2", "Mistral 7B v0.2" },
		{ "Mistral-Small-3.2-24B-Instruct-2506", "Mistral Small 3.1 24B" },
		{ "gemma-3-27b-it", "Gemma 3 27B" },
		{ "phi4", "Phi-4 14B" },
		{ "Phi-3-mini-4k-instruct", "Phi-3 mini 3.8B" },
		{ "DeepSeek-R1-Distill-Qwen-14B", "DeepSeek R1 Distill Qwen 14B" },
		{ "deepseek-r1:14b", "DeepSeek R1 Distill Qwen 14B" },
		{ "Qwen3-30B-A3B-Instruct-2507", "Qwen3 30B A3B 2507" },
		{ "gpt-oss-20b", "gpt-oss 20B" },
		{ "Mixtral-8x7B-Instruct-v0.1", "Mixtral 8x7B" },
		{ "c4ai-command-r-v01", "Command R 35B" },
		{ "Qwen3-4B-Instruct-2507-Q4_K_M.gguf", "Qwen3 4B 2507" },
		{ "phi3:3.8b-mini-4k-instruct-q4_K_M", "Phi-3 mini 3.8B" },
		{ "llama4:17b-scout-16e-instruct-q4_K_M", "Llama 4 Scout 17B 16E" },
		{ "GLM-4.5-Air", "GLM-4.5 Air 106B A12B" },
		{ "Llama-2-7b-chat-hf", "Llama 2 7B" },
	};
	for (size_t i = 0; i < COUNT_OF(spelled); i++) {
		ARENA a = { 0 };
		struct answer got = asked(&a, spelled[i].name);
		CHECK_STR(got.title, spelled[i].title);
		CHECK(got.exact);
	}
}

TEST(a_tuned_model_has_the_shape_of_its_base)
{
	ARENA a = { 0 };
	struct answer got = asked(&a, "openhermes");

	CHECK_STR(got.title, "openhermes, shaped as Mistral 7B v0.2");
	CHECK(!got.exact);
	got = asked(&a, "vicuna-13b-v1.5");
	CHECK_STR(got.title, "vicuna-13b-v1.5, shaped as Llama 2 13B");
	CHECK(!got.exact);
}

static int64_t file_type(const char *name)
{
	ARENA a = { 0 };
	struct answer got = asked(&a, name);
	return gguf_key(&got.g, "general.file_type")->whole;
}

TEST(a_name_may_say_its_quantisation)
{
	CHECK_INT(file_type("qwen2.5:32b-instruct-q8_0"), 7);
	CHECK_INT(file_type("llama3.1:8b-instruct-fp16"), 1);
	CHECK_INT(file_type("gemma3:27b-it-qat"), 2);
	CHECK_INT(file_type("llama3.1:8b"), 15);
	CHECK_INT(file_type("gpt-oss:20b"), 38);
}

TEST(what_is_asked_for_is_over_what_the_name_says)
{
	ARENA a = { 0 };
	struct known_for wanted = { .name = "qwen2.5:7b-instruct-q8_0", .quant = "q6_k" };
	struct gguf g;
	const char *title;
	bool exact;

	CHECK_INT(known_model(&a, &wanted, &g, &title, &exact, NULL), 0);
	CHECK_INT(gguf_key(&g, "general.file_type")->whole, 18);
}

TEST(an_unknown_name_gets_the_nearest)
{
	ARENA a = { 0 };
	struct known_for wanted = { .name = "qwen2.5:31b" };
	struct err e = { 0 };
	struct gguf g;
	const char *title;
	bool exact;

	CHECK_INT(known_model(&a, &wanted, &g, &title, &exact, &e), -ENOENT);
	CHECK(strstr(e.text, "qwen2.5:32b") != NULL);
	CHECK(str_ends(e.text, "; by size: --params 31b"));
	wanted.name = "\x1b[2Jevil\n";
	CHECK_INT(known_model(&a, &wanted, &g, &title, &exact, &e), -ENOENT);
	CHECK(strchr(e.text, '\x1b') == NULL && strchr(e.text, '\n') == NULL);
	wanted = (struct known_for){ .name = "llama3.1:8b", .quant = "Q9_Z" };
	CHECK_INT(known_model(&a, &wanted, &g, &title, &exact, &e), -EINVAL);
	CHECK_STR(e.text, "no quantisation is called 'Q9_Z': Q4_K_M, Q8_0 and F16 are, for three");
	wanted = (struct known_for){ .name = "" };
	CHECK_INT(known_model(&a, &wanted, &g, &title, &exact, &e), -ENOENT);
}

TEST(every_name_in_the_table_is_its_own)
{
	size_t count = 0;
	for (const char *name; (name = known_name(count)); count++) {
		ARENA a = { 0 };
		struct answer got = asked(&a, name);
		CHECK(got.exact);
		CHECK_STR(gguf_key(&got.g, "general.name")->text, got.title);
		for (size_t i = 0; i < count; i++)
			CHECK(!str_eq(known_name(i), name));
	}
	CHECK(count > 100);
}

static void all_lead_to(const struct shape *s, const char *list, bool kin)
{
	ARENA a = { 0 };
	struct names n = str_split(&a, list ? list : "", ",", 256);

	for (size_t i = 0; i < n.count; i++) {
		struct named got = name_read(&a, n.name[i]);
		if (got.shape != s)
			TAP_FAIL("%s is %s, not %s", n.name[i],
				 got.shape ? got.shape->title : "nothing", s->title);
		if (got.kin != kin)
			TAP_FAIL("%s is %s %s", n.name[i], kin ? "taken for" : "only near",
				 s->title);
	}
}

TEST(no_two_shapes_share_a_name)
{
	const struct shape *s;
	for (size_t i = 0; (s = shape_at(i)); i++) {
		all_lead_to(s, s->name, false);
		all_lead_to(s, s->also, false);
		all_lead_to(s, s->kin, true);
	}
}

TEST(keys_are_those_of_a_file)
{
	ARENA a = { 0 };
	struct gguf g = asked(&a, "qwen3:30b-a3b").g;

	CHECK_STR(gguf_key(&g, "general.architecture")->text, "qwen3moe");
	CHECK_INT(key(&g, "block_count"), 48);
	CHECK_INT(key(&g, "embedding_length"), 2048);
	CHECK_INT(key(&g, "feed_forward_length"), 6144);
	CHECK_INT(key(&g, "attention.head_count"), 32);
	CHECK_INT(key(&g, "attention.head_count_kv"), 4);
	CHECK_INT(key(&g, "attention.key_length"), 128);
	CHECK_INT(key(&g, "expert_count"), 128);
	CHECK_INT(key(&g, "expert_used_count"), 8);
	CHECK_INT(key(&g, "vocab_size"), 151936);
	g = asked(&a, "gemma3:27b").g;
	CHECK_INT(key(&g, "attention.sliding_window"), 1024);
	CHECK_INT(key(&g, "context_length"), 131072);
	g = asked(&a, "deepseek-v3").g;
	CHECK_INT(key(&g, "attention.kv_lora_rank"), 512);
	CHECK_INT(key(&g, "attention.key_length"), 576);
	CHECK_INT(key(&g, "attention.key_length_mla"), 192);
	CHECK_INT(key(&g, "leading_dense_block_count"), 3);
}

TEST(tensors_lie_one_behind_the_other)
{
	ARENA a = { 0 };
	struct gguf g = asked(&a, "smollm2:135m").g;
	uint64_t at = 0;

	for (size_t i = 0; i < g.tensor_count; i++) {
		CHECK_INT(g.tensor[i].offset, at);
		at += (g.tensor[i].bytes + 31) / 32 * 32;
	}
	CHECK_INT(g.data_bytes, at);
	CHECK_INT(g.file_bytes, at + g.header_bytes);
	CHECK_INT(g.missing_bytes, 0);
}

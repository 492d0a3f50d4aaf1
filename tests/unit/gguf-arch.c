/* SPDX-License-Identifier: MIT */
/* The table of architectures: how llama.cpp's models keep what they read. */
#include "gguf/model.h"

#include "tap.h"

TEST(all_of_the_common_are_there)
{
	static const char *const names[] = {
		"llama", "llama4",     "mistral3",  "qwen2",  "qwen2vl",    "qwen3",     "qwen3moe",
		"phi3",  "gemma3",     "command-r", "glm4",   "glm4moe",    "granite",   "olmoe",
		"deci",  "exaone",     "nemotron",  "falcon", "starcoder2", "internlm2", "minicpm",
		"bert",  "nomic-bert", "t5",        "dbrx",   "grok",       "smollm3",   "ernie4_5",
	};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (!arch_find(names[i]))
			TAP_FAIL("%s is not in the table", names[i]);
	CHECK(!arch_find("no-such"));
	CHECK(!arch_find(""));
	CHECK(!arch_find(NULL));
}

TEST(each_keeps_what_it_reads_in_its_way)
{
	CHECK_INT(arch_find("llama")->cache, CACHE_PLAIN);
	CHECK_INT(arch_find("deepseek2")->cache, CACHE_MLA);
	CHECK_INT(arch_find("mamba")->cache, CACHE_RECURRENT);
	CHECK_INT(arch_find("rwkv7")->cache, CACHE_RECURRENT);
	CHECK_INT(arch_find("jamba")->cache, CACHE_HYBRID);
	CHECK_INT(arch_find("qwen3next")->cache, CACHE_HYBRID);
	CHECK_INT(arch_find("bert")->cache, CACHE_NONE);
	CHECK(arch_find("bert")->encoder);
	CHECK_INT(arch_find("llada")->cache, CACHE_NONE);
	CHECK(!arch_find("llada")->encoder);
}

TEST(cycles_of_windows)
{
	static const struct {
		const char *name;
		unsigned period;
		bool dense_first;
	} known[] = {
		{ "gemma2", 2 },
		{ "gemma3", 6 },
		{ "gemma3n", 5 },
		{ "cohere2", 4 },
		{ "llama4", 4 },
		{ "gpt-oss", 2 },
		{ "olmo2", 4 },
		{ "exaone4", 4 },
		{ "plamo3", 8 },
		{ "gemma-embedding", 6 },
		{ "smallthinker", 4, true },
		{ "laguna", 4, true },
		{ "modern-bert", 3, true },
	};
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		const struct arch *arch = arch_find(known[i].name);
		CHECK_INT(arch->window_period, known[i].period);
		CHECK_INT(arch->window_dense_first, known[i].dense_first);
	}
	CHECK_INT(arch_find("llama")->window_period, 0);
	CHECK(arch_find("phi3")->window_unused);
}

/* SPDX-License-Identifier: MIT */
#include "gguf/size/traits.h"

#include "base/str.h"

static const struct {
	const char *arch;
	uint32_t traits;
} table[] = {
	{ "arcee", TRAIT_NO_GATE },
	{ "bailingmoe3", TRAIT_LATE_ROWS },
	{ "bert", TRAIT_NO_GATE | TRAIT_LAYER_NORM },
	{ "bloom", TRAIT_NO_GATE | TRAIT_QKV | TRAIT_LAYER_NORM },
	{ "chameleon", TRAIT_LAYER_NORM },
	{ "chatglm", TRAIT_GATE_UP | TRAIT_QKV },
	{ "codeshell", TRAIT_NO_GATE | TRAIT_QKV | TRAIT_LAYER_NORM },
	{ "cohere2", TRAIT_PARALLEL | TRAIT_LAYER_NORM },
	{ "cohere2moe", TRAIT_PARALLEL | TRAIT_LATE_ROWS },
	{ "command-r", TRAIT_PARALLEL | TRAIT_LAYER_NORM },
	{ "dbrx", TRAIT_QKV | TRAIT_LAYER_NORM },
	{ "deepseek2", TRAIT_LATE_ROWS },
	{ "deepseek32", TRAIT_LATE_ROWS },
	{ "falcon", TRAIT_NO_GATE | TRAIT_QKV | TRAIT_PARALLEL | TRAIT_LAYER_NORM },
	{ "gemma4", TRAIT_LATE_ROWS },
	{ "glm-dsa", TRAIT_LATE_ROWS },
	{ "glm4", TRAIT_GATE_UP },
	{ "glm4moe", TRAIT_LATE_ROWS },
	{ "gpt-oss", TRAIT_LATE_ROWS },
	{ "gpt2", TRAIT_NO_GATE | TRAIT_QKV | TRAIT_LAYER_NORM },
	{ "gptneox", TRAIT_NO_GATE | TRAIT_QKV | TRAIT_PARALLEL | TRAIT_LAYER_NORM },
	{ "hy-v3", TRAIT_LATE_ROWS },
	{ "jais", TRAIT_QKV | TRAIT_LAYER_NORM },
	{ "jais2", TRAIT_NO_GATE | TRAIT_LAYER_NORM },
	{ "jina-bert-v2", TRAIT_LAYER_NORM },
	{ "jina-bert-v3", TRAIT_LAYER_NORM },
	{ "mimo2", TRAIT_LATE_ROWS },
	{ "modern-bert", TRAIT_GATE_UP | TRAIT_QKV | TRAIT_LAYER_NORM },
	{ "mpt", TRAIT_NO_GATE | TRAIT_QKV | TRAIT_LAYER_NORM },
	{ "nemotron", TRAIT_NO_GATE | TRAIT_LAYER_NORM },
	{ "nemotron_h", TRAIT_NO_GATE | TRAIT_LATE_ROWS },
	{ "nemotron_h_moe", TRAIT_NO_GATE | TRAIT_LATE_ROWS },
	{ "neo-bert", TRAIT_GATE_UP | TRAIT_QKV },
	{ "nomic-bert", TRAIT_LAYER_NORM },
	{ "nomic-bert-moe", TRAIT_LAYER_NORM },
	{ "olmo", TRAIT_LAYER_NORM },
	{ "openelm", TRAIT_QKV },
	{ "orion", TRAIT_LAYER_NORM },
	{ "phi2", TRAIT_NO_GATE | TRAIT_PARALLEL | TRAIT_LAYER_NORM },
	{ "phi3", TRAIT_GATE_UP | TRAIT_QKV },
	{ "phimoe", TRAIT_LAYER_NORM },
	{ "plamo", TRAIT_PARALLEL },
	{ "plamo2", TRAIT_GATE_UP | TRAIT_QKV },
	{ "plamo3", TRAIT_GATE_UP | TRAIT_QKV },
	{ "plm", TRAIT_NO_GATE },
	{ "qwen", TRAIT_QKV },
	{ "qwen35", TRAIT_LATE_ROWS },
	{ "qwen35moe", TRAIT_LATE_ROWS },
	{ "qwen3next", TRAIT_LATE_ROWS },
	{ "rwkv6", TRAIT_LAYER_NORM },
	{ "rwkv7", TRAIT_LAYER_NORM },
	{ "stablelm", TRAIT_LAYER_NORM },
	{ "starcoder", TRAIT_NO_GATE | TRAIT_QKV | TRAIT_LAYER_NORM },
	{ "starcoder2", TRAIT_NO_GATE | TRAIT_LAYER_NORM },
	{ "step35", TRAIT_LATE_ROWS },
};

uint32_t traits_of(const char *arch)
{
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (str_eq(table[i].arch, arch))
			return table[i].traits;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* Known shapes and mixes against files that were published, and buffers that llama.cpp printed. */
#include <math.h>

#include "gguf/known/known.h"
#include "tap.h"

static struct gguf made(struct arena *a, const char *name, const char *quant)
{
	struct known_for wanted = { .name = name, .quant = quant };
	struct err e = { 0 };
	struct gguf g = { 0 };
	const char *title;
	bool exact;

	if (known_model(a, &wanted, &g, &title, &exact, &e) < 0)
		TAP_FAIL("%s", e.text);
	if (!exact)
		TAP_FAIL("%s is not exact", name);
	return g;
}

/* Sizes of published files, in 10^9 bytes; a file has its vocabulary before the weights as well. */
static const struct {
	const char *name, *quant;
	double gb;
} published[] = {
	{ "llama3.1:8b", "F32", 32.13 },
	{ "llama3.1:8b", "Q8_0", 8.54 },
	{ "llama3.1:8b", "Q6_K", 6.60 },
	{ "llama3.1:8b", "Q5_K_M", 5.73 },
	{ "llama3.1:8b", "Q5_K_S", 5.60 },
	{ "llama3.1:8b", "Q4_K_M", 4.92 },
	{ "llama3.1:8b", "Q4_K_S", 4.69 },
	{ "llama3.1:8b", "Q4_0", 4.66 },
	{ "llama3.1:8b", "IQ4_XS", 4.45 },
	{ "llama3.1:8b", "Q3_K_L", 4.32 },
	{ "llama3.1:8b", "Q3_K_M", 4.02 },
	{ "llama3.1:8b", "IQ3_M", 3.78 },
	{ "llama3.1:8b", "Q3_K_S", 3.66 },
	{ "llama3.1:8b", "IQ3_XS", 3.52 },
	{ "llama3.1:8b", "Q2_K", 3.18 },
	{ "llama3.1:8b", "IQ2_M", 2.95 },
	{ "qwen2.5:32b", "Q8_0", 34.82 },
	{ "qwen2.5:32b", "Q6_K", 26.89 },
	{ "qwen2.5:32b", "Q5_K_M", 23.26 },
	{ "qwen2.5:32b", "Q5_K_S", 22.64 },
	{ "qwen2.5:32b", "Q4_K_M", 19.85 },
	{ "qwen2.5:32b", "Q4_K_S", 18.78 },
	{ "qwen2.5:32b", "IQ4_XS", 17.69 },
	{ "qwen2.5:32b", "Q3_K_L", 17.25 },
	{ "qwen2.5:32b", "Q3_K_M", 15.94 },
	{ "qwen2.5:32b", "IQ3_M", 14.81 },
	{ "qwen2.5:32b", "Q3_K_S", 14.39 },
	{ "qwen2.5:32b", "IQ3_XS", 13.71 },
	{ "qwen2.5:32b", "Q2_K", 12.31 },
	{ "qwen2.5:32b", "IQ2_M", 11.26 },
	{ "qwen2.5:32b", "IQ2_S", 10.39 },
	{ "qwen2.5:32b", "IQ2_XS", 9.96 },
	{ "qwen2.5:32b", "IQ2_XXS", 9.03 },
	{ "llama2:7b", "Q8_0", 7.16 },
	{ "llama2:7b", "Q6_K", 5.53 },
	{ "llama2:7b", "Q5_K_M", 4.78 },
	{ "llama2:7b", "Q5_0", 4.65 },
	{ "llama2:7b", "Q4_K_M", 4.08 },
	{ "llama2:7b", "Q4_K_S", 3.86 },
	{ "llama2:7b", "Q4_0", 3.83 },
	{ "llama2:7b", "Q3_K_L", 3.60 },
	{ "llama2:7b", "Q3_K_M", 3.30 },
	{ "llama2:13b", "Q4_K_M", 7.87 },
	{ "llama3.3", "Q8_0", 74.98 },
	{ "llama3.3", "Q5_K_M", 49.95 },
	{ "llama3.3", "Q4_K_M", 42.52 },
	{ "llama3.3", "Q4_K_S", 40.35 },
	{ "llama3.3", "IQ4_XS", 37.90 },
	{ "llama3.3", "Q3_K_M", 34.27 },
	{ "llama3.3", "Q3_K_S", 30.91 },
	{ "llama3.3", "IQ3_M", 31.94 },
	{ "llama3.3", "IQ3_XXS", 27.47 },
	{ "llama3.3", "Q2_K", 26.38 },
	{ "llama3.3", "IQ2_M", 24.12 },
	{ "llama3.3", "IQ2_XS", 21.14 },
	{ "llama3.3", "IQ2_XXS", 19.10 },
	{ "llama3.3", "IQ1_M", 16.75 },
	{ "gemma2:9b", "Q4_K_M", 5.76 },
	{ "gemma2:27b", "Q4_K_M", 16.65 },
	{ "gemma3:27b", "Q8_0", 28.71 },
	{ "gemma3:12b", "Q4_K_M", 7.30 },
	{ "mistral:7b", "Q4_K_M", 4.37 },
	{ "mistral-nemo", "Q4_K_M", 7.48 },
	{ "mistral-small:24b", "Q4_K_M", 14.33 },
	{ "codestral", "Q4_K_M", 13.34 },
	{ "mixtral:8x22b", "Q4_K_M", 85.59 },
	{ "qwen2.5:72b", "Q4_K_M", 47.42 },
	{ "qwen3:8b", "Q4_K_M", 5.03 },
	{ "qwen3:32b", "Q4_K_M", 19.76 },
	{ "qwen3:30b-a3b", "Q4_K_M", 18.56 },
	{ "phi3", "Q4_K_M", 2.39 },
	{ "phi4", "Q4_K_M", 9.05 },
	{ "command-r-v01", "Q4_K_M", 21.53 },
	{ "command-r-plus", "Q4_K_M", 62.75 },
	{ "aya-expanse:8b", "Q4_K_M", 5.06 },
	{ "glm4:32b", "Q4_K_M", 19.68 },
	{ "glm4:9b", "Q4_K_M", 6.25 },
	{ "deepseek-r1:671b", "Q4_K_M", 404.43 },
	{ "deepseek-v2:16b", "Q4_K_M", 10.36 },
	{ "deepseek-coder:33b", "Q4_K_M", 19.94 },
	{ "codellama:34b", "Q4_K_M", 20.22 },
	{ "yi:34b", "Q4_K_M", 20.66 },
	{ "olmo2:13b", "Q4_K_M", 8.35 },
	{ "granite3.3:8b", "Q4_K_M", 4.94 },
	{ "falcon3:10b", "Q4_K_M", 6.29 },
	{ "starcoder2:15b", "Q4_K_M", 9.86 },
	{ "exaone3.5:32b", "Q4_K_M", 19.34 },
	{ "llama4:scout", "Q4_K_M", 65.36 },
	{ "gpt-oss:20b", NULL, 12.11 },
	{ "gpt-oss:120b", NULL, 63.39 },
	{ "mistral-large", "Q4_K_M", 73.22 },
	{ "nomic-embed-text", NULL, 0.274 },
	{ "mxbai-embed-large", NULL, 0.670 },
};

TEST(files_are_as_large_as_published)
{
	for (size_t i = 0; i < COUNT_OF(published); i++) {
		ARENA a = { 0 };
		struct gguf g = made(&a, published[i].name, published[i].quant);
		double off = (double)g.file_bytes / 1e9 / published[i].gb - 1;
		if (fabs(off) > 0.005)
			TAP_FAIL("%s %s: %.3f GB, not %.3f", published[i].name,
				 published[i].quant ? published[i].quant : "as published",
				 (double)g.file_bytes / 1e9, published[i].gb);
	}
}

static uint64_t embd_bytes(const struct gguf *g)
{
	return gguf_tensor(g, "token_embd.weight")->bytes;
}

/* Ollama's library says 8.9 GB, of which the projector is 0.86. */
TEST(what_was_trained_for_q4_0_keeps_its_embeddings)
{
	ARENA a = { 0 };
	struct gguf g = made(&a, "gemma3:12b-it-qat", NULL);

	CHECK_STR(gguf_tensor(&g, "token_embd.weight")->type->name, "f16");
	CHECK_STR(gguf_tensor(&g, "blk.0.ffn_down.weight")->type->name, "q4_0");
	CHECK(fabs((double)g.file_bytes / 1e9 - 8.05) < 0.05);
	g = made(&a, "gemma3:12b-it-q4_0", NULL);
	CHECK_STR(gguf_tensor(&g, "token_embd.weight")->type->name, "q6_K");
}

/* What the engine printed: "CUDA0 model buffer size", "CPU_Mapped model buffer size". */
TEST(buffers_are_as_large_as_printed)
{
	static const struct {
		const char *name, *quant;
		double gpu_mib, cpu_mib;
		bool tied;
	} printed[] = {
		{ "llama3.1:8b", "Q4_K_M", 4403.49, 281.81, false },
		{ "qwen2.5:7b", "Q4_K_M", 4168.09, 292.36, false },
		{ "qwen2.5:14b", "Q4_K_M", 8148.38, 417.66, false },
		{ "qwen2.5:32b", "Q4_K_M", 18508.35, 417.66, false },
		{ "gemma3:1b", "Q4_K_M", 762.49, 306.00, true },
		{ "command-r-v01", "Q4_K_M", 20519.41, 1640.62, true },
		{ "llama2:7b", "Q4_K_M", 3820.93, 70.31, false },
	};
	for (size_t i = 0; i < COUNT_OF(printed); i++) {
		ARENA a = { 0 };
		struct gguf g = made(&a, printed[i].name, printed[i].quant);
		uint64_t gpu = g.data_bytes - (printed[i].tied ? 0 : embd_bytes(&g));
		CHECK(fabs((double)gpu / 0x1p20 - printed[i].gpu_mib) < 0.02);
		CHECK(fabs((double)embd_bytes(&g) / 0x1p20 - printed[i].cpu_mib) < 0.02);
	}
}

static int64_t of_type(const struct gguf *g, const char *type)
{
	int64_t count = 0;
	for (size_t i = 0; i < g->tensor_count; i++)
		count += str_eq(g->tensor[i].type->name, type);
	return count;
}

/* "- type q4_K: 193 tensors", as the loader printed of real files. */
TEST(types_are_as_many_as_printed)
{
	static const struct {
		const char *name, *quant;
		struct {
			const char *type;
			int count;
		} of[6];
	} printed[] = {
		{ "llama3.1:70b",
		  "Q4_K_M",
		  { { "f32", 162 }, { "q4_K", 441 }, { "q5_K", 40 }, { "q6_K", 81 } } },
		{ "deepseek-v2:16b",
		  "Q4_K_M",
		  { { "f32", 108 }, { "q8_0", 13 }, { "q4_K", 229 }, { "q6_K", 13 } } },
		{ "mistral-large",
		  "IQ3_XS",
		  { { "q4_K", 88 }, { "q6_K", 1 }, { "iq3_xxs", 308 }, { "iq3_s", 221 } } },
		{ "glm4:9b-0414",
		  "Q5_K_M",
		  { { "f32", 281 },
		    { "q5_1", 20 },
		    { "q8_0", 20 },
		    { "q5_K", 181 },
		    { "q6_K", 21 } } },
		{ "glm4:32b-0414",
		  "IQ4_XS",
		  { { "f32", 245 }, { "q5_K", 61 }, { "q6_K", 1 }, { "iq4_xs", 306 } } },
		{ "gemma3:27b",
		  "IQ3_M",
		  { { "f32", 373 }, { "q4_K", 131 }, { "q6_K", 1 }, { "iq3_s", 303 } } },
		{ "gemma3:1b",
		  "Q4_K_M",
		  { { "f32", 157 },
		    { "q5_0", 117 },
		    { "q8_0", 14 },
		    { "q4_K", 39 },
		    { "q6_K", 13 } } },
		{ "llama3.2:3b",
		  "Q3_K_M",
		  { { "f32", 58 },
		    { "q3_K", 112 },
		    { "q4_K", 81 },
		    { "q5_K", 3 },
		    { "q6_K", 1 } } },
		{ "qwen1.5:14b",
		  "Q4_K_S",
		  { { "q5_0", 35 },
		    { "q5_1", 5 },
		    { "q4_K", 237 },
		    { "q5_K", 4 },
		    { "q6_K", 1 } } },
		{ "phi3:mini",
		  "Q4_K_M",
		  { { "f32", 65 }, { "q4_K", 81 }, { "q5_K", 32 }, { "q6_K", 17 } } },
		{ "gpt-oss:20b", "F16", { { "f32", 289 }, { "f16", 98 }, { "mxfp4", 72 } } },
		{ "gpt-oss:20b", "MXFP4", { { "f32", 289 }, { "q8_0", 98 }, { "mxfp4", 72 } } },
		{ "phi4-mini", "BF16", { { "f32", 67 }, { "bf16", 129 } } },
		{ "gemma4:12b", "Q4_K_M", { { "f32", 338 }, { "q4_K", 284 }, { "q6_K", 45 } } },
		{ "gemma3n:e4b", "F16", { { "f32", 422 } } },
		{ "qwen2:57b-a14b", "F16", { { "f32", 197 }, { "f16", 282 } } },
		{ "qwen3:0.6b", "Q8_0", { { "f32", 113 }, { "q8_0", 197 } } },
		{ "command-r-v01", "Q4_K_M", { { "f32", 41 }, { "q4_K", 240 }, { "q6_K", 41 } } },
	};
	for (size_t i = 0; i < COUNT_OF(printed); i++) {
		ARENA a = { 0 };
		struct gguf g = made(&a, printed[i].name, printed[i].quant);
		for (size_t k = 0; k < 6 && printed[i].of[k].type; k++)
			CHECK_INT(of_type(&g, printed[i].of[k].type), printed[i].of[k].count);
	}
}

/* "model params = 8.03 B", as the loader printed of real files. */
TEST(parameters_are_as_many_as_printed)
{
	static const struct {
		const char *name;
		double billions;
	} printed[] = {
		{ "llama3.1:8b", 8.03 },        { "llama3.3", 70.55 },
		{ "llama3.2:1b", 1.24 },        { "llama3.2:3b", 3.21 },
		{ "llama2:7b", 6.74 },          { "codellama:13b", 13.02 },
		{ "mistral:7b", 7.25 },         { "mistral:7b-v0.2", 7.24 },
		{ "mistral-large", 122.61 },    { "qwen2.5:7b", 7.62 },
		{ "qwen2.5:14b", 14.77 },       { "qwen2.5:3b", 3.09 },
		{ "qwen1.5:14b", 14.17 },       { "qwen2:57b-a14b", 57.41 },
		{ "qwen3:32b", 32.76 },         { "qwen3:4b", 4.02 },
		{ "qwen3:8b", 8.19 },           { "qwen3:30b-a3b", 30.53 },
		{ "qwen3.5:9b", 8.95 },         { "qwen3.5:35b", 34.66 },
		{ "qwen3-next", 79.67 },        { "gemma2:2b", 2.61 },
		{ "gemma2:9b", 9.24 },          { "gemma2:27b", 27.23 },
		{ "gemma3:4b", 3.88 },          { "gemma3:27b", 27.01 },
		{ "gemma3n:e4b", 6.87 },        { "gemma4:e4b", 7.52 },
		{ "gemma4:12b", 11.91 },        { "gemma4:26b", 25.23 },
		{ "gemma4:31b", 30.70 },        { "deepseek-v2:16b", 15.71 },
		{ "deepseek-r1:671b", 671.03 }, { "glm4.7-flash", 29.94 },
		{ "glm4.5-air", 110.47 },       { "glm4.5", 358.34 },
		{ "glm4:9b-0414", 9.40 },       { "glm4:32b-0414", 32.57 },
		{ "command-r-v01", 34.98 },     { "gpt-oss:20b", 20.91 },
		{ "gpt-oss:120b", 116.83 },     { "phi3", 3.82 },
		{ "phi4-mini", 3.84 },          { "minimax-m2", 228.69 },
		{ "smollm2:135m", 0.13452 },    { "qwen3:0.6b", 0.59605 },
		{ "gemma3:1b", 0.99989 },
	};
	for (size_t i = 0; i < COUNT_OF(printed); i++) {
		ARENA a = { 0 };
		struct gguf g = made(&a, printed[i].name, NULL);
		double sum = 0;
		for (size_t k = 0; k < g.tensor_count; k++) {
			const uint64_t *ne = g.tensor[k].ne;
			sum += (double)ne[0] * (double)ne[1] * (double)ne[2] * (double)ne[3];
		}
		double digit = printed[i].billions < 1 ? 1e-5 : 0.01;
		if (fabs(sum / 1e9 - printed[i].billions) > digit * 0.51)
			TAP_FAIL("%s: %.5f B, not %g", printed[i].name, sum / 1e9,
				 printed[i].billions);
	}
}

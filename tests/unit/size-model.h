/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/size/size.h"
#include "tap.h"

/* Models by hand: shapes of real ones, weights of round numbers. */

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

static const struct arch plain_arch = { .name = "llama" };
static const struct arch latent_arch = { .name = "deepseek2", .cache = CACHE_MLA };
static const struct arch encoder_arch = { .name = "bert",
					  .cache = CACHE_NONE,
					  .encoder = true,
					  .headless = true };

static struct model_layer layer_store[GGUF_LAYERS_MAX];

struct shape_of {
	uint32_t layers, embd, ff, heads, kv_heads, head, vocab;
};

static inline struct model make(const char *arch, struct shape_of s)
{
	struct model m = {
		.name = arch,
		.arch = arch,
		.as = &plain_arch,
		.arch_known = true,
		.context_max = 131072,
		.embd = s.embd,
		.ff = s.ff,
		.heads = s.heads,
		.kv_heads = s.kv_heads,
		.k_head = s.head,
		.v_head = s.head,
		.vocab = s.vocab,
		.embd_bytes = 282 * MIB,
		.output_bytes = 411 * MIB,
		.output_weight_bytes = 410 * MIB,
		.layer = layer_store,
		.layer_count = s.layers,
	};

	for (uint32_t i = 0; i < s.layers; i++)
		layer_store[i] = (struct model_layer){
			.weight_bytes = 125 * MIB,
			.largest_bytes = 46 * MIB,
			.cache = LAYER_CACHE_FULL,
			.k_width = s.kv_heads * s.head,
			.v_width = s.kv_heads * s.head,
			.heads = s.heads,
			.kv_heads = s.kv_heads,
			.k_head = s.head,
			.v_head = s.head,
			.ff = s.ff,
		};
	return m;
}

static inline struct model llama_8b(void)
{
	return make("llama", (struct shape_of){ 32, 4096, 14336, 32, 8, 128, 128256 });
}

static inline void windows(struct model *m, uint32_t window, uint32_t period)
{
	m->window = window;
	for (uint32_t i = 0; i < m->layer_count; i++)
		if (i % period < period - 1)
			m->layer[i].cache = LAYER_CACHE_WINDOW;
}

static inline struct model gemma3_27b(void)
{
	struct model m = make("gemma3", (struct shape_of){ 62, 5376, 21504, 32, 16, 128, 262208 });

	windows(&m, 1024, 6);
	return m;
}

/* Experts of all layers: of so many bytes in three tensors. */
static inline void experts(struct model *m, uint32_t count, uint32_t used, uint32_t ff,
			   uint64_t bytes)
{
	m->experts = count;
	m->experts_used = used;
	m->expert_ff = ff;
	for (uint32_t i = 0; i < m->layer_count; i++) {
		m->layer[i].expert_bytes = bytes;
		m->layer[i].weight_bytes += bytes;
		m->layer[i].largest_expert_bytes = bytes / 3;
		m->layer[i].ff = 0;
	}
}

static inline struct model gpt_oss_20b(void)
{
	struct model m = make("gpt-oss", (struct shape_of){ 24, 2880, 2880, 64, 8, 64, 201088 });

	windows(&m, 128, 2);
	experts(&m, 32, 4, 2880, 420 * MIB);
	return m;
}

static inline struct model deepseek_v3(void)
{
	struct model m =
	    make("deepseek2", (struct shape_of){ 61, 7168, 18432, 128, 1, 576, 129280 });

	m.as = &latent_arch;
	for (uint32_t i = 0; i < m.layer_count; i++) {
		m.layer[i].v_width = 0;
		m.layer[i].v_head = 512;
	}
	experts(&m, 256, 8, 2048, 6000 * MIB);
	return m;
}

static inline struct build build_of(const char *text)
{
	struct build b;
	struct err e = { 0 };

	if (build_parse(text, &b, &e) < 0)
		TAP_FAIL("%s", e.text);
	return b;
}

/* All on the GPU, of a build: "" is none in particular. */
static inline struct settings ask(uint32_t ctx, enum flash flash, const char *build)
{
	struct settings s = {
		.ctx = ctx,
		.flash = flash,
		.parallel = 1,
		.has_gpu_layers = true,
		.gpu_layers = 999,
	};

	if (*build)
		s.build = build_of(build);
	return s;
}

static inline struct settings ask_type(uint32_t ctx, const char *type)
{
	struct settings s = ask(ctx, FLASH_ON, "");

	s.type_k = s.type_v = ggml_type_named(type);
	return s;
}

static inline struct size_room room(uint64_t free_bytes)
{
	return (struct size_room){
		"RTX 3060", free_bytes, free_bytes, { 100 * MIB, 200 * MIB, 500 * MIB }
	};
}

static inline struct size size_on(const struct model *m, struct settings s, uint32_t gpus)
{
	struct size_room rooms[GPUS_MAX];
	struct size z;

	for (int i = 0; i < GPUS_MAX; i++)
		rooms[i] = room(1000 * GIB);
	settings_complete(&s, m);
	size_of(NULL, m, &s, rooms, gpus, &z);
	return z;
}

/* Tenths of a MiB, as llama.cpp's logs can be compared. */
static inline long long tenths(uint64_t bytes)
{
	return (long long)((bytes * 10 + MIB / 2) / MIB);
}

static inline long long kv_tenths(const struct model *m, struct settings s)
{
	struct size z = size_on(m, s, 1);

	return tenths(z.gpu[0].kv_bytes + z.host.kv_bytes);
}

static inline long long compute_tenths(const struct model *m, struct settings s)
{
	return tenths(size_on(m, s, 1).gpu[0].compute_bytes);
}

/* SPDX-License-Identifier: MIT */
/* The header of a GGUF file: whatever it says, a model of it stays within its bounds. */
#include <stdlib.h>

#include "gguf/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check_layer(const struct model_layer *l)
{
	bool rows = l->k_width || l->v_width;

	if (rows != (l->cache == LAYER_CACHE_FULL || l->cache == LAYER_CACHE_WINDOW))
		abort();
	if (l->expert_bytes > l->weight_bytes || l->largest_bytes > l->weight_bytes ||
	    l->largest_expert_bytes > l->expert_bytes || l->kv_heads > l->heads)
		abort();
}

static void check(const struct model *m)
{
	if (!m->as || !m->name || !m->arch || !m->quant)
		abort();
	if (m->layer_count == 0 || m->layer_count > GGUF_LAYERS_MAX || m->embd == 0)
		abort();
	if (m->experts_used > m->experts || m->output_weight_bytes > m->output_bytes)
		abort();
	for (uint32_t i = 0; i < m->layer_count; i++)
		check_layer(&m->layer[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	struct gguf_memory in;
	struct gguf g;
	struct model m;
	struct err e = { 0 };

	gguf_memory(&in, "x.gguf", (struct bytes){ (const char *)p, n }, UINT64_MAX);
	if (gguf_read(&arena, &in.in, &g, &e) < 0)
		return 0;
	if (model_of(&arena, "x.gguf", &g, 1, &m, &e) == 0) {
		model_add_projector(&m, &g, &e);
		check(&m);
	}
	return 0;
}

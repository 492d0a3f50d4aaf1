/* SPDX-License-Identifier: MIT */
#include "gguf/size/compute.h"

#include "gguf/sat.h"
#include "gguf/size/build.h"
#include "gguf/size/kv.h"
#include "gguf/size/net.h"
#include "gguf/size/settings.h"

enum {
	COPIES = 4,        /* GGML_SCHED_MAX_COPIES */
	MASK_TWICE = 5000, /* builds since about then keep the mask of both sides of a split */
	SINGLE = 4,
	HALF = 2,
	INDEX = 8,
};

static uint32_t used(const struct place *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->gpu_count; i++)
		n += p->end[i] > p->begin[i] || (p->output && p->output_gpu == i);
	return n;
}

bool compute_pipeline(const struct settings *s, const struct place *p)
{
	return p->gpu_count > 1 && used(p) > 0 && p->first == 0 && p->output && !s->cpu_moe &&
	       !s->no_kv_offload && build_rules(&s->build) >= SINCE_PIPELINE;
}

static uint64_t mask_bytes(const struct net *n, uint64_t cells)
{
	bool half = n->flash && n->rules >= SINCE_HALF_MASK;

	return sat_mul3(cells, n->tokens, half ? HALF : SINGLE);
}

static bool has_windows(const struct model *m)
{
	for (uint32_t i = 0; i < m->layer_count; i++)
		if (m->layer[i].cache == LAYER_CACHE_WINDOW)
			return true;
	return false;
}

/* Attention of a layer in RAM on the GPU: its rows come along. Quantised K does not without flash
 * attention. */
static uint64_t streamed_attention(const struct model *m, const struct settings *s,
				   const struct net *n, const struct place *p)
{
	struct kv_plan plan = kv_plan(m, s);
	uint64_t rows = 0;

	for (uint32_t i = 0; i < p->first && !s->no_kv_offload; i++)
		rows = most(rows, kv_layer_bytes(&plan, &m->layer[i]));
	if (!n->flash && s->type_k->block_elements > 1)
		rows = 0;
	if (p->first < m->layer_count && n->rules >= MASK_TWICE)
		rows = sat_add(rows, mask_bytes(n, n->cells));
	return sat_add(rows, net_peak(n, 0, p->first, false));
}

/* A product with a weight that is in RAM: it, what goes in and what comes out. Experts are done by
 * the net. */
static uint64_t streamed_weights(const struct model *m, const struct net *n, const struct place *p)
{
	uint64_t rows = net_bytes(n->tokens, sat_add(sat_mul(3, m->embd), m->ff)), all = 0;

	for (uint32_t i = 0; i < p->first; i++)
		all = most(all, sat_add(m->layer[i].largest_bytes, rows));
	if (!p->output && !m->as->headless)
		all = most(all, sat_add(m->output_weight_bytes,
					net_bytes(n->outputs, sat_add(m->embd, m->vocab))));
	return all;
}

uint64_t compute_gpu(const struct model *m, const struct settings *s, const struct place *p,
		     uint32_t gpu)
{
	struct net n = net_shape(m, s);
	bool output = p->output && p->output_gpu == gpu;
	uint64_t bytes = 0;

	n.experts_in_ram = (uint32_t)most(s->cpu_moe, p->first);
	if (compute_pipeline(s, p))
		n.copies = COPIES;
	if (p->end[gpu] > p->begin[gpu] || output)
		bytes = net_peak(&n, p->begin[gpu], p->end[gpu], output);
	if (gpu)
		return bytes;
	if (p->first > 0)
		bytes = most(bytes, streamed_attention(m, s, &n, p));
	return most(bytes, streamed_weights(m, &n, p));
}

/* What attention takes where the cache stays in RAM. */
static uint64_t attention_in_ram(const struct model *m, const struct net *n)
{
	uint64_t scores = n->flash ? 0 : sat_mul(net_bytes(n->tokens, m->heads), n->cells);

	return sat_add(scores, sat_mul(2, net_bytes(n->tokens, m->embd)));
}

uint64_t compute_host(const struct model *m, const struct settings *s, const struct place *p)
{
	struct net n = net_shape(m, s);
	uint64_t embedded = net_bytes(n.tokens, m->embd), bytes, index;
	uint64_t kinds = has_windows(m) ? 2 : 1;
	uint64_t cells = m->as->cache == CACHE_NONE ? n.tokens : n.cells;

	if (!p->gpu_count)
		return net_peak(&n, 0, m->layer_count, true);
	bytes = mask_bytes(&n, cells);
	if (kinds > 1)
		bytes = sat_add(bytes, mask_bytes(&n, n.window_cells));
	index = n.flash ? 1 : sat_mul(m->kv_heads, m->v_head);
	if (n.by_index && m->as->cache != CACHE_NONE)
		bytes =
		    sat_add(bytes, sat_mul3(sat_mul(kinds, n.tokens), sat_add(index, 1), INDEX));
	if (compute_pipeline(s, p))
		bytes = sat_mul(bytes, COPIES);
	bytes = sat_add(bytes, sat_mul(embedded, n.rules >= SINCE_TWO_EMBEDDINGS ? 2 : 1));
	if (s->no_kv_offload)
		bytes = sat_add(bytes, attention_in_ram(m, &n));
	return bytes;
}

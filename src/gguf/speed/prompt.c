/* SPDX-License-Identifier: MIT */
#include "gguf/speed/cost.h"

/* Fitted together with generation.c. */
static const double scratch_passes = 1.8;  /* each layer's rows, written and read by small steps */
static const double scores_passes = 8;     /* the odds of all tokens for all, in 32 bits */
static const double unpacked_passes = 0.9; /* weights written as f16 and read again, 2024 */
static const double flash_reach = 0.3;     /* of card.fp16_tflops */
static const double memory_reach = 0.9;
static const double experts_reach = 0.4; /* few rows for each expert fill no tensor core */
static const double cpu_tflops = 0.3;    /* a usual desktop's cores together */

/* All that one whole batch asks of the GPUs together. */
struct batch {
	double tokens;
	double flops;           /* weights by rows */
	double attention_flops; /* with flash attention */
	double bytes;           /* written and read beside */
	double weights_bytes;   /* read once */
};

static double sum_ff(const struct model *m, const struct model_layer *l)
{
	if (m->experts > 0 && l->expert_bytes > 0)
		return (double)m->experts_used * m->expert_ff + m->shared_ff;
	return l->ff;
}

static double seen(const struct model *m, const struct model_layer *l, double depth)
{
	if (l->cache == LAYER_CACHE_FULL)
		return depth;
	if (l->cache == LAYER_CACHE_WINDOW)
		return m->window > 0 && m->window < depth ? m->window : depth;
	return 0;
}

static void add_layer(struct batch *b, const struct model *m, const struct model_layer *l,
		      bool flash, double depth)
{
	double pairs = b->tokens * l->heads * seen(m, l, depth);

	b->bytes += scratch_passes * 4 * b->tokens * (20.0 * m->embd + 6 * sum_ff(m, l));
	if (flash)
		b->attention_flops += 2 * pairs * ((double)l->k_head + l->v_head);
	else
		b->bytes += scores_passes * 4 * pairs;
}

static bool is_quantised(const struct model *m)
{
	return m->params > 0 && (double)m->file_bytes / (double)m->params < 1.5;
}

static struct batch batch_of(const struct model *m, const struct settings *s, const struct size *z,
			     double depth)
{
	struct batch b = { .tokens = s->ubatch > 0 ? s->ubatch : 512 };
	double active = (double)z->active_gpu_bytes + (double)z->active_host_bytes;
	double output = (double)m->output_weight_bytes; /* only for the last token */
	double weights = cost_weights(m, active > output ? active - output : active);

	for (uint32_t i = 0; i < m->layer_count; i++)
		add_layer(&b, m, &m->layer[i], s->flash != FLASH_OFF, depth + b.tokens / 2);
	b.flops = 2 * weights * b.tokens;
	if (m->experts > 0)
		b.flops /= experts_reach;
	if (is_quantised(m))
		b.bytes += (1 - build_modernity(&s->build)) * unpacked_passes * 2.5 * weights;
	for (uint32_t i = 0; i < z->gpu_count && i < GPUS_MAX; i++)
		b.weights_bytes += (double)z->gpu[i].weights_bytes;
	return b;
}

static void add_gpu(struct cost *c, const struct rig_gpu *gpu, const struct batch *b, double part)
{
	const struct generation *g = generation_of(gpu->card);

	if (!(part > 0))
		return;
	if (!gpu->card || !(gpu->memory_gb_s > 0) || !(g->arithmetic_reach > 0)) {
		c->known = false;
		return;
	}
	double bw = gpu->memory_gb_s * 1e9, flop_s = gpu->card->fp16_tflops * 1e12;
	double weights = part * b->weights_bytes / (memory_reach * bw);
	double gemm = part * b->flops / (g->arithmetic_reach * flop_s);
	if (weights > gemm)
		c->second[BOUND_GPU_MEMORY] += weights;
	else
		c->second[BOUND_GPU_ARITHMETIC] += gemm;
	c->second[BOUND_GPU_MEMORY] += part * b->bytes / bw;
	c->second[BOUND_GPU_ARITHMETIC] += part * b->attention_flops / (flash_reach * flop_s);
}

struct cost cost_of_batch(const struct model *m, const struct settings *s, const struct size *z,
			  const struct rig *rig, uint32_t depth)
{
	struct cost c = { .known = true };
	struct batch b = batch_of(m, s, z, depth);

	if (z->gpu_count == 0 || rig->gpu_count == 0) {
		c.second[BOUND_CPU_ARITHMETIC] =
		    (b.flops + b.attention_flops) / (cpu_tflops * 1e12);
		return c;
	}
	/* what lies in RAM is sent to the first GPU and reckoned there */
	for (uint32_t i = 0; i < z->gpu_count && i < rig->gpu_count && i < GPUS_MAX; i++)
		add_gpu(&c, &rig->gpu[i], &b, b.weights_bytes > 0 ? cost_gpu_share(z, i) : i == 0);
	c.second[BOUND_LINK] += (double)z->streamed_bytes / (rig->link_gb_s * 1e9);
	return c;
}

/* SPDX-License-Identifier: MIT */
#include "gguf/speed/cost.h"

static const double reach = 0.38;         /* of what the tensor cores could do */
static const double reach_without = 0.75; /* of what the shaders could do */
static const double cpu_gflops = 300;     /* of a usual desktop's cores together */
static const double usual_bits = 16 * 4.5 / 16;

/* Weights that a token is multiplied with, reckoned from their bytes. */
static double active_params(const struct model *m, double bytes)
{
	double bits = m->params > 0 ? 8.0 * (double)m->file_bytes / (double)m->params : usual_bits;

	return bits > 0 ? 8.0 * bytes / bits : 0;
}

/* Each token looks at all before it, with each head: a product for the odds, one for the sum. */
static double attention_flops(const struct model *m, double depth)
{
	double sum = 0;

	for (uint32_t i = 0; i < m->layer_count; i++) {
		const struct model_layer *l = &m->layer[i];
		bool window = l->cache == LAYER_CACHE_WINDOW && m->window > 0;
		if (l->cache == LAYER_CACHE_FULL || window)
			sum += 2.0 * l->heads * ((double)l->k_head + l->v_head) *
			       (window && m->window < depth ? m->window : depth);
	}
	return sum;
}

static void add_gpu(struct cost *c, const struct rig_gpu *g, double flops)
{
	if (flops <= 0)
		return;
	if (!g->card) {
		c->known = false;
		return;
	}
	bool cores = g->card->capability >= 80 || g->card->capability == 70 ||
		     (g->card->capability == 75 && g->card->fp16_tflops > 20);
	c->second[BOUND_GPU_ARITHMETIC] +=
	    flops / ((cores ? reach : reach_without) * g->card->fp16_tflops * 1e12);
}

struct cost cost_of_batch(const struct model *m, const struct settings *s, const struct size *z,
			  const struct rig *rig, uint32_t depth)
{
	struct cost c = { .known = true };
	double tokens = s->ubatch > 0 ? s->ubatch : 512;
	double bytes = (double)z->active_gpu_bytes + (double)z->active_host_bytes;
	double flops =
	    tokens * (2 * active_params(m, bytes) + attention_flops(m, depth + tokens / 2));

	if (z->gpu_count == 0 || rig->gpu_count == 0) {
		c.second[BOUND_CPU_ARITHMETIC] = flops / (cpu_gflops * 1e9);
		return c;
	}
	for (uint32_t i = 0; i < z->gpu_count && i < rig->gpu_count && i < GPUS_MAX; i++) {
		double share = z->active_gpu_bytes > 0 ? cost_gpu_share(z, i) : i == 0;
		add_gpu(&c, &rig->gpu[i], flops * share);
	}
	c.second[BOUND_LINK] += (double)z->streamed_bytes / (cost_link_gb_s(rig) * 1e9);
	return c;
}

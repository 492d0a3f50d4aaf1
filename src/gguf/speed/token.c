/* SPDX-License-Identifier: MIT */
#include "gguf/speed/cost.h"

/* Fitted together with generation.c. */
static const double kv_reach = 0.55; /* of the memory's bandwidth, without flash attention */
static const double kv_reach_flash = 0.85;
static const double ram_reach = 0.6;       /* of what all channels could do */
static const double layer_usec_then = 78;  /* a layer's launches and small steps, in 2024 */
static const double layer_usec_now = 38;   /* fused, and in one graph */
static const double expert_scatter = 1.35; /* a few experts here and there, not one stretch */
static const double ollama_usec = 800;     /* sampling, and the text on its way out */
static const double hop_usec = 80;         /* work handed from the GPU to the CPU and back */
static const double low_bits_rate = 0.6;   /* formats below 4 bits are more work to unpack */

struct share {
	const struct rig_gpu *gpu;
	double bytes, weights, kv_bytes;
};

static double unpack_rate(const struct generation *g, double bits)
{
	return g->sm_gweights_s * 1e9 * (bits < 4 ? low_bits_rate : 1);
}

/* The memory gives its bytes, the multiprocessors make numbers of them: the slower one counts. */
static void add_gpu(struct cost *c, const struct share *s, bool flash)
{
	const struct rig_gpu *gpu = s->gpu;
	const struct generation *g = generation_of(gpu->card);
	double bw = gpu->memory_gb_s * 1e9;

	if (!(s->bytes + s->kv_bytes > 0))
		return;
	if (!(bw > 0)) {
		c->known = false;
		return;
	}
	double read = s->bytes / (g->memory_reach * bw), unpack = 0;
	if (gpu->card && s->weights > 0 && gpu->card->sm_count > 0)
		unpack =
		    s->weights / (gpu->card->sm_count * unpack_rate(g, 8 * s->bytes / s->weights));
	if (unpack > read)
		c->second[BOUND_GPU_ARITHMETIC] += unpack;
	else
		c->second[BOUND_GPU_MEMORY] += read;
	c->second[BOUND_GPU_MEMORY] += s->kv_bytes / ((flash ? kv_reach_flash : kv_reach) * bw);
}

/* Bytes as they are read one after the other: those of scattered experts take longer. */
static double scattered(const struct model *m, double active)
{
	double all = 0, experts = 0;

	for (uint32_t i = 0; i < m->layer_count; i++) {
		all += (double)m->layer[i].weight_bytes;
		experts += (double)m->layer[i].expert_bytes;
	}
	if (m->experts == 0 || m->experts_used >= m->experts || !(all > 0))
		return active;
	double used = experts * m->experts_used / m->experts;
	double part = used / (all - experts + used + (double)m->output_bytes);
	return active * (1 + (expert_scatter - 1) * part);
}

/* How often work goes to the CPU: for each layer whose experts lie there, else once. */
static uint32_t hops(const struct model *m, const struct settings *s, const struct size *z)
{
	if (z->active_host_bytes == 0 || z->active_gpu_bytes == 0)
		return 0;
	if (s->cpu_moe == 0)
		return 1;
	return s->cpu_moe < m->layer_count ? s->cpu_moe : m->layer_count;
}

static double launches(const struct model *m, const struct settings *s, const struct size *z)
{
	double now = build_modernity(&s->build);
	double usec = m->layer_count * (layer_usec_now * now + layer_usec_then * (1 - now));

	if (s->build.engine == ENGINE_OLLAMA)
		usec += ollama_usec;
	return (usec + hop_usec * hops(m, s, z)) * 1e-6;
}

/* The odds of all words come back over the link. */
static void add_link(struct cost *c, const struct model *m, const struct rig *rig)
{
	c->second[BOUND_LATENCY] += rig->link->token_usec * 1e-6;
	c->second[BOUND_LINK] += 4.0 * m->vocab / (rig->link_gb_s * 1e9);
}

struct cost cost_of_token(const struct model *m, const struct settings *s, const struct size *z,
			  const struct rig *rig, uint32_t depth)
{
	struct cost c = { .known = true };
	double kv = cost_kv_bytes(m, s, depth), kv_gpu = kv * cost_kv_gpu_share(z);
	double active = (double)z->active_gpu_bytes;

	for (uint32_t i = 0; i < z->gpu_count && i < rig->gpu_count && i < GPUS_MAX; i++) {
		double part = cost_gpu_share(z, i);
		struct share share = { &rig->gpu[i], scattered(m, active) * part,
				       cost_weights(m, active) * part, kv_gpu * part };
		add_gpu(&c, &share, s->flash != FLASH_OFF);
	}
	c.second[BOUND_RAM] +=
	    ((double)z->active_host_bytes + kv - kv_gpu) / (ram_reach * rig->ram_gb_s * 1e9);
	c.second[BOUND_LATENCY] += launches(m, s, z);
	if (z->active_gpu_bytes > 0)
		add_link(&c, m, rig);
	return c;
}

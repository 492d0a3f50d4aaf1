/* SPDX-License-Identifier: MIT */
#include "gguf/speed/cost.h"

/* One channel of DDR4-2666; two of DDR4-3200, a bit less; two of DDR5-5600. */
static const double usual_ram_gb_s[] = { 21, 47.5, 90 };

static double row_bytes(const struct ggml_type *t, uint32_t elements)
{
	if (!t || t->block_elements == 0)
		return 2.0 * elements;
	return (double)elements * t->block_bytes / t->block_elements;
}

static double layer_kv_bytes(const struct model *m, const struct settings *s,
			     const struct model_layer *l, double depth)
{
	if (l->cache == LAYER_CACHE_NONE)
		return 0;
	if (l->cache == LAYER_CACHE_STATE)
		return 2.0 * (double)l->state_bytes; /* read, and written again */
	if (l->cache == LAYER_CACHE_WINDOW && m->window > 0)
		depth = depth < m->window ? depth : m->window;
	return depth * (row_bytes(s->type_k, l->k_width) + row_bytes(s->type_v, l->v_width));
}

double cost_kv_bytes(const struct model *m, const struct settings *s, uint32_t depth)
{
	double sum = 0;

	for (uint32_t i = 0; i < m->layer_count; i++)
		sum += layer_kv_bytes(m, s, &m->layer[i], depth);
	return sum;
}

double cost_kv_gpu_share(const struct size *z)
{
	double gpu = 0, host = (double)z->host.kv_bytes + (double)z->host.state_bytes;

	for (uint32_t i = 0; i < z->gpu_count && i < GPUS_MAX; i++)
		gpu += (double)z->gpu[i].kv_bytes + (double)z->gpu[i].state_bytes;
	return gpu + host > 0 ? gpu / (gpu + host) : 0;
}

double cost_gpu_share(const struct size *z, uint32_t gpu)
{
	double sum = 0;

	for (uint32_t i = 0; i < z->gpu_count && i < GPUS_MAX; i++)
		sum += (double)z->gpu[i].weights_bytes;
	return sum > 0 ? (double)z->gpu[gpu].weights_bytes / sum : 0;
}

/* A format has between 1 and 32 bits for a weight; a header that says otherwise is not believed. */
double cost_weights(const struct model *m, double bytes)
{
	double bits = m->params > 0 ? 8.0 * (double)m->file_bytes / (double)m->params : 4.5;

	return 8.0 * bytes / (bits < 1 ? 1 : bits > 32 ? 32 : bits);
}

struct rig cost_rig(const struct rig *rig, enum guess how)
{
	struct rig r = *rig;
	const double link[] = { rig->link->to_gpu_low_gb_s, rig->link->to_gpu_gb_s,
				rig->link->to_gpu_high_gb_s };

	if (!(r.ram_gb_s > 0))
		r.ram_gb_s = usual_ram_gb_s[how];
	if (!(r.link_gb_s > 0))
		r.link_gb_s = link[how];
	return r;
}

double cost_seconds(const struct cost *c)
{
	double sum = 0;

	for (size_t b = 0; b < BOUND_COUNT; b++)
		sum += c->second[b];
	return sum;
}

enum bound cost_bound(const struct cost *c)
{
	enum bound most = 0;

	for (size_t b = 0; b < BOUND_COUNT; b++)
		if (c->second[b] > c->second[most])
			most = (enum bound)b;
	return most;
}

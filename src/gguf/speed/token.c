/* SPDX-License-Identifier: MIT */
#include "gguf/speed/cost.h"

static const double gpu_reach = 0.88; /* of the memory's bandwidth */
static const double ram_reach = 0.7;
static const double layer_usec = 65; /* launching a layer's kernels, whatever is in it */

static void add_gpu(struct cost *c, const struct rig_gpu *g, double bytes)
{
	if (bytes <= 0)
		return;
	if (g->memory_gb_s <= 0)
		c->known = false;
	else
		c->second[BOUND_GPU_MEMORY] += bytes / (gpu_reach * g->memory_gb_s * 1e9);
}

static void add_link(struct cost *c, const struct model *m, const struct rig *rig)
{
	/* the odds of all words come back */
	c->second[BOUND_LATENCY] += rig->link->token_usec * 1e-6;
	c->second[BOUND_LINK] += 4.0 * m->vocab / (cost_link_gb_s(rig) * 1e9);
}

struct cost cost_of_token(const struct model *m, const struct settings *s, const struct size *z,
			  const struct rig *rig, uint32_t depth)
{
	struct cost c = { .known = true };
	double kv = cost_kv_bytes(m, s, depth), kv_gpu = kv * cost_kv_gpu_share(z);

	for (uint32_t i = 0; i < z->gpu_count && i < rig->gpu_count && i < GPUS_MAX; i++)
		add_gpu(&c, &rig->gpu[i],
			((double)z->active_gpu_bytes + kv_gpu) * cost_gpu_share(z, i));
	c.second[BOUND_RAM] +=
	    ((double)z->active_host_bytes + kv - kv_gpu) / (ram_reach * cost_ram_gb_s(rig) * 1e9);
	c.second[BOUND_LATENCY] += m->layer_count * layer_usec * 1e-6;
	if (z->active_gpu_bytes > 0)
		add_link(&c, m, rig);
	return c;
}

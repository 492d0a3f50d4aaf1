/* SPDX-License-Identifier: MIT */
#include "gguf/size/size.h"

#include "gguf/sat.h"
#include "gguf/size/build.h"
#include "gguf/size/compute.h"
#include "gguf/size/kv.h"
#include "gguf/size/notes.h"
#include "gguf/size/settings.h"

/* Compute of an mmproj: a few hundred MiB of those that were seen; it is not reckoned. */
#define PROJECTOR_COMPUTE_BYTES (UINT64_C(256) << 20)

static uint64_t active(const struct model *m, uint64_t expert_bytes)
{
	if (!m->experts || m->experts_used >= m->experts)
		return expert_bytes;
	return (uint64_t)((double)expert_bytes * m->experts_used / m->experts);
}

static void layer_in_ram(const struct model *m, const struct kv_plan *plan, uint32_t i,
			 struct size *z)
{
	const struct model_layer *l = &m->layer[i];
	uint64_t dense = sat_sub(l->weight_bytes, l->expert_bytes);

	z->host.weights_bytes = sat_add(z->host.weights_bytes, l->weight_bytes);
	z->host.kv_bytes = sat_add(z->host.kv_bytes, kv_layer_bytes(plan, l));
	z->host.state_bytes = sat_add(z->host.state_bytes, kv_state_bytes(plan, l));
	z->active_host_bytes =
	    sat_add(z->active_host_bytes, sat_add(dense, active(m, l->expert_bytes)));
	z->streamed_bytes = sat_add(z->streamed_bytes, l->weight_bytes);
}

static void layer_on_gpu(const struct model *m, const struct settings *s,
			 const struct kv_plan *plan, uint32_t i, struct size *z, struct size_gpu *g)
{
	const struct model_layer *l = &m->layer[i];
	uint64_t in_ram = place_experts_in_ram(m, s, i);
	uint64_t dense = sat_sub(l->weight_bytes, l->expert_bytes);
	uint64_t kv = kv_layer_bytes(plan, l), state = kv_state_bytes(plan, l);

	g->layers++;
	g->weights_bytes = sat_add(g->weights_bytes, sat_sub(l->weight_bytes, in_ram));
	z->host.weights_bytes = sat_add(z->host.weights_bytes, in_ram);
	z->streamed_bytes = sat_add(z->streamed_bytes, in_ram);
	if (s->no_kv_offload) {
		z->host.kv_bytes = sat_add(z->host.kv_bytes, kv);
		z->host.state_bytes = sat_add(z->host.state_bytes, state);
	} else {
		g->kv_bytes = sat_add(g->kv_bytes, kv);
		g->state_bytes = sat_add(g->state_bytes, state);
	}
	z->active_gpu_bytes = sat_add(z->active_gpu_bytes, dense);
	if (in_ram)
		z->active_host_bytes = sat_add(z->active_host_bytes, active(m, in_ram));
	else
		z->active_gpu_bytes = sat_add(z->active_gpu_bytes, active(m, l->expert_bytes));
}

static void layers(const struct model *m, const struct settings *s, const struct place *p,
		   struct size *z)
{
	struct kv_plan plan = kv_plan(m, s);

	for (uint32_t i = 0; i < p->first; i++)
		layer_in_ram(m, &plan, i, z);
	for (uint32_t g = 0; g < p->gpu_count; g++)
		for (uint32_t i = p->begin[g]; i < p->end[g]; i++)
			layer_on_gpu(m, s, &plan, i, z, &z->gpu[g]);
}

/* What belongs to no layer. The output of a tied model is a second copy, on a GPU only. */
static void rest(const struct model *m, const struct place *p, struct size *z)
{
	uint64_t output = sat_add(m->output_bytes, m->other_bytes);
	struct size_gpu *g = &z->gpu[p->output_gpu];

	z->host.weights_bytes = sat_add(z->host.weights_bytes, m->embd_bytes);
	if (p->output) {
		g->weights_bytes = sat_add(g->weights_bytes, output);
		z->active_gpu_bytes = sat_add(z->active_gpu_bytes, output);
	} else {
		if (m->tied)
			z->host.weights_bytes =
			    sat_sub(z->host.weights_bytes, m->output_weight_bytes);
		z->host.weights_bytes = sat_add(z->host.weights_bytes, output);
		z->active_host_bytes = sat_add(z->active_host_bytes, output);
		z->streamed_bytes = sat_add(z->streamed_bytes, output);
	}
	if (p->drafts)
		g->draft_bytes = m->draft_bytes;
	else
		z->host.weights_bytes = sat_add(z->host.weights_bytes, m->draft_bytes);
	if (p->gpu_count && m->projector_bytes)
		z->gpu[0].projector_bytes = sat_add(m->projector_bytes, PROJECTOR_COMPUTE_BYTES);
	else
		z->host.weights_bytes = sat_add(z->host.weights_bytes, m->projector_bytes);
	if (!p->gpu_count)
		z->streamed_bytes = 0;
}

struct place size_at_rest(const struct model *m, const struct settings *s,
			  const struct size_room *gpu, uint32_t gpu_count, struct size *ret)
{
	struct place p = place_of(m, s, gpu, gpu_count);

	*ret = (struct size){
		.gpu_count = gpu_count,
		.layers_gpu = (m->layer_count - p.first) + p.output,
		.layers_total = place_layers(m) + 1,
		.output_gpu = p.output,
	};
	if (p.drafts)
		ret->layers_gpu += m->draft_layer_count;
	layers(m, s, &p, ret);
	rest(m, &p, ret);
	for (uint32_t i = 0; i < gpu_count; i++)
		ret->gpu[i].overhead = gpu[i].overhead;
	return p;
}

void size_of(struct arena *a, const struct model *m, const struct settings *s,
	     const struct size_room *gpu, uint32_t gpu_count, struct size *ret)
{
	if (gpu_count > GPUS_MAX)
		gpu_count = GPUS_MAX;
	struct place p = size_at_rest(m, s, gpu, gpu_count, ret);

	for (uint32_t i = 0; i < gpu_count; i++)
		ret->gpu[i].compute_bytes = compute_gpu(m, s, &p, i);
	ret->host.compute_bytes = compute_host(m, s, &p);
	if (a)
		size_notes(a, m, s, &p, ret);
}

uint64_t size_gpu_bytes(const struct size_gpu *g)
{
	uint64_t sum = sat_add(g->weights_bytes, sat_add(g->kv_bytes, g->state_bytes));

	sum = sat_add(sum, sat_add(g->compute_bytes, g->projector_bytes));
	return sat_add(sum, sat_add(g->draft_bytes, g->overhead.likely));
}

int64_t size_margin(const struct size *z, const struct size_room *gpu)
{
	int64_t margin = INT64_MAX;

	for (uint32_t i = 0; i < z->gpu_count; i++) {
		uint64_t have = least(gpu[i].free_bytes, INT64_MAX);
		uint64_t want = least(size_gpu_bytes(&z->gpu[i]), INT64_MAX);
		int64_t left = (int64_t)have - (int64_t)want;

		margin = left < margin ? left : margin;
	}
	return z->gpu_count ? margin : 0;
}

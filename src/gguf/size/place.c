/* SPDX-License-Identifier: MIT */
#include "gguf/size/place.h"

#include "gguf/sat.h"
#include "gguf/size/build.h"

/* The GPU of the part-th of so many layers: shares are as large as the free memory. */
static uint32_t share(const struct size_room *gpu, uint32_t gpu_count, uint32_t part,
		      uint32_t parts)
{
	double all = 0, sum = 0, at = parts ? (double)part / parts : 0;

	for (uint32_t i = 0; i < gpu_count; i++)
		all += (double)gpu[i].free_bytes;
	for (uint32_t i = 0; i + 1 < gpu_count; i++) {
		sum += all > 0 ? (double)gpu[i].free_bytes / all : 1.0 / gpu_count;
		if (at < sum)
			return i;
	}
	return gpu_count - 1;
}

uint32_t place_layers(const struct model *m)
{
	return m->layer_count + m->draft_layer_count;
}

struct place place_of(const struct model *m, const struct settings *s, const struct size_room *gpu,
		      uint32_t gpu_count)
{
	struct place p = { .first = m->layer_count, .gpu_count = gpu_count };
	bool output_first = build_rules(&s->build) >= SINCE_OUTPUT_FIRST;
	uint32_t all = place_layers(m), on = (uint32_t)least(s->gpu_layers, (uint64_t)all + 1);
	uint32_t layers = on, first;

	if (!gpu_count || !on)
		return p;
	p.output = output_first || on > all;
	layers -= p.output;
	first = all - layers;
	p.drafts = first <= m->layer_count;
	p.first = (uint32_t)least(first, m->layer_count);
	for (uint32_t i = p.first; i < m->layer_count; i++) {
		uint32_t at = share(gpu, gpu_count, i - first, on);

		if (p.begin[at] == p.end[at])
			p.begin[at] = i;
		p.end[at] = i + 1;
	}
	p.output_gpu = share(gpu, gpu_count, all - first, on);
	return p;
}

uint64_t place_experts_in_ram(const struct model *m, const struct settings *s, uint32_t layer)
{
	return layer < s->cpu_moe ? m->layer[layer].expert_bytes : 0;
}

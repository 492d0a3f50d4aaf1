/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/size/size.h"

/* Which layer is where: llama-model.cpp load_tensors(). The last layers go to the GPUs, in order.
 */
struct place {
	uint32_t first; /* layers from here on are on GPUs */
	bool output;    /* what follows the last layer, too */
	bool drafts;    /* and draft layers, which llama.cpp counts as the last ones */
	uint32_t begin[GPUS_MAX], end[GPUS_MAX]; /* of each GPU */
	uint32_t output_gpu;
	uint32_t gpu_count;
};

struct place place_of(const struct model *m, const struct settings *s, const struct size_room *gpu,
		      uint32_t gpu_count);

/* Layers as llama.cpp counts them, the output apart. */
uint32_t place_layers(const struct model *m);

/* Weights of a layer that are in RAM although the layer is on a GPU. */
uint64_t place_experts_in_ram(const struct model *m, const struct settings *s, uint32_t layer);

/* All but the compute buffers: weights, caches, projector, overhead. gpu_count is GPUS_MAX at most.
 */
struct place size_at_rest(const struct model *m, const struct settings *s,
			  const struct size_room *gpu, uint32_t gpu_count, struct size *ret);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/size/place.h"

/* Compute buffers: what a batch needs while it is computed. */

/* Of a GPU. The first one also computes large batches for what is in RAM (op_offload): weights, and
 * rows of the cache, cross the link for it and have their place here. */
uint64_t compute_gpu(const struct model *m, const struct settings *s, const struct place *p,
		     uint32_t gpu);
/* In RAM: what is given to the GPUs; all, where there are none. */
uint64_t compute_host(const struct model *m, const struct settings *s, const struct place *p);
/* All layers are on several GPUs, which then work in a pipeline. */
bool compute_pipeline(const struct settings *s, const struct place *p);

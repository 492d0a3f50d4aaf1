/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/speed/speed.h"

/* What a token, or a batch of a prompt, costs: seconds, by what they are spent on. */
enum { BOUND_COUNT = BOUND_DISK + 1 };

struct cost {
	double second[BOUND_COUNT];
	bool known; /* false: a figure is missing without which nothing can be said */
};

/* One token of one sequence that has `depth` tokens before it. */
struct cost cost_of_token(const struct model *m, const struct settings *s, const struct size *z,
			  const struct rig *rig, uint32_t depth);
/* One whole batch of a prompt, s->ubatch tokens behind `depth` others. */
struct cost cost_of_batch(const struct model *m, const struct settings *s, const struct size *z,
			  const struct rig *rig, uint32_t depth);

/* Bytes of K, V and state that one token reads behind `depth` others. */
double cost_kv_bytes(const struct model *m, const struct settings *s, uint32_t depth);
/* How much of it lies on the GPUs, 0 to 1. */
double cost_kv_gpu_share(const struct size *z);
/* How much of the weights on all GPUs lies on this one, 0 to 1. */
double cost_gpu_share(const struct size *z, uint32_t gpu);
/* 10^9 bytes/s of RAM, as told or as is usual. */
double cost_ram_gb_s(const struct rig *rig);
double cost_link_gb_s(const struct rig *rig);

double cost_seconds(const struct cost *c);
enum bound cost_bound(const struct cost *c);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/speed/speed.h"

/* What llama.cpp makes of the chips of one generation. */
struct generation {
	uint32_t capability;     /* from this one on */
	double memory_reach;     /* of the memory's bandwidth, for a token */
	double arithmetic_reach; /* of card.fp16_tflops, for a prompt; 0: not known */
	double sm_gweights_s;    /* 10^9 weights/s that one multiprocessor can unpack */
};
const struct generation *generation_of(const struct card *c); /* never NULL */
/* 0 for builds of 2024, 1 from autumn 2025 on, between them a part; not known: a half. */
double build_modernity(const struct build *b);

/* What a token, or a batch of a prompt, costs: seconds, by what they are spent on. */
enum { BOUND_COUNT = BOUND_DISK + 1 };

struct cost {
	double second[BOUND_COUNT];
	bool known; /* false: a figure is missing without which nothing can be said */
};

/*
 * The rig has a figure for the RAM and the link (cost_rig()), sizes may be anything.
 * One token of one sequence that has `depth` tokens before it.
 */
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
/* The weights that so many bytes of the model hold. */
double cost_weights(const struct model *m, double bytes);

enum guess { GUESS_LOW, GUESS_LIKELY, GUESS_HIGH };
/* The rig with what is not known of it guessed, low, likely or high: speeds, not times. */
struct rig cost_rig(const struct rig *rig, enum guess how);

double cost_seconds(const struct cost *c);
enum bound cost_bound(const struct cost *c);

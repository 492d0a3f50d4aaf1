/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * What an architecture's graph has that costs memory: llama.cpp src/models/. Biases, norms of Q and
 * K, norms behind a block, scales and caps work in place and cost nothing.
 */
enum trait {
	TRAIT_GATE_UP = 1,     /* gate and up are one product, twice as wide as ff */
	TRAIT_NO_GATE = 2,     /* no gate at all */
	TRAIT_QKV = 4,         /* Q, K and V are one product */
	TRAIT_PARALLEL = 8,    /* attention and feed-forward read the same norm */
	TRAIT_LAYER_NORM = 32, /* its norm cannot work in place, unlike RMS norm */
	TRAIT_LATE_ROWS = 16,  /* since it can draft: results are picked behind the last layer */
};

/* Of a general.architecture; 0: none, or not in the table. */
uint32_t traits_of(const char *arch);

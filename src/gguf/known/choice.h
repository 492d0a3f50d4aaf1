/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/known/mix.h"

/* What llama-quantize tells tensors apart by. */
enum part {
	PART_OTHER,
	PART_OUTPUT,
	PART_EMBD,
	PART_Q,
	PART_K,
	PART_V,
	PART_QKV,
	PART_ATTN_OUT,
	PART_UP,
	PART_GATE,
	PART_DOWN,
	PARTS,
};

/* Where in which model a tensor stands. */
struct place {
	const struct mix *mix;
	enum part part;
	uint64_t row;               /* elements */
	bool stacked;               /* a matrix for each expert */
	uint32_t at, of;            /* the how manieth of its part, and of how many */
	uint32_t experts, gqa;      /* gqa: heads that share one K and V */
	bool tied, falcon, seventy; /* seventy: what llama.cpp calls a 70B */
};

/* The type that llama-quantize gives it, by name. */
const char *choice_type(const struct place *p);

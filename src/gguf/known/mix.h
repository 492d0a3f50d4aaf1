/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/gguf.h"

/*
 * A file type: how llama-quantize chooses a type for each tensor. llama.cpp: src/llama-quant.cpp;
 * numbers and default types: include/llama.h, llama_ftype.
 */
struct mix {
	const char *name;   /* "Q4_K_M" */
	uint32_t file_type; /* general.file_type */
	const char *base;   /* name of the type that most tensors get */
	bool weighed;       /* published with an importance matrix, which changes some choices */
	bool usual;         /* worth proposing; those come first */
};

/* In any case, '-' for '_' too; FP16, FP32 and MXFP4 as well. NULL: none. */
const struct mix *mix_named(const char *name);
const struct mix *mix_at(size_t i); /* NULL behind the last */

/*
 * Gives each tensor of g its type and size, and all of them new offsets. What is f32 because
 * llama-quantize leaves it alone stays as it is. The keys must be those of g's file already.
 */
void mix_apply(struct arena *a, struct gguf *g, const struct mix *m);

/* Gives one tensor another type than that; others move. */
void mix_but(struct gguf *g, const char *tensor, const char *type);

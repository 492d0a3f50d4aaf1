/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/model.h"

/* What a header says of a model's shape: its keys, checked, as numbers. */
#define SHAPE_UNSAID UINT32_MAX /* where a key may be missing and that matters */

struct shape {
	const char *name; /* of the file, for messages */
	const struct gguf *g;
	const char *arch_name;   /* as the file says */
	const struct arch *arch; /* its own, or the nearest */
	bool arch_known;

	uint32_t blocks, nextn; /* block_count; of them draft layers at the end */
	uint32_t context, embd, vocab;
	uint32_t key_length, value_length;         /* UNSAID */
	uint32_t key_length_swa, value_length_swa; /* UNSAID */
	uint32_t key_length_mla, value_length_mla, kv_lora_rank, rope_dims;
	uint32_t window; /* UNSAID */
	uint32_t shared_kv_layers, recur_interval, loops, dense_lead, pooling;
	uint32_t conv, inner, state, groups; /* ssm.* */
	uint32_t wkv_head, shifts, conv_l, kda_head;
	uint32_t indexer_length;
	uint32_t experts, experts_shared, shared_ff;
	uint32_t file_type; /* UNSAID */

	/* of each layer, draft layers too */
	uint32_t heads[GGUF_LAYERS_MAX], kv_heads[GGUF_LAYERS_MAX], ff[GGUF_LAYERS_MAX];
	uint32_t experts_used[GGUF_LAYERS_MAX], expert_ff[GGUF_LAYERS_MAX];
	uint32_t recurrent[GGUF_LAYERS_MAX], indexed[GGUF_LAYERS_MAX], ratio[GGUF_LAYERS_MAX];
	bool recurrent_said, indexed_said;
	bool crossed[GGUF_LAYERS_MAX]; /* attends to a picture only (Llama 3.2 Vision) */

	uint32_t window_period;             /* as the file says; UNSAID */
	uint32_t windowed[GGUF_LAYERS_MAX]; /* where it lists them */
	bool window_listed;
};

/* -EINVAL: "NAME: byte OFFSET: rule", or what is missing. */
int shape_read(const char *name, const struct gguf *g, struct shape *ret, struct err *e);

/* One key of the architecture: 1 read, 0 not there (*ret as it was), -EINVAL. */
int shape_u32(const struct shape *s, const char *rest, uint32_t min, uint32_t max, uint32_t *ret,
	      struct err *e);
/* One number for all layers, or an array of one for each: block_count of them, or that less nextn.
 */
int shape_per_layer(const struct shape *s, const char *rest, uint32_t max, uint32_t *ret,
		    struct err *e);

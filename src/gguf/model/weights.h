/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/model/shape.h"

/* Sums a part's tensors into the model: its layers, and what belongs to none. */
struct weights {
	uint64_t token_embd_bytes;     /* of embd_bytes: what a tied model has twice */
	uint64_t stray;                /* tensors of layers that the model does not have */
	uint32_t expert_ff, shared_ff; /* as the tensors are shaped; 0: none of that kind */
};

void weights_add(const struct shape *s, const struct gguf *part, struct model *m,
		 struct weights *w);
/* What is left once all parts were added: the output of a tied model. */
void weights_finish(const struct shape *s, struct model *m, const struct weights *w);

/* "Q4_K_M" as general.file_type says, or "mostly q4_K". */
const char *quant_of(struct arena *a, const struct shape *s, const struct gguf *parts,
		     size_t part_count);

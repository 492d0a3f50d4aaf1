/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/known/mix.h"
#include "gguf/known/shapes.h"

/* What a name says: "qwen2.5:32b-instruct-q8_0", "Llama 3.1 8B Instruct", "owner/Name-GGUF". */
struct named {
	const struct shape *shape; /* NULL: no such model */
	const struct mix *mix;     /* NULL: it does not say */
	bool qat;                  /* trained for Q4_0, with its embeddings in f16 (Gemma 3) */
	bool kin;                  /* tuned from that shape, or another version of it */
};
struct named name_read(struct arena *a, const char *name);
/* Names in the table that look most like it: "a, b, c". */
const char *name_nearest(struct arena *a, const char *name);

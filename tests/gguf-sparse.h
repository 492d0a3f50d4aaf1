/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gguf-file.h"

/*
 * Small models as files: a true header, and a hole where the weights are. Each tensor is one row of
 * 32 halves.
 */
struct gguf_sparse {
	const char *arch; /* NULL: "llama" */
	unsigned tensors;
	unsigned words;                 /* of the vocabulary; 0: no such key */
	unsigned split_no, split_count; /* split_count 0: all in one */
	unsigned split_tensors;
};

enum { GGUF_SPARSE_TENSOR_BYTES = 64 };

/* The first part has the keys of the model, as tools/gguf-split has it. */
static inline void put_sparse_keys(struct gguf_file *f, const struct gguf_sparse *g)
{
	const char *arch = g->arch ? g->arch : "llama";

	if (g->split_no == 0) {
		put_key_string(f, "general.architecture", arch);
		put_key_u32(f, arena_printf(f->arena, "%s.block_count", arch), 1);
	}
	if (g->split_count) {
		put_key_u32(f, "split.no", g->split_no);
		put_key_u32(f, "split.count", g->split_count);
		put_key_u32(f, "split.tensors.count", g->split_tensors);
	}
	if (g->words)
		put_vocabulary(f, "tokenizer.ggml.tokens", g->words);
}

/* Writes one; its folder must be there. Its size in bytes. */
static inline uint64_t gguf_sparse_write(const char *path, const struct gguf_sparse *g)
{
	ARENA a = { 0 };
	struct gguf_file f = { .arena = &a };

	put_start(&f, g->tensors,
		  (g->split_no ? 0 : 2) + (g->split_count ? 3 : 0) + (g->words != 0));
	put_sparse_keys(&f, g);
	for (unsigned i = 0; i < g->tensors; i++)
		put_tensor(&f, arena_printf(&a, "blk.%u.%u.weight", g->split_no, i),
			   (const uint64_t[]){ 32, 0 }, 1, (uint64_t)i * GGUF_SPARSE_TENSOR_BYTES);
	put_padding(&f, 32);
	uint64_t size = f.size + (uint64_t)g->tensors * GGUF_SPARSE_TENSOR_BYTES;
	FILE *out = fopen(path, "we");
	if (!out || fwrite(f.data, 1, f.size, out) != f.size || fflush(out) != 0 ||
	    ftruncate(fileno(out), (off_t)size) != 0 || fclose(out) != 0)
		abort();
	return size;
}

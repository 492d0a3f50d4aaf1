/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* How ggml keeps numbers: in blocks of so many elements and so many bytes. ggml.h, ggml.c
 * type_traits. */
struct ggml_type {
	uint32_t id;
	const char *name; /* "q4_K", as llama.cpp prints it */
	uint32_t block_elements, block_bytes;
};

enum { GGML_DIMS = 4 };

/* NULL: no such type, or one that was removed. */
const struct ggml_type *ggml_type(uint32_t id);
/* By name, in any case: "Q8_0". NULL: none. */
const struct ggml_type *ggml_type_named(const char *name);

/* Bytes of one row of so many elements; a partial block counts whole. Saturates. */
uint64_t ggml_row_bytes(const struct ggml_type *t, uint64_t elements);
/* Bytes of a tensor. false: it would not fit in 64 bits, or is no whole number of blocks. */
bool ggml_bytes(const struct ggml_type *t, const uint64_t ne[GGML_DIMS], uint64_t *ret);

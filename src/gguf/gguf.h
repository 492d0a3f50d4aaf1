/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "gguf/type.h"

/*
 * The header of a GGUF file, versions 2 and 3 (ggml docs/gguf.md, gguf.cpp): its keys and its table
 * of tensors. Of the vocabulary only the length is kept, so what is kept does not grow with it, and
 * nothing depends on the weights behind the header.
 *
 * Nothing in a header is trusted: every count is held against the bytes that are left before
 * anything is made of it, every sum and product is checked. A file that breaks a rule is refused
 * with "NAME: byte OFFSET: rule", code -EINVAL.
 */
enum gguf_kind {
	GGUF_U8,
	GGUF_I8,
	GGUF_U16,
	GGUF_I16,
	GGUF_U32,
	GGUF_I32,
	GGUF_F32,
	GGUF_BOOL,
	GGUF_STRING,
	GGUF_ARRAY,
	GGUF_U64,
	GGUF_I64,
	GGUF_F64,
};

enum {
	GGUF_LAYERS_MAX = 512,    /* LLAMA_MAX_LAYERS */
	GGUF_KEPT_ITEMS = 1024,   /* arrays of whole numbers up to this long are kept */
	GGUF_KEPT_TEXT = 1 << 12, /* texts up to this long are kept */
	GGUF_AHEAD = 64 << 10,    /* a fetch may reach so far past what must still come */
};

struct gguf_key {
	const char *name; /* cleaned: safe to print */
	uint64_t at;      /* byte offset of the value */
	enum gguf_kind kind;
	enum gguf_kind item;  /* of an array */
	uint64_t count;       /* of an array: items; of a string: bytes */
	int64_t whole;        /* whole numbers and BOOL; a U64 above INT64_MAX saturates */
	double real;          /* F32, F64 */
	const char *text;     /* STRING, cleaned; NULL: too long to be kept */
	const int64_t *items; /* of a short array of whole numbers or BOOL; else NULL */
};

struct gguf_tensor {
	const char *name; /* cleaned */
	const struct ggml_type *type;
	uint64_t ne[GGML_DIMS]; /* ones behind the last dimension */
	uint64_t offset, bytes; /* in the data section */
};

struct gguf {
	uint32_t version;
	struct gguf_key *key;
	size_t key_count;
	struct gguf_tensor *tensor;
	size_t tensor_count;
	uint64_t alignment;
	uint64_t header_bytes; /* where the data section begins */
	uint64_t data_bytes;   /* as long as the table says it is, with its padding */
	uint64_t file_bytes;   /* UINT64_MAX: not known */
	/* The file ends so much too early: still coming down, or cut off. Not counting the padding
	 * behind the last tensor, which some writers leave out. */
	uint64_t missing_bytes;
	/* A tensor whose rows end inside a block: the file can be sized, but no program loads it.
	 * NULL: none does. */
	const struct gguf_tensor *odd_rows;
	uint64_t split_no, split_count; /* split_count 0: all in one file; else 2 or more */
};

/*
 * Where the bytes come from: a mapped file, a buffer over read(2), ranges of HTTP. The window that
 * take() gives is good until the next call.
 */
struct gguf_input {
	const char *name; /* for messages; cleaned */
	uint64_t size;    /* of the whole file; UINT64_MAX: not known */
	/*
	 * Bytes from offset `at` on: at least `want` of them (never more than 1 MiB), fewer only
	 * where the file ends. The header must have at least `surely` bytes from `at` on, or the
	 * file is refused: what is fetched from afar may ask for that many at once, and GGUF_AHEAD
	 * more. Offsets never go back.
	 */
	int (*take)(struct gguf_input *in, uint64_t at, uint64_t want, uint64_t surely,
		    struct bytes *ret, struct err *e);
};

/*
 * Reads a header into the arena. -EINVAL: refused, see above; else what take() failed with. A file
 * that ends inside its header is refused; one that ends inside its data is not, see missing_bytes.
 *
 * Of what was read is sure: no name is there twice; rows are whole blocks; the data of no two
 * tensors overlap, so all their bytes sum up to data_bytes at most, which is less than 2^63;
 * general.alignment, general.architecture and split.* are of their types, if there. Memory is at
 * most 32 MiB, and no header is longer than 256 MiB.
 */
int gguf_read(struct arena *a, struct gguf_input *in, struct gguf *ret, struct err *e);

/* The whole of a file, or its beginning, in memory: for tests and mapped files. */
struct gguf_memory {
	struct gguf_input in;
	struct bytes all;
};
void gguf_memory(struct gguf_memory *m, const char *name, struct bytes all, uint64_t file_bytes);

/* A key by its whole name, looked for from the first on; NULL: the file has none. */
const struct gguf_key *gguf_key(const struct gguf *g, const char *name);
/* "ARCH.REST", where ARCH is the value of general.architecture. */
const struct gguf_key *gguf_arch_key(const struct gguf *g, const char *rest);
const struct gguf_tensor *gguf_tensor(const struct gguf *g, const char *name);

/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "gguf/gguf.h"

/*
 * Writes GGUF files into memory, right ones and wrong ones: nothing is checked. Zero-initialise but
 * for the arena; on little-endian machines.
 */
struct gguf_file {
	struct arena *arena;
	char *data;
	size_t size, room;
};

static inline void put_bytes(struct gguf_file *f, const void *p, size_t size)
{
	if (f->room - f->size < size) {
		f->room = 2 * f->room + size + 256;
		char *more = arena_room(f->arena, f->room);
		if (f->size)
			memcpy(more, f->data, f->size);
		f->data = more;
	}
	if (size)
		memcpy(f->data + f->size, p, size);
	f->size += size;
}

static inline void put_u32(struct gguf_file *f, uint32_t v)
{
	put_bytes(f, &v, sizeof(v));
}

static inline void put_u64(struct gguf_file *f, uint64_t v)
{
	put_bytes(f, &v, sizeof(v));
}

static inline void put_string(struct gguf_file *f, const char *s)
{
	put_u64(f, strlen(s));
	put_bytes(f, s, strlen(s));
}

static inline void put_start(struct gguf_file *f, uint64_t tensors, uint64_t keys)
{
	put_bytes(f, "GGUF", 4);
	put_u32(f, 3);
	put_u64(f, tensors);
	put_u64(f, keys);
}

/* A key, of which the value must follow. */
static inline void put_key(struct gguf_file *f, const char *name, enum gguf_kind kind)
{
	put_string(f, name);
	put_u32(f, kind);
}

static inline void put_key_u32(struct gguf_file *f, const char *name, uint32_t v)
{
	put_key(f, name, GGUF_U32);
	put_u32(f, v);
}

static inline void put_key_string(struct gguf_file *f, const char *name, const char *v)
{
	put_key(f, name, GGUF_STRING);
	put_string(f, v);
}

/* An array, of which the items must follow. */
static inline void put_key_array(struct gguf_file *f, const char *name, enum gguf_kind item,
				 uint64_t count)
{
	put_key(f, name, GGUF_ARRAY);
	put_u32(f, item);
	put_u64(f, count);
}

/* ne: ended by a 0. */
static inline void put_tensor(struct gguf_file *f, const char *name, const uint64_t *ne,
			      uint32_t type, uint64_t offset)
{
	uint32_t dims = 0;

	while (ne[dims])
		dims++;
	put_string(f, name);
	put_u32(f, dims);
	put_bytes(f, ne, dims * sizeof(*ne));
	put_u32(f, type);
	put_u64(f, offset);
}

/* So that the size is a multiple of `alignment`. */
static inline void put_padding(struct gguf_file *f, size_t alignment)
{
	while (f->size % alignment)
		put_bytes(f, "", 1);
}

/* Tokens as a vocabulary has them: of 1 to 12 bytes. */
static inline void put_vocabulary(struct gguf_file *f, const char *name, uint64_t count)
{
	put_key_array(f, name, GGUF_STRING, count);
	for (uint64_t i = 0; i < count; i++) {
		size_t size = 1 + i * 7 % 12;
		put_u64(f, size);
		put_bytes(f, "abcdefghijkl", size);
	}
}

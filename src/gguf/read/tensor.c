/* SPDX-License-Identifier: MIT */
#include "gguf/read/read.h"

enum { NAME_BYTES = 64 }; /* GGML_MAX_NAME, with a NUL */
/* As Ollama's own engine numbers them, in the gpt-oss of its library: ml/backend/ggml/ggml.go. */
enum { OLLAMA_MXFP4 = 4, MXFP4 = 39 };

static int read_name(struct cursor *c, struct gguf_tensor *t, struct err *e)
{
	uint64_t size, at = c->at;

	int r = cursor_u64(c, &size, e);
	if (r < 0)
		return r;
	if (size >= NAME_BYTES)
		return cursor_refuse(c, at, e, "a tensor's name has less than %d bytes, not %llu",
				     NAME_BYTES, (unsigned long long)size);
	r = cursor_owe(c, at, size, 1, "bytes of a tensor's name", e);
	return r < 0 ? r : cursor_text(c, size, &t->name, e);
}

static int read_shape(struct cursor *c, struct gguf_tensor *t, struct err *e)
{
	uint32_t dims;
	uint64_t at = c->at;

	int r = cursor_u32(c, &dims, e);
	if (r < 0)
		return r;
	if (dims < 1 || dims > GGML_DIMS)
		return cursor_refuse(c, at, e, "tensor %s: %u dimensions; 1 to %d are possible",
				     t->name, dims, GGML_DIMS);
	/* One dimension was owed for every tensor. */
	r = cursor_owe(c, at, dims - 1, 8, "dimensions", e);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < GGML_DIMS; i++)
		t->ne[i] = 1;
	for (uint32_t i = 0; i < dims; i++) {
		at = c->at;
		r = cursor_u64(c, &t->ne[i], e);
		if (r < 0)
			return r;
		if (t->ne[i] < 1 || t->ne[i] > INT64_MAX)
			return cursor_refuse(c, at, e, "tensor %s: dimension %u has %llu elements",
					     t->name, i, (unsigned long long)t->ne[i]);
	}
	return 0;
}

/*
 * No program loads such a tensor, but all of it is as long as the table says, so the file can be
 * sized; gguf.odd_rows tells. One that ends inside a block is refused.
 */
static bool rows_share_blocks(const struct gguf_tensor *t)
{
	uint64_t bytes;

	return ggml_bytes(t->type, t->ne, &bytes);
}

static int read_type(struct cursor *c, const struct tensor_rules *rules, struct gguf_tensor *t,
		     struct err *e)
{
	uint32_t id;
	uint64_t at = c->at;

	int r = cursor_u32(c, &id, e);
	if (r < 0)
		return r;
	t->type = ggml_type(id == OLLAMA_MXFP4 && rules->is_ollama ? MXFP4 : id);
	if (!t->type)
		return cursor_refuse(c, at, e,
				     "tensor %s: type %u is not known, or was removed from ggml",
				     t->name, id);
	if (t->ne[0] % t->type->block_elements && !rows_share_blocks(t))
		return cursor_refuse(c, at, e,
				     "tensor %s: a row of %llu elements is no whole number of %s "
				     "blocks, of %u",
				     t->name, (unsigned long long)t->ne[0], t->type->name,
				     t->type->block_elements);
	if (!ggml_bytes(t->type, t->ne, &t->bytes))
		return cursor_refuse(c, at, e, "tensor %s: its size does not fit in 64 bits",
				     t->name);
	return 0;
}

static int read_offset(struct cursor *c, const struct tensor_rules *rules, struct gguf_tensor *t,
		       struct err *e)
{
	uint64_t end, at = c->at;

	int r = cursor_u64(c, &t->offset, e);
	if (r < 0)
		return r;
	if (t->offset % rules->alignment)
		return cursor_refuse(c, at, e, "tensor %s: offset %llu is no multiple of %llu",
				     t->name, (unsigned long long)t->offset,
				     (unsigned long long)rules->alignment);
	/* Room above it: for the header, for the padding. */
	if (__builtin_add_overflow(t->offset, t->bytes, &end) || end > INT64_MAX / 2)
		return cursor_refuse(c, at, e,
				     "tensor %s: %llu bytes from offset %llu: no file "
				     "is that long",
				     t->name, (unsigned long long)t->bytes,
				     (unsigned long long)t->offset);
	return 0;
}

int tensor_read(struct cursor *c, const struct tensor_rules *rules, struct gguf_tensor *ret,
		struct err *e)
{
	struct gguf_tensor t = { 0 };

	int r = read_name(c, &t, e);
	if (r < 0)
		return r;
	r = read_shape(c, &t, e);
	if (r < 0)
		return r;
	r = read_type(c, rules, &t, e);
	if (r < 0)
		return r;
	r = read_offset(c, rules, &t, e);
	if (r < 0)
		return r;
	*ret = t;
	return 0;
}

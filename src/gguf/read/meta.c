/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "gguf/read/read.h"

enum { KEY_NAME_MAX = 65535 }; /* ggml docs/gguf.md */

/* Bytes of a value; of a string its length only, of an array what stands before its items. */
static const struct {
	uint8_t bytes;
	bool is_whole, is_signed;
} kinds[] = {
	[GGUF_U8] = { 1, true, false },      [GGUF_I8] = { 1, true, true },
	[GGUF_U16] = { 2, true, false },     [GGUF_I16] = { 2, true, true },
	[GGUF_U32] = { 4, true, false },     [GGUF_I32] = { 4, true, true },
	[GGUF_F32] = { 4, false, false },    [GGUF_BOOL] = { 1, false, false },
	[GGUF_STRING] = { 8, false, false }, [GGUF_ARRAY] = { 12, false, false },
	[GGUF_U64] = { 8, true, false },     [GGUF_I64] = { 8, true, true },
	[GGUF_F64] = { 8, false, false },
};

bool meta_is_whole(enum gguf_kind k)
{
	return kinds[k].is_whole;
}

static int64_t whole_at(const char *p, enum gguf_kind k)
{
	uint64_t v = cursor_whole(p, kinds[k].bytes);
	unsigned unused = 64 - 8 * kinds[k].bytes;

	if (k == GGUF_BOOL)
		return v != 0;
	if (kinds[k].is_signed)
		return (int64_t)(v << unused) >> unused;
	return v > INT64_MAX ? INT64_MAX : (int64_t)v;
}

static double real_at(const char *p, enum gguf_kind k)
{
	uint64_t bits = cursor_whole(p, kinds[k].bytes);
	uint32_t low = (uint32_t)bits;
	float single;
	double real;

	memcpy(&single, &low, sizeof(single));
	memcpy(&real, &bits, sizeof(real));
	return k == GGUF_F32 ? (double)single : real;
}

static int read_name(struct cursor *c, struct gguf_key *k, struct err *e)
{
	uint64_t size, at = c->at;

	int r = cursor_u64(c, &size, e);
	if (r < 0)
		return r;
	if (size == 0 || size > KEY_NAME_MAX)
		return cursor_refuse(c, at, e, "a key's name has 1 to %d bytes, not %llu",
				     KEY_NAME_MAX, (unsigned long long)size);
	r = cursor_owe(c, at, size, 1, "bytes of a key's name", e);
	return r < 0 ? r : cursor_text(c, size, &k->name, e);
}

static int read_kind(struct cursor *c, const struct gguf_key *k, enum gguf_kind *ret, struct err *e)
{
	uint32_t kind;
	uint64_t at = c->at;

	int r = cursor_u32(c, &kind, e);
	if (r < 0)
		return r;
	if (kind > GGUF_F64)
		return cursor_refuse(c, at, e, "key %s: there is no type %u",
				     cursor_word(c, k->name), kind);
	*ret = (enum gguf_kind)kind;
	return 0;
}

static int read_string(struct cursor *c, struct gguf_key *k, struct err *e)
{
	uint64_t at = c->at;

	int r = cursor_u64(c, &k->count, e);
	if (r < 0)
		return r;
	r = cursor_owe(c, at, k->count, 1, "bytes of text", e);
	if (r < 0)
		return r;
	if (k->count <= GGUF_KEPT_TEXT)
		return cursor_text(c, k->count, &k->text, e);
	cursor_skip(c, k->count);
	return 0;
}

static int keep_items(struct cursor *c, struct gguf_key *k, struct err *e)
{
	const char *p;
	void *room;
	size_t each = kinds[k->item].bytes;

	int r = cursor_keep(c, c->at, k->count, sizeof(*k->items), &room, e);
	if (r < 0)
		return r;
	r = cursor_take(c, k->count * each, &p, e);
	if (r < 0)
		return r;
	int64_t *items = room;
	for (uint64_t i = 0; i < k->count; i++)
		items[i] = whole_at(p + i * each, k->item);
	k->items = items;
	return 0;
}

static int read_array(struct cursor *c, struct gguf_key *k, struct err *e)
{
	uint64_t at = c->at;

	int r = read_kind(c, k, &k->item, e);
	if (r < 0)
		return r;
	if (k->item == GGUF_ARRAY)
		return cursor_refuse(c, at, e, "key %s: an array of arrays",
				     cursor_word(c, k->name));
	at = c->at;
	r = cursor_u64(c, &k->count, e);
	if (r < 0)
		return r;
	r = cursor_owe(c, at, k->count, kinds[k->item].bytes, "items in an array", e);
	if (r < 0)
		return r;
	if (k->item == GGUF_STRING)
		return cursor_skip_strings(c, k->count, e);
	if (k->count <= GGUF_KEPT_ITEMS && (meta_is_whole(k->item) || k->item == GGUF_BOOL))
		return keep_items(c, k, e);
	cursor_skip(c, k->count * kinds[k->item].bytes);
	return 0;
}

static int read_value(struct cursor *c, struct gguf_key *k, struct err *e)
{
	const char *p;

	if (k->kind == GGUF_STRING)
		return read_string(c, k, e);
	if (k->kind == GGUF_ARRAY)
		return read_array(c, k, e);
	int r = cursor_take(c, kinds[k->kind].bytes, &p, e);
	if (r < 0)
		return r;
	if (k->kind == GGUF_F32 || k->kind == GGUF_F64)
		k->real = real_at(p, k->kind);
	else
		k->whole = whole_at(p, k->kind);
	return 0;
}

int meta_read(struct cursor *c, struct gguf_key *ret, struct err *e)
{
	struct gguf_key k = { 0 };

	int r = read_name(c, &k, e);
	if (r < 0)
		return r;
	r = read_kind(c, &k, &k.kind, e);
	if (r < 0)
		return r;
	/* One byte of it was owed for every key. */
	r = cursor_owe(c, c->at - 4, kinds[k.kind].bytes - 1u, 1, "bytes of a value", e);
	if (r < 0)
		return r;
	k.at = c->at;
	r = read_value(c, &k, e);
	if (r < 0)
		return r;
	*ret = k;
	return 0;
}

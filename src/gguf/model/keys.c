/* SPDX-License-Identifier: MIT */
#include "gguf/model/shape.h"

#include <errno.h>
#include <inttypes.h>

static bool is_whole(enum gguf_kind kind)
{
	switch (kind) {
	case GGUF_U8:
	case GGUF_I8:
	case GGUF_U16:
	case GGUF_I16:
	case GGUF_U32:
	case GGUF_I32:
	case GGUF_U64:
	case GGUF_I64:
		return true;
	case GGUF_F32:
	case GGUF_F64:
	case GGUF_BOOL:
	case GGUF_STRING:
	case GGUF_ARRAY:
		break;
	}
	return false;
}

static int out_of_bounds(const struct shape *s, const struct gguf_key *key, int64_t got,
			 uint32_t min, uint32_t max, struct err *e)
{
	return err_say(e, -EINVAL, "%s: byte %" PRIu64 ": %s is %" PRId64 ", not %u to %u", s->name,
		       key->at, key->name, got, min, max);
}

int shape_u32(const struct shape *s, const char *rest, uint32_t min, uint32_t max, uint32_t *ret,
	      struct err *e)
{
	const struct gguf_key *key = gguf_arch_key(s->g, rest);
	if (!key)
		return 0;
	if (!is_whole(key->kind))
		return err_say(e, -EINVAL, "%s: byte %" PRIu64 ": %s is no whole number", s->name,
			       key->at, key->name);
	if (key->whole < min || key->whole > max)
		return out_of_bounds(s, key, key->whole, min, max, e);
	*ret = (uint32_t)key->whole;
	return 1;
}

static int each_layer(const struct shape *s, const struct gguf_key *key, uint32_t max,
		      uint32_t *ret, struct err *e)
{
	if (!key->items || (key->item != GGUF_BOOL && !is_whole(key->item)))
		return err_say(e, -EINVAL,
			       "%s: byte %" PRIu64
			       ": %s is no array of whole numbers for %u layers",
			       s->name, key->at, key->name, s->blocks);
	if (key->count != s->blocks && key->count != s->blocks - s->nextn)
		return err_say(e, -EINVAL,
			       "%s: byte %" PRIu64 ": %s has %" PRIu64 " items for %u layers",
			       s->name, key->at, key->name, key->count, s->blocks);
	for (size_t i = 0; i < key->count; i++) {
		if (key->items[i] < 0 || key->items[i] > max)
			return out_of_bounds(s, key, key->items[i], 0, max, e);
		ret[i] = (uint32_t)key->items[i];
	}
	return 1;
}

int shape_per_layer(const struct shape *s, const char *rest, uint32_t max, uint32_t *ret,
		    struct err *e)
{
	const struct gguf_key *key = gguf_arch_key(s->g, rest);
	if (key && key->kind == GGUF_ARRAY)
		return each_layer(s, key, max, ret, e);

	uint32_t one = 0;
	int r = shape_u32(s, rest, 0, max, &one, e);
	for (uint32_t i = 0; r > 0 && i < s->blocks; i++)
		ret[i] = one;
	return r;
}

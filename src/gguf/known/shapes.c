/* SPDX-License-Identifier: MIT */
#include "gguf/known/shapes.h"

#include "base/str.h"

static const struct shape *const tables[] = {
	shapes_llama,  shapes_mistral, shapes_qwen,    shapes_deepseek,
	shapes_google, shapes_other,   shapes_encoder,
};

const struct shape *shape_at(size_t i)
{
	for (size_t t = 0; t < COUNT_OF(tables); t++)
		for (const struct shape *s = tables[t]; s->name; s++)
			if (i-- == 0)
				return s;
	return NULL;
}

const struct shape *shape_called(const char *name)
{
	const struct shape *s;
	for (size_t i = 0; (s = shape_at(i)); i++)
		if (str_eq(s->name, name))
			return s;
	return NULL;
}

bool shape_full(const struct shape *s, uint32_t layer)
{
	return s->period && layer % s->period == s->period - 1;
}

struct shape shape_layer(const struct shape *s, uint32_t layer)
{
	struct shape ret = *s;

	if (shape_full(s, layer) && s->full.head)
		ret.head = s->full.head;
	if (shape_full(s, layer) && s->full.kv_heads)
		ret.kv_heads = s->full.kv_heads;
	if (s->wide_ff && layer + s->shared_kv >= s->layers)
		ret.ff = 2 * s->ff;
	return ret;
}

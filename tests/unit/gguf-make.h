/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gguf/gguf.h"

/*
 * Headers by hand: keys and tensors as a reader would give them. Keys without a dot in front of
 * them are of the architecture: make_u32(&g, "block_count", 32).
 */
enum { MAKE_KEYS = 64, MAKE_TENSORS = 4096 };

struct made {
	struct gguf g;
	struct gguf_key keys[MAKE_KEYS];
	struct gguf_tensor tensors[MAKE_TENSORS];
	const char *arch;
	uint64_t at;
};

static struct arena make_arena;

__attribute__((unused)) static struct gguf_key *make_key(struct made *m, const char *name,
							 enum gguf_kind kind)
{
	struct gguf_key *key = &m->keys[m->g.key_count++];

	m->at += 100;
	key->name = strncmp(name, "general.", 8) == 0 || strncmp(name, "tokenizer.", 10) == 0
			? name
			: arena_printf(&make_arena, "%s.%s", m->arch, name);
	key->at = m->at;
	key->kind = kind;
	return key;
}

__attribute__((unused)) static void make_text(struct made *m, const char *name, const char *text)
{
	struct gguf_key *key = make_key(m, name, GGUF_STRING);
	key->text = text;
	key->count = strlen(text);
}

__attribute__((unused)) static void make_u32(struct made *m, const char *name, int64_t n)
{
	make_key(m, name, GGUF_U32)->whole = n;
}

__attribute__((unused)) static void make_list(struct made *m, const char *name, enum gguf_kind item,
					      const int64_t *items, uint64_t count)
{
	struct gguf_key *key = make_key(m, name, GGUF_ARRAY);
	int64_t *kept = arena_alloc(&make_arena, (count + 1) * sizeof(*kept));

	if (count)
		memcpy(kept, items, count * sizeof(*kept));
	key->item = item;
	key->count = count;
	key->items = kept;
}

/* Every period-th of count is `rare` (the last of each cycle, or the first), the others `common`.
 */
__attribute__((unused)) static void make_cycle(struct made *m, const char *name, uint64_t count,
					       uint64_t period, uint64_t which, int64_t common,
					       int64_t rare)
{
	int64_t items[GGUF_LAYERS_MAX];

	for (uint64_t i = 0; i < count; i++)
		items[i] = i % period == which ? rare : common;
	make_list(m, name, GGUF_I32, items, count);
}

__attribute__((unused)) static void make_model(struct made *m, const char *arch, uint32_t blocks,
					       uint32_t embd, uint32_t heads, uint32_t kv_heads)
{
	memset(m, 0, sizeof(*m));
	m->g.version = 3;
	m->g.alignment = 32;
	m->g.key = m->keys;
	m->g.tensor = m->tensors;
	m->arch = arch;
	make_text(m, "general.architecture", arch);
	make_u32(m, "block_count", blocks);
	make_u32(m, "embedding_length", embd);
	if (heads)
		make_u32(m, "attention.head_count", heads);
	if (kv_heads)
		make_u32(m, "attention.head_count_kv", kv_heads);
}

__attribute__((unused)) static void make_tensor(struct made *m, const char *name, const char *type,
						uint64_t ne0, uint64_t ne1, uint64_t ne2)
{
	struct gguf_tensor *t = &m->tensors[m->g.tensor_count++];

	t->name = str_dup(&make_arena, name);
	t->type = ggml_type_named(type);
	t->ne[0] = ne0;
	t->ne[1] = ne1;
	t->ne[2] = ne2;
	t->ne[3] = 1;
	t->offset = m->g.data_bytes;
	ggml_bytes(t->type, t->ne, &t->bytes);
	m->g.data_bytes += (t->bytes + 31) / 32 * 32;
}

/* "blk.%u.NAME" for each layer from `first` on. */
__attribute__((unused)) static void make_layers(struct made *m, uint32_t first, uint32_t behind,
						const char *name, const char *type, uint64_t ne0,
						uint64_t ne1, uint64_t ne2)
{
	for (uint32_t i = first; i < behind; i++)
		make_tensor(m, arena_printf(&make_arena, "blk.%u.%s", i, name), type, ne0, ne1,
			    ne2);
}

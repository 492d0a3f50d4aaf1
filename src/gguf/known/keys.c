/* SPDX-License-Identifier: MIT */
/* Which keys a shape has, named as llama.cpp names them (src/llama-arch.cpp). */
#include "base/str.h"
#include "gguf/known/shapes.h"

enum { KEYS_MAX = 48 };

static void text(struct gguf *g, const char *name, const char *value)
{
	g->key[g->key_count++] =
	    (struct gguf_key){ .name = name, .kind = GGUF_STRING, .text = value };
}

/* ARCH.REST; none where it is zero. */
static void number(struct arena *a, struct gguf *g, const struct shape *s, const char *rest,
		   uint64_t value)
{
	if (value == 0)
		return;
	g->key[g->key_count++] = (struct gguf_key){
		.name = arena_printf(a, "%s.%s", s->arch, rest),
		.kind = GGUF_U32,
		.whole = (int64_t)value,
	};
}

/* An array with a number for each layer. */
static void each(struct arena *a, struct gguf *g, const struct shape *s, const char *rest,
		 enum gguf_kind item, int64_t (*of)(const struct shape *, uint32_t))
{
	int64_t *items = arena_alloc(a, s->layers * sizeof(*items));

	for (uint32_t i = 0; i < s->layers; i++)
		items[i] = of(s, i);
	g->key[g->key_count++] = (struct gguf_key){
		.name = arena_printf(a, "%s.%s", s->arch, rest),
		.kind = GGUF_ARRAY,
		.item = item,
		.count = s->layers,
		.items = items,
	};
}

static int64_t kv_heads(const struct shape *s, uint32_t layer)
{
	return shape_layer(s, layer).kv_heads;
}

static int64_t ff(const struct shape *s, uint32_t layer)
{
	return shape_layer(s, layer).ff;
}

static int64_t windowed(const struct shape *s, uint32_t layer)
{
	return !shape_full(s, layer);
}

/* Gemma 4: full layers are named first, those with a window apart. */
static void two_widths(struct arena *a, struct gguf *g, const struct shape *s)
{
	number(a, g, s, "attention.head_count", s->heads);
	if (s->full.kv_heads)
		each(a, g, s, "attention.head_count_kv", GGUF_I32, kv_heads);
	else
		number(a, g, s, "attention.head_count_kv", s->kv_heads);
	number(a, g, s, "attention.key_length", s->full.head);
	number(a, g, s, "attention.value_length", s->full.head);
	number(a, g, s, "attention.key_length_swa", s->head);
	number(a, g, s, "attention.value_length_swa", s->head);
	number(a, g, s, "attention.sliding_window", s->window);
	number(a, g, s, "attention.shared_kv_layers", s->shared_kv);
	number(a, g, s, "embedding_length_per_layer_input", s->per_layer);
	number(a, g, s, "rope.dimension_count", s->full.head);
	number(a, g, s, "rope.dimension_count_swa", s->head);
	each(a, g, s, "attention.sliding_window_pattern", GGUF_BOOL, windowed);
}

static void attention(struct arena *a, struct gguf *g, const struct shape *s)
{
	uint32_t head = s->head ? s->head : s->heads ? s->embd / s->heads : 0;

	number(a, g, s, "attention.head_count", s->heads);
	number(a, g, s, "attention.head_count_kv", s->kv_lora ? 1 : s->kv_heads);
	number(a, g, s, "attention.key_length", s->kv_lora ? s->kv_lora + s->rope : head);
	number(a, g, s, "attention.value_length", s->kv_lora ? s->kv_lora : head);
	number(a, g, s, "attention.sliding_window", s->window);
	number(a, g, s, "attention.shared_kv_layers", s->shared_kv);
	number(a, g, s, "embedding_length_per_layer_input", s->per_layer);
	number(a, g, s, "rope.dimension_count", s->kv_lora ? s->rope : head);
	number(a, g, s, "attention.q_lora_rank", s->q_lora);
	number(a, g, s, "attention.kv_lora_rank", s->kv_lora);
	number(a, g, s, "attention.key_length_mla", s->kv_lora ? s->nope + s->rope : 0);
	number(a, g, s, "attention.value_length_mla", s->kv_lora ? s->v_head : 0);
}

static void experts(struct arena *a, struct gguf *g, const struct shape *s)
{
	number(a, g, s, "expert_count", s->experts);
	number(a, g, s, "expert_used_count", s->used);
	number(a, g, s, "expert_feed_forward_length", s->experts ? s->expert_ff : 0);
	number(a, g, s, "expert_shared_count", s->shared);
	number(a, g, s, "expert_shared_feed_forward_length", s->shared_ff);
	number(a, g, s, "leading_dense_block_count", s->dense);
	number(a, g, s, "interleave_moe_layer_step", s->moe_step);
}

static void recurrent(struct arena *a, struct gguf *g, const struct shape *s)
{
	number(a, g, s, "ssm.conv_kernel", s->ssm.conv);
	number(a, g, s, "ssm.inner_size", s->ssm.inner);
	number(a, g, s, "ssm.state_size", s->ssm.state);
	number(a, g, s, "ssm.time_step_rank", s->ssm.ranks);
	number(a, g, s, "ssm.group_count", s->ssm.groups);
	number(a, g, s, "full_attention_interval", s->ssm.inner ? s->period : 0);
}

void shape_keys(struct arena *a, const struct shape *s, struct gguf *g)
{
	g->key = arena_alloc(a, KEYS_MAX * sizeof(*g->key));
	g->key_count = 0;
	text(g, "general.architecture", s->arch);
	text(g, "general.name", s->title);
	g->key[g->key_count++] = (struct gguf_key){ .name = "general.file_type", .kind = GGUF_U32 };
	number(a, g, s, "block_count", s->layers);
	number(a, g, s, "context_length", s->context);
	number(a, g, s, "embedding_length", s->embd);
	if (s->wide_ff)
		each(a, g, s, "feed_forward_length", GGUF_I32, ff);
	else
		number(a, g, s, "feed_forward_length", s->ff ? s->ff : s->expert_ff);
	number(a, g, s, "nextn_predict_layers", s->draft);
	number(a, g, s, "vocab_size", s->vocab);
	if (s->full.head)
		two_widths(a, g, s);
	else
		attention(a, g, s);
	experts(a, g, s);
	recurrent(a, g, s);
}

void shape_gguf(struct arena *a, const struct shape *s, struct gguf *ret)
{
	*ret = (struct gguf){ .version = 3, .alignment = 32 };
	shape_keys(a, s, ret);
	shape_tensors(a, s, ret);
}

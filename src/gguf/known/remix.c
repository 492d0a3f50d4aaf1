/* SPDX-License-Identifier: MIT */
/* Gives a header's tensors the types that llama-quantize would: src/llama-quant.cpp. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "gguf/known/choice.h"

/* llama-quantize goes through the tensors layer by layer, in a layer by name. */
struct step {
	struct gguf_tensor *tensor;
	enum part part;
	int layer; /* -1: of none */
};

/* What decides for all tensors of a model alike. */
struct counts {
	uint32_t layers, experts, gqa;
	uint32_t values, downs, gates, ups; /* seen so far */
	uint32_t values_all;
	bool tied, falcon, seventy;
	bool in_parts; /* there are other files: what was counted is not all */
};

static int64_t whole(const struct gguf *g, const char *rest)
{
	const struct gguf_key *k = gguf_arch_key(g, rest);
	if (!k)
		return 0;
	return k->kind == GGUF_ARRAY ? (k->items && k->count ? k->items[0] : 0) : k->whole;
}

static const struct {
	const char *in;
	enum part part;
} parts[] = {
	{ "attn_qkv.weight", PART_QKV },
	{ "attn_v.weight", PART_V },
	{ "attn_k.weight", PART_K },
	{ "attn_q.weight", PART_Q },
	{ "attn_output.weight", PART_ATTN_OUT },
	{ "ffn_up", PART_UP },
	{ "ffn_gate", PART_GATE },
	{ "ffn_down", PART_DOWN },
};

static enum part part_of(const char *name)
{
	if (str_eq(name, "output.weight"))
		return PART_OUTPUT;
	if (str_eq(name, "token_embd.weight") || str_eq(name, "per_layer_token_embd.weight"))
		return PART_EMBD;
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		if (strstr(name, parts[i].in))
			return parts[i].part;
	return PART_OTHER;
}

/*
 * Matrices that llama-quantize leaves as they are. What was trained in MXFP4 (gpt-oss) stays so in
 * every file that is published.
 */
static const char *const left_alone[] = {
	"_norm.weight",     "ffn_gate_inp.weight",  "altup",
	"laurel",           "per_layer_model_proj", "position_embd",
	"token_types",      "ssm_conv1d",           "shortconv.conv.weight",
	"time_mix_first",   "time_mix_w0",          "time_mix_w1",
	"time_mix_w2",      "time_mix_v0",          "time_mix_v1",
	"time_mix_v2",      "time_mix_a0",          "time_mix_a1",
	"time_mix_a2",      "time_mix_g1",          "time_mix_g2",
	"time_mix_decay_w", "time_mix_lerp_fused",  "attn_rel_b.weight",
	"ffn_gate_tid2eid", "indexer.k_proj",       "indexer.q_proj",
};

static bool quantised(const struct gguf_tensor *t)
{
	bool flat = t->ne[1] <= 1 && t->ne[2] <= 1 && t->ne[3] <= 1;
	if (flat || !str_ends(t->name, "weight") || str_eq(t->type->name, "mxfp4"))
		return false;
	for (size_t i = 0; i < COUNT_OF(left_alone); i++)
		if (strstr(t->name, left_alone[i]))
			return false;
	return true;
}

static int layer_of(const char *name)
{
	int layer = -1;
	if (sscanf(name, "blk.%6d.", &layer) != 1 || layer < 0)
		return -1;
	return layer;
}

static int before(const void *a, const void *b)
{
	const struct step *x = a, *y = b;
	if (x->layer != y->layer)
		return x->layer < y->layer ? -1 : 1;
	return strcmp(x->tensor->name, y->tensor->name);
}

/* What llama.cpp calls a 70B: Llama, Qwen2 and Deci of 80 layers, but for LLaMA 65B. */
static bool seventy(const struct gguf *g, const struct counts *c)
{
	const struct gguf_key *k = gguf_key(g, "general.architecture");
	const char *arch = k && k->text ? k->text : "";

	if (c->layers != 80)
		return false;
	return (str_eq(arch, "llama") && c->gqa != 1) || str_eq(arch, "qwen2") ||
	       str_eq(arch, "deci");
}

static struct counts count(const struct gguf *g, const struct step *steps)
{
	const struct gguf_key *arch = gguf_key(g, "general.architecture");
	int64_t heads = whole(g, "attention.head_count");
	int64_t kv_heads = whole(g, "attention.head_count_kv");
	struct counts c = {
		.layers = (uint32_t)whole(g, "block_count"),
		.experts = (uint32_t)whole(g, "expert_count"),
		.gqa = kv_heads > 0 ? (uint32_t)(heads / kv_heads) : 0,
		.tied = g->split_count <= 1,
		.in_parts = g->split_count > 1,
		.falcon = arch && str_eq(arch->text, "falcon"),
	};

	for (size_t i = 0; i < g->tensor_count; i++) {
		c.values_all += steps[i].part == PART_V || steps[i].part == PART_QKV;
		c.tied = c.tied && steps[i].part != PART_OUTPUT;
	}
	c.seventy = seventy(g, &c);
	return c;
}

static struct place place_of(const struct mix *m, const struct step *s, struct counts *c)
{
	uint32_t layer = s->layer < 0 ? 0 : (uint32_t)s->layer;
	bool by_layer = c->experts > 1 || c->in_parts;
	struct place p = {
		.mix = m,
		.part = s->part,
		.row = s->tensor->ne[0],
		.stacked = s->tensor->ne[2] > 1,
		.of = c->layers,
		.experts = c->experts,
		.gqa = c->gqa,
		.tied = c->tied,
		.falcon = c->falcon,
		.seventy = c->seventy,
	};

	switch (s->part) {
	case PART_V:
	case PART_QKV:
		p.at = c->in_parts ? layer : c->values++;
		p.of = c->in_parts ? c->layers : c->values_all;
		break;
	case PART_DOWN:
		p.at = by_layer ? layer : c->downs++;
		break;
	case PART_GATE:
		p.at = by_layer ? layer : c->gates++;
		break;
	case PART_UP:
		p.at = by_layer ? layer : c->ups++;
		break;
	case PART_OTHER:
	case PART_OUTPUT:
	case PART_EMBD:
	case PART_Q:
	case PART_K:
	case PART_ATTN_OUT:
	case PARTS:
		break;
	}
	return p;
}

static uint64_t padded(uint64_t bytes, uint64_t alignment)
{
	uint64_t rest = alignment ? bytes % alignment : 0, sum;
	if (rest == 0)
		return bytes;
	return __builtin_add_overflow(bytes, alignment - rest, &sum) ? UINT64_MAX : sum;
}

/* Sizes and offsets anew. */
static void lay_out(struct gguf *g)
{
	uint64_t at = 0;
	for (size_t i = 0; i < g->tensor_count; i++) {
		struct gguf_tensor *t = &g->tensor[i];
		if (!ggml_bytes(t->type, t->ne, &t->bytes))
			t->bytes = 0;
		t->offset = at;
		if (__builtin_add_overflow(at, padded(t->bytes, g->alignment), &at))
			at = UINT64_MAX;
	}
	g->data_bytes = at;
	if (__builtin_add_overflow(g->header_bytes, at, &g->file_bytes))
		g->file_bytes = UINT64_MAX;
	g->missing_bytes = 0;
}

static void say_file_type(struct gguf *g, const struct mix *m)
{
	for (size_t i = 0; i < g->key_count; i++)
		if (str_eq(g->key[i].name, "general.file_type"))
			g->key[i].whole = m->file_type;
}

void mix_apply(struct arena *a, struct gguf *g, const struct mix *m)
{
	struct step *steps = arena_alloc(a, g->tensor_count * sizeof(*steps));

	for (size_t i = 0; i < g->tensor_count; i++) {
		const char *name = g->tensor[i].name;
		steps[i] = (struct step){ &g->tensor[i], part_of(name), layer_of(name) };
	}
	qsort(steps, g->tensor_count, sizeof(*steps), before);

	struct counts c = count(g, steps);
	for (size_t i = 0; i < g->tensor_count; i++) {
		if (!quantised(steps[i].tensor))
			continue;
		struct place p = place_of(m, &steps[i], &c);
		steps[i].tensor->type = ggml_type_named(choice_type(&p));
	}
	say_file_type(g, m);
	lay_out(g);
}

void mix_but(struct gguf *g, const char *tensor, const char *type)
{
	for (size_t i = 0; i < g->tensor_count; i++)
		if (str_eq(g->tensor[i].name, tensor))
			g->tensor[i].type = ggml_type_named(type);
	lay_out(g);
}

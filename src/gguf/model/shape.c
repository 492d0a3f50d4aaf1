/* SPDX-License-Identifier: MIT */
#include "gguf/model/shape.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

enum {
	HEADS_MAX = 1 << 16,
	HEAD_MAX = (1 << 16) - 1, /* elements; times HEADS_MAX it fits in 32 bits */
	WIDE_MAX = 1 << 28,       /* embeddings and the like */
	EXPERTS_MAX = 1024,       /* LLAMA_MAX_EXPERTS */
	LENGTH_MAX = INT32_MAX,
};

/* Keys of one number, their bounds, and what is taken where they are not there. */
static const struct scalar {
	const char *rest;
	uint32_t min, max, unsaid;
	size_t at;
} scalars[] = {
#define SCALAR(key, low, high, without, member)                                                    \
	{                                                                                          \
		key, low, high, without, offsetof(struct shape, member)                            \
	}
	SCALAR("context_length", 0, LENGTH_MAX, 0, context),
	SCALAR("embedding_length", 1, WIDE_MAX, 0, embd),
	SCALAR("vocab_size", 0, WIDE_MAX, 0, vocab),
	SCALAR("attention.key_length", 0, HEAD_MAX, SHAPE_UNSAID, key_length),
	SCALAR("attention.value_length", 0, HEAD_MAX, SHAPE_UNSAID, value_length),
	SCALAR("attention.key_length_swa", 0, HEAD_MAX, SHAPE_UNSAID, key_length_swa),
	SCALAR("attention.value_length_swa", 0, HEAD_MAX, SHAPE_UNSAID, value_length_swa),
	SCALAR("attention.key_length_mla", 0, HEAD_MAX, 0, key_length_mla),
	SCALAR("attention.value_length_mla", 0, HEAD_MAX, 0, value_length_mla),
	SCALAR("attention.kv_lora_rank", 0, HEAD_MAX, 0, kv_lora_rank),
	SCALAR("attention.indexer.key_length", 0, HEAD_MAX, 0, indexer_length),
	SCALAR("rope.dimension_count", 0, HEAD_MAX, 0, rope_dims),
	SCALAR("attention.sliding_window", 0, LENGTH_MAX, SHAPE_UNSAID, window),
	SCALAR("attention.shared_kv_layers", 0, GGUF_LAYERS_MAX, 0, shared_kv_layers),
	SCALAR("full_attention_interval", 1, GGUF_LAYERS_MAX, 0, recur_interval),
	SCALAR("num_loops", 1, GGUF_LAYERS_MAX, 1, loops),
	SCALAR("leading_dense_block_count", 0, GGUF_LAYERS_MAX, 0, dense_lead),
	SCALAR("pooling_type", 0, LENGTH_MAX, 0, pooling),
	SCALAR("ssm.conv_kernel", 0, WIDE_MAX, 0, conv),
	SCALAR("ssm.inner_size", 0, WIDE_MAX, 0, inner),
	SCALAR("ssm.state_size", 0, WIDE_MAX, 0, state),
	SCALAR("ssm.group_count", 0, WIDE_MAX, 0, groups),
	SCALAR("wkv.head_size", 0, WIDE_MAX, 0, wkv_head),
	SCALAR("token_shift_count", 0, WIDE_MAX, 2, shifts),
	SCALAR("shortconv.l_cache", 0, WIDE_MAX, 0, conv_l),
	SCALAR("kda.head_dim", 0, HEAD_MAX, 0, kda_head),
	SCALAR("expert_count", 0, EXPERTS_MAX, 0, experts),
	SCALAR("expert_shared_count", 0, EXPERTS_MAX, 0, experts_shared),
	SCALAR("expert_shared_feed_forward_length", 0, WIDE_MAX, 0, shared_ff),
#undef SCALAR
};

static int read_scalars(struct shape *s, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(scalars); i++) {
		const struct scalar *k = &scalars[i];
		uint32_t *to = (uint32_t *)(void *)((char *)s + k->at);
		*to = k->unsaid;
		int r = shape_u32(s, k->rest, k->min, k->max, to, e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_layers(struct shape *s, struct err *e)
{
	int r;

	if ((r = shape_per_layer(s, "attention.head_count", HEADS_MAX, s->heads, e)) < 0)
		return r;
	memcpy(s->kv_heads, s->heads, sizeof(s->kv_heads));
	if ((r = shape_per_layer(s, "attention.head_count_kv", HEADS_MAX, s->kv_heads, e)) < 0 ||
	    (r = shape_per_layer(s, "feed_forward_length", WIDE_MAX, s->ff, e)) < 0 ||
	    (r = shape_per_layer(s, "expert_used_count", EXPERTS_MAX, s->experts_used, e)) < 0 ||
	    (r = shape_per_layer(s, "expert_feed_forward_length", WIDE_MAX, s->expert_ff, e)) < 0)
		return r;
	return 0;
}

static void read_crossed(struct shape *s)
{
	const struct gguf_key *key = gguf_arch_key(s->g, "attention.cross_attention_layers");

	for (size_t i = 0; key && key->items && i < key->count; i++)
		if (key->items[i] >= 0 && key->items[i] < s->blocks)
			s->crossed[key->items[i]] = true;
}

/* What only some architectures heed: elsewhere a file may say of it what it likes. */
static int read_special(struct shape *s, struct err *e)
{
	const struct gguf_key *key = gguf_arch_key(s->g, "attention.compress_ratios");
	int r = 0;

	if (s->arch->recur == RECUR_LISTED)
		r = shape_per_layer(s, "attention.recurrent_layers", 1, s->recurrent, e);
	s->recurrent_said = r > 0;
	if (r < 0)
		return r;
	if (s->arch->indexer == INDEXER_TYPES)
		r = shape_per_layer(s, "attention.indexer.types", 1, s->indexed, e);
	s->indexed_said = s->arch->indexer == INDEXER_TYPES && r > 0;
	if (r < 0)
		return r;
	if (str_eq(s->arch->name, "mllama"))
		read_crossed(s);
	/* It may be longer than there are layers. */
	if (s->arch->indexer == INDEXER_RATIOS && key && key->items)
		for (uint32_t i = 0; i < s->blocks && i < key->count; i++)
			s->ratio[i] = key->items[i] == 4 || key->items[i] == 128
					  ? (uint32_t)key->items[i]
					  : 0;
	return 0;
}

static bool arch_has_window(const struct arch *arch)
{
	return arch->window_period || arch->window_all || arch->window_listed;
}

/* The pattern: each layer's, or the period of a cycle whose last layer sees all. */
static int read_pattern(struct shape *s, struct err *e)
{
	const char *rest = "attention.sliding_window_pattern";
	const struct gguf_key *key = gguf_arch_key(s->g, rest);
	int r;

	s->window_period = SHAPE_UNSAID;
	if (!key || !arch_has_window(s->arch))
		return 0;
	if (key->kind != GGUF_ARRAY)
		r = shape_u32(s, rest, 0, GGUF_LAYERS_MAX, &s->window_period, e);
	else
		r = shape_per_layer(s, rest, 1, s->windowed, e);
	s->window_listed = key->kind == GGUF_ARRAY && r > 0;
	return r < 0 ? r : 0;
}

static int refuse(const struct shape *s, const char *rest, struct err *e, const char *rule)
{
	const struct gguf_key *key = gguf_arch_key(s->g, rest);
	if (!key)
		return err_say(e, -EINVAL, "%s: the header has no %s.%s", s->name, s->arch_name,
			       rest);
	return err_say(e, -EINVAL, "%s: byte %" PRIu64 ": %s %s", s->name, key->at, key->name,
		       rule);
}

static bool attends(const struct shape *s)
{
	return s->arch->cache == CACHE_PLAIN || s->arch->cache == CACHE_MLA;
}

static int check_layers(const struct shape *s, struct err *e)
{
	uint32_t heads = 0;

	for (uint32_t i = 0; i < s->blocks; i++) {
		if (s->kv_heads[i] > s->heads[i])
			return refuse(s, "attention.head_count_kv", e,
				      "is more than attention.head_count");
		if (s->experts_used[i] > s->experts)
			return refuse(s, "expert_used_count", e, "is more than expert_count");
		heads |= s->heads[i];
	}
	if (heads == 0 && attends(s))
		return refuse(s, "attention.head_count", e, "is 0, and the model attends");
	return 0;
}

static int read_blocks(struct shape *s, struct err *e)
{
	int r = shape_u32(s, "block_count", 1, GGUF_LAYERS_MAX, &s->blocks, e);
	if (r < 0)
		return r;
	if (r == 0)
		return err_say(e, -EINVAL,
			       "%s: the header has no %s.block_count: it is no language model",
			       s->name, s->arch_name);
	r = shape_u32(s, "nextn_predict_layers", 0, s->blocks, &s->nextn, e);
	if (r < 0)
		return r;
	/* A file of draft layers alone: they are its trunk. */
	if (s->nextn == s->blocks)
		s->nextn = 0;
	return 0;
}

/* Hunyuan's dense models say that they have one expert, or none of them used. */
static void drop_single_expert(struct shape *s)
{
	if (s->experts > 1 || strncmp(s->arch_name, "hunyuan", strlen("hunyuan")) != 0)
		return;
	s->experts = 0;
	memset(s->experts_used, 0, sizeof(s->experts_used));
}

static bool layer_without_kv(const struct gguf *g)
{
	const struct gguf_key *key = gguf_arch_key(g, "attention.head_count_kv");
	for (size_t i = 0; key && key->items && i < key->count; i++)
		if (key->items[i] == 0)
			return true;
	return false;
}

/* What an architecture that is not in the table is most like, by its keys. */
static const char *likeness(const struct gguf *g)
{
	bool ssm = gguf_arch_key(g, "ssm.conv_kernel") != NULL;

	if (gguf_arch_key(g, "wkv.head_size"))
		return "rwkv7";
	if (gguf_arch_key(g, "kda.head_dim"))
		return "kimi-linear";
	if (gguf_arch_key(g, "shortconv.l_cache"))
		return "lfm2";
	if (ssm && (gguf_arch_key(g, "full_attention_interval") ||
		    gguf_arch_key(g, "attention.recurrent_layers")))
		return "qwen3next";
	if (ssm)
		return layer_without_kv(g) ? "granitehybrid" : "mamba2";
	if (gguf_arch_key(g, "attention.key_length_mla"))
		return "deepseek2";
	if (gguf_arch_key(g, "attention.sliding_window_pattern"))
		return "gemma3";
	return "llama";
}

static int read_arch(struct shape *s, struct err *e)
{
	const struct gguf_key *key = gguf_key(s->g, "general.architecture");
	if (!key)
		return err_say(e, -EINVAL, "%s: the header has no general.architecture", s->name);
	if (key->kind != GGUF_STRING || !key->text)
		return err_say(e, -EINVAL,
			       "%s: byte %" PRIu64 ": general.architecture is no short text",
			       s->name, key->at);
	s->arch_name = key->text;
	if (str_eq(key->text, "clip"))
		return err_say(e, -EINVAL,
			       "%s: byte %" PRIu64 ": it is a projector (mmproj) for a model that "
			       "sees, and no model",
			       s->name, key->at);
	s->arch = arch_find(key->text);
	s->arch_known = s->arch != NULL;
	if (!s->arch)
		s->arch = arch_find(likeness(s->g));
	return 0;
}

static void read_file_type(struct shape *s)
{
	const struct gguf_key *key = gguf_key(s->g, "general.file_type");
	s->file_type = key && key->kind == GGUF_U32 ? (uint32_t)key->whole : SHAPE_UNSAID;
}

int shape_read(const char *name, const struct gguf *g, struct shape *ret, struct err *e)
{
	struct shape *s = ret;
	int r;

	*s = (struct shape){ .name = name, .g = g };
	if ((r = read_arch(s, e)) < 0 || (r = read_blocks(s, e)) < 0 ||
	    (r = read_scalars(s, e)) < 0 || (r = read_layers(s, e)) < 0 ||
	    (r = read_special(s, e)) < 0 || (r = read_pattern(s, e)) < 0)
		return r;
	if (s->embd == 0)
		return refuse(s, "embedding_length", e, "is 0");
	drop_single_expert(s);
	read_file_type(s);
	return check_layers(s, e);
}

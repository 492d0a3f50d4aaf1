/* SPDX-License-Identifier: MIT */
#include "gguf/model/layers.h"

static uint32_t narrow(uint64_t n)
{
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static uint32_t said(uint32_t n, uint32_t otherwise)
{
	return n == SHAPE_UNSAID ? otherwise : n;
}

/* Heads are alike in all layers, so the first layer's number divides: llama-model.cpp. */
static uint32_t plain_head(const struct shape *s)
{
	return s->heads[0] ? s->embd / s->heads[0] : 0;
}

uint32_t shape_k_head(const struct shape *s, bool window)
{
	uint32_t full = said(s->key_length, plain_head(s));
	return window ? said(s->key_length_swa, full) : full;
}

uint32_t shape_v_head(const struct shape *s, bool window)
{
	uint32_t full = said(s->value_length, plain_head(s));
	return window ? said(s->value_length_swa, full) : full;
}

/* Tokens of the window, 0: there is none. */
static uint32_t window_width(const struct shape *s)
{
	const struct arch *arch = s->arch;

	if (arch->window_unused ||
	    !(arch->window_period || arch->window_all || arch->window_listed))
		return 0;
	if (arch->window_layers && arch->window_layers != s->blocks - s->nextn)
		return 0;
	uint32_t width = said(s->window, arch->window_default);
	return width && arch->window_fixed ? arch->window_default : width;
}

/* Where a file should list its layers and does not: Gemma 4's small ones have another cycle. */
static uint32_t guessed_period(const struct shape *s)
{
	uint32_t period = s->arch->window_period, layers = s->blocks - s->nextn;

	if (s->arch->window_listed && period == 6 && layers % 6 != 0 && layers % 5 == 0)
		return 5;
	return period;
}

static bool in_cycle(uint32_t i, uint32_t period, bool dense_first)
{
	if (period == 0)
		return true;
	return dense_first ? i % period != 0 : i % period < period - 1;
}

static bool sees_window(const struct shape *s, uint32_t i)
{
	if (s->arch->window_all)
		return true;
	if (s->window_listed)
		return s->windowed[i];
	if (s->window_period != SHAPE_UNSAID)
		return in_cycle(i, s->window_period, s->arch->window_dense_first);
	uint32_t period = guessed_period(s);
	return period && in_cycle(i, period, s->arch->window_dense_first);
}

static bool is_recurrent(const struct shape *s, uint32_t i)
{
	if (s->arch->cache == CACHE_RECURRENT)
		return true;
	if (s->arch->cache != CACHE_HYBRID)
		return false;
	switch (s->arch->recur) {
	case RECUR_NO_KV:
		return s->kv_heads[i] == 0;
	case RECUR_NO_KV_FF:
		return s->kv_heads[i] == 0 && s->ff[i] == 0;
	case RECUR_LISTED:
		if (s->recurrent_said)
			return s->recurrent[i];
		return in_cycle(i, s->recur_interval ? s->recur_interval : s->arch->recur_interval,
				false);
	case RECUR_BOTH:
		return true;
	}
	return false;
}

/* Layers that read another's cache, or do no attention. */
static bool keeps_none(const struct shape *s, uint32_t i)
{
	uint32_t own = s->blocks - s->nextn;

	if (s->arch->cache == CACHE_NONE)
		return true;
	if (s->arch->cache == CACHE_HYBRID && s->arch->recur == RECUR_NO_KV_FF && s->ff[i] > 0)
		return true;
	if (s->arch->kv_layers)
		own = s->arch->kv_layers;
	else if (s->shared_kv_layers)
		own = s->blocks > s->shared_kv_layers ? s->blocks - s->shared_kv_layers : 0;
	return i >= own;
}

bool shape_is_latent(const struct shape *s)
{
	if (s->arch->indexer == INDEXER_RATIOS)
		return true;
	bool can = s->arch->cache == CACHE_MLA || s->arch->state == STATE_KDA;
	return can && s->key_length_mla && s->value_length_mla;
}

static void add_indexer(const struct shape *s, uint32_t i, struct model_layer *l)
{
	bool here = false;

	switch (s->arch->indexer) {
	case INDEXER_NONE:
	case INDEXER_RATIOS:
		break;
	case INDEXER_ALL:
		here = true;
		break;
	case INDEXER_TYPES:
		here = !s->indexed_said || s->indexed[i];
		break;
	case INDEXER_SPARSE:
		here = i >= s->dense_lead;
		if (here)
			l->v_width = narrow((uint64_t)l->v_width + l->v_head);
		break;
	}
	if (here)
		l->k_width = narrow((uint64_t)l->k_width + s->indexer_length);
}

/*
 * DeepSeek 4 keeps a window of raw rows, one row for each 4 or 128 tokens of the rest, the
 * indexer's of each 4, and the compressor's state. The raw rows are reckoned as state: a batch of
 * 512 on top of the window.
 */
static void squeeze(const struct shape *s, uint32_t i, struct model_layer *l)
{
	uint64_t k = l->k_width, index = s->indexer_length;
	uint64_t raw = ((uint64_t)said(s->window, 0) + 512 + 255) / 256 * 256;

	if (s->ratio[i] == 0)
		return;
	l->cache = LAYER_CACHE_FULL;
	l->state_bytes = sat_mul(2 * raw, k);
	if (s->ratio[i] == 4) {
		l->state_bytes = sat_add(l->state_bytes, sat_mul(4 * 2 * 8 * 2, k + index));
		l->k_width = narrow((k + index) / 4);
	} else {
		l->state_bytes = sat_add(l->state_bytes, sat_mul(4 * 2 * 128, k));
		l->k_width = narrow(k / 128);
	}
}

static void attend(const struct shape *s, uint32_t i, bool window, struct model_layer *l)
{
	l->cache = window ? LAYER_CACHE_WINDOW : LAYER_CACHE_FULL;
	l->k_width = narrow((uint64_t)l->k_head * l->kv_heads);
	if (shape_is_latent(s) && s->key_length == SHAPE_UNSAID && s->kv_lora_rank)
		l->k_width = s->kv_lora_rank + s->rope_dims;
	l->v_width = shape_is_latent(s) ? 0 : narrow((uint64_t)l->v_head * l->kv_heads);
	add_indexer(s, i, l);
	if (s->arch->indexer == INDEXER_RATIOS)
		squeeze(s, i, l);
	if (l->k_width == 0 && l->v_width == 0)
		l->cache = LAYER_CACHE_NONE;
}

/* Four tiles of a picture, of 1601 patches each, as f32: Ollama fs/ggml/ggml.go. */
static void see_picture(struct model_layer *l)
{
	uint64_t row = sat_mul(l->kv_heads, (uint64_t)l->k_head + l->v_head);
	l->state_bytes = sat_mul(row, 4ull * 1601 * 4);
}

static void layer_of(const struct shape *s, uint32_t i, uint32_t width, struct model_layer *l)
{
	bool window = width && sees_window(s, i);
	bool recurrent = is_recurrent(s, i);

	l->heads = s->heads[i];
	l->kv_heads = s->kv_heads[i];
	l->ff = s->ff[i];
	l->k_head = shape_k_head(s, window);
	l->v_head = shape_v_head(s, window);
	if (s->crossed[i])
		see_picture(l);
	if (s->crossed[i] || keeps_none(s, i))
		return;
	if (recurrent)
		l->state_bytes = state_bytes(s);
	if (recurrent && !(s->arch->cache == CACHE_HYBRID && s->arch->recur == RECUR_BOTH))
		l->cache = LAYER_CACHE_STATE;
	else
		attend(s, i, window, l);
}

static uint32_t convolution(const struct shape *s)
{
	switch (s->arch->state) {
	case STATE_NONE:
		break;
	case STATE_SSM:
	case STATE_SSM_UNGROUP:
		return s->conv ? s->conv : 1;
	case STATE_WKV:
		return s->shifts ? s->shifts : 1;
	case STATE_CONV:
		return s->conv_l ? s->conv_l : 1;
	case STATE_KDA:
		return s->conv ? s->conv : 4;
	case STATE_LINEAR:
		return 1;
	}
	return 0;
}

void layers_of(const struct shape *s, struct model *m)
{
	uint32_t trunk = s->blocks - s->nextn;
	uint32_t width = window_width(s);

	for (uint32_t i = 0; i < m->layer_count; i++) {
		layer_of(s, i % trunk, width, &m->layer[i]);
		if (m->layer[i].cache == LAYER_CACHE_WINDOW)
			m->window = width;
		if (is_recurrent(s, i % trunk))
			m->conv = convolution(s);
	}
}

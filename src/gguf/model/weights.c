/* SPDX-License-Identifier: MIT */
#include "gguf/model/weights.h"

#include <stdio.h>
#include <string.h>

#include "gguf/model/layers.h"

/*
 * Looked up by token, so they stay with the CPU: llama-arch.cpp LLM_TENSOR_INFOS, LAYER_INPUT.
 * Gemma 3n's and 4's per-layer table was on the GPU before that list said so.
 */
static const char *const looked_up[] = {
	"token_embd.weight",           "position_embd.weight",         "token_types.weight",
	"per_layer_token_embd.weight", "masked_embd_centroids.weight", "masked_embd_ordering",
};

/* Of what sees and hears, in files that hold it beside the text model as Ollama writes them. */
static const char *const projector[] = { "v.", "mm.", "a." };

static bool is_looked_up(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(looked_up); i++)
		if (str_eq(name, looked_up[i]))
			return true;
	return false;
}

static bool is_projector(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(projector); i++)
		if (str_starts(name, projector[i]))
			return true;
	return false;
}

/* Each token uses some of them only: all in one tensor, or one each as files of 2023 have it. */
static bool is_expert(const char *name)
{
	unsigned n;
	char kind[8];

	if (strstr(name, "_exps") || strstr(name, "_chexps"))
		return true;
	const char *ffn = strstr(name, ".ffn_");
	return ffn && sscanf(ffn, ".ffn_%7[a-z].%u.", kind, &n) == 2;
}

/* The N of "blk.N."; encoders and decoders of T5 share the numbers. false: of no layer. */
static bool layer_number(const char *name, uint32_t *ret)
{
	uint32_t n = 0;

	if (str_starts(name, "enc.") || str_starts(name, "dec."))
		name += strlen("enc.");
	if (!str_starts(name, "blk."))
		return false;
	const char *digit = name + strlen("blk.");
	if (*digit < '0' || *digit > '9')
		return false;
	for (; *digit >= '0' && *digit <= '9'; digit++)
		n = n > GGUF_LAYERS_MAX ? n : 10 * n + (uint32_t)(*digit - '0');
	*ret = n;
	return *digit == '.';
}

static uint64_t elements(const struct gguf_tensor *t)
{
	uint64_t n = 1;
	for (int i = 0; i < GGML_DIMS; i++)
		n = sat_mul(n, t->ne[i]);
	return n;
}

static uint32_t row(const struct gguf_tensor *t)
{
	return t->ne[0] > UINT32_MAX ? UINT32_MAX : (uint32_t)t->ne[0];
}

static void note_shape(const struct gguf_tensor *t, struct weights *w)
{
	if (strstr(t->name, ".ffn_down_exps.weight"))
		w->expert_ff = row(t);
	if (strstr(t->name, ".ffn_down_shexp.weight"))
		w->shared_ff = row(t);
}

static void add_to_layer(struct model_layer *l, const struct gguf_tensor *t, struct weights *w)
{
	l->weight_bytes = sat_add(l->weight_bytes, t->bytes);
	if (is_expert(t->name)) {
		l->expert_bytes = sat_add(l->expert_bytes, t->bytes);
		l->largest_expert_bytes = most(l->largest_expert_bytes, t->bytes);
	} else {
		l->largest_bytes = most(l->largest_bytes, t->bytes);
	}
	note_shape(t, w);
}

static void add_elsewhere(const struct gguf_tensor *t, struct model *m, struct weights *w)
{
	const char *name = t->name;

	if (is_looked_up(name)) {
		m->embd_bytes = sat_add(m->embd_bytes, t->bytes);
		if (!str_eq(name, "token_embd.weight"))
			return;
		w->token_embd_bytes = t->bytes;
		m->vocab = t->ne[1] > UINT32_MAX ? UINT32_MAX : (uint32_t)t->ne[1];
	} else if (is_projector(name)) {
		m->projector_bytes = sat_add(m->projector_bytes, t->bytes);
	} else if (str_starts(name, "output")) {
		m->output_bytes = sat_add(m->output_bytes, t->bytes);
		if (str_eq(name, "output.weight"))
			m->output_weight_bytes = t->bytes;
	} else {
		m->other_bytes = sat_add(m->other_bytes, t->bytes);
	}
}

static void add_tensor(const struct shape *s, const struct gguf_tensor *t, struct model *m,
		       struct weights *w)
{
	uint32_t trunk = s->blocks - s->nextn, n;

	m->params = sat_add(m->params, elements(t));
	if (!layer_number(t->name, &n)) {
		add_elsewhere(t, m, w);
	} else if (n < trunk) {
		add_to_layer(&m->layer[n], t, w);
	} else if (n < s->blocks) {
		m->draft_bytes = sat_add(m->draft_bytes, t->bytes);
	} else {
		m->other_bytes = sat_add(m->other_bytes, t->bytes);
		w->stray++;
	}
}

void weights_add(const struct shape *s, const struct gguf *part, struct model *m, struct weights *w)
{
	for (size_t i = 0; i < part->tensor_count; i++)
		add_tensor(s, &part->tensor[i], m, w);
	m->file_bytes = sat_add(m->file_bytes, sat_add(part->header_bytes, part->data_bytes));
	m->missing_bytes = sat_add(m->missing_bytes, part->missing_bytes);
}

void weights_finish(const struct shape *s, struct model *m, const struct weights *w)
{
	m->tied = m->output_weight_bytes == 0 && w->token_embd_bytes > 0 && !s->arch->headless;
	if (!m->tied)
		return;
	m->output_weight_bytes = w->token_embd_bytes;
	m->output_bytes = sat_add(m->output_bytes, w->token_embd_bytes);
}

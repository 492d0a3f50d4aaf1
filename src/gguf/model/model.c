/* SPDX-License-Identifier: MIT */
#include "gguf/model.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "gguf/model/layers.h"
#include "gguf/model/weights.h"

struct making {
	struct arena *a;
	const struct shape *s;
	const struct gguf *parts;
	size_t part_count;
	struct weights weights;
	struct model *m;
	size_t notes_room;
};

static void note(struct making *k, const char *text)
{
	names_add(k->a, &k->m->notes, &k->notes_room, text);
}

static uint32_t largest(const uint32_t *of, uint32_t count)
{
	uint32_t most = 0;
	for (uint32_t i = 0; i < count; i++)
		most = of[i] > most ? of[i] : most;
	return most;
}

/* Some converters have the commit for a name. */
static bool is_hash(const char *name)
{
	size_t n = strspn(name, "0123456789abcdef");
	return n >= 32 && !name[n];
}

static const char *name_of(const struct making *k)
{
	const struct gguf_key *key = gguf_key(k->parts, "general.name");
	if (key && key->kind == GGUF_STRING && key->text && key->text[0] && !is_hash(key->text))
		return key->text;
	const char *slash = strrchr(k->s->name, '/');
	return str_dup(k->a, slash ? slash + 1 : k->s->name);
}

static uint32_t vocabulary(const struct making *k)
{
	const struct gguf_key *tokens = gguf_key(k->parts, "tokenizer.ggml.tokens");

	if (k->m->vocab)
		return k->m->vocab;
	if (k->s->vocab || !tokens || tokens->kind != GGUF_ARRAY)
		return k->s->vocab;
	return tokens->count > UINT32_MAX ? UINT32_MAX : (uint32_t)tokens->count;
}

static uint32_t shared_ff(const struct making *k, uint32_t expert_ff)
{
	uint64_t reckoned = sat_mul(k->s->experts_shared, expert_ff);

	if (k->weights.shared_ff)
		return k->weights.shared_ff;
	if (k->s->shared_ff)
		return k->s->shared_ff;
	return reckoned > UINT32_MAX ? UINT32_MAX : (uint32_t)reckoned;
}

static void set_experts(struct making *k)
{
	const struct shape *s = k->s;
	struct model *m = k->m;

	if (s->experts == 0)
		return;
	m->experts = s->experts;
	m->experts_used = largest(s->experts_used, s->blocks);
	m->expert_ff = largest(s->expert_ff, s->blocks);
	if (m->expert_ff == 0)
		m->expert_ff = k->weights.expert_ff ? k->weights.expert_ff : m->ff;
	m->shared_ff = shared_ff(k, m->expert_ff);
	if (m->experts_used)
		return;
	m->experts_used = m->experts;
	note(k, "the file does not say how many experts a token uses: all are reckoned with");
}

static void set_dimensions(struct making *k)
{
	const struct shape *s = k->s;
	struct model *m = k->m;

	m->context_max = s->context;
	m->embd = s->embd;
	m->ff = largest(s->ff, s->blocks);
	m->heads = largest(s->heads, s->blocks);
	m->kv_heads = largest(s->kv_heads, s->blocks);
	m->k_head = shape_k_head(s, false);
	m->v_head = shape_v_head(s, false);
	m->vocab = vocabulary(k);
	m->encoder = s->arch->encoder || s->pooling != 0;
	set_experts(k);
}

/* Layers of a looped model are gone through again, with a cache each time. */
static int set_layers(struct making *k, struct err *e)
{
	const struct shape *s = k->s;
	uint32_t loops = str_eq(s->arch->name, "nanbeige") ? s->loops : 1;
	uint32_t trunk = s->blocks - s->nextn;

	if (loops > GGUF_LAYERS_MAX / trunk)
		return err_say(e, -EINVAL, "%s: %u loops of %u layers are more than %d", s->name,
			       loops, trunk, GGUF_LAYERS_MAX);
	k->m->layer_count = loops * trunk;
	k->m->draft_layer_count = s->nextn;
	k->m->layer = arena_alloc(k->a, k->m->layer_count * sizeof(*k->m->layer));
	layers_of(s, k->m);
	return 0;
}

static void note_arch(struct making *k)
{
	const struct shape *s = k->s;
	const struct arch *arch = s->arch;
	const struct model *m = k->m;

	if (!s->arch_known)
		note(k,
		     arena_printf(k->a, "the architecture %s is not known: it is reckoned like %s",
				  s->arch_name, arch->name));
	if (!s->arch_known && s->window != SHAPE_UNSAID && s->window && !m->window)
		note(k, "it may keep only a window of what it reads: it is not reckoned with");
	if (str_eq(arch->name, "t5"))
		note(k, "of an encoder with a decoder, the memory is a rough guess");
	if (arch->cache == CACHE_MLA && !shape_is_latent(s))
		note(k, "an old file: K and V of all heads are kept, where a GGUF made since April "
			"2025 needs one small row");
	if (arch->indexer == INDEXER_RATIOS)
		note(k, "its compressed cache is reckoned approximately");
	if (arch->window_listed && m->window && !s->window_listed)
		note(k, "the file does not list the layers that see a window only: the usual "
			"cycle is taken");
	if (m->conv && arch->state != STATE_WKV && state_bytes(s) == 0)
		note(k, "the file does not say how large its recurrent state is: none is reckoned "
			"with");
	if (arch->state == STATE_WKV && !s->wkv_head)
		note(k, "the file does not say wkv.head_size: 64 is taken");
}

static void note_odd_rows(struct making *k, const struct gguf_tensor *t)
{
	if (t)
		note(k, arena_printf(k->a,
				     "llama.cpp does not load this file: rows of %s, of %" PRIu64
				     " elements, are no whole number of %s blocks",
				     t->name, t->ne[0], t->type->name));
}

static void note_parts(struct making *k)
{
	const struct gguf *first = k->parts;
	struct model *m = k->m;

	if (first->split_count > k->part_count)
		note(k, arena_printf(k->a,
				     "only %zu of %" PRIu64
				     " parts are there: the weights of the others are not counted",
				     k->part_count, first->split_count));
	if (m->missing_bytes)
		note(k, arena_printf(k->a, "%s of the file are not there yet, or were cut off",
				     str_bytes(k->a, m->missing_bytes)));
	if (m->params == 0)
		note(k, "the file has no weights: only a vocabulary");
	for (size_t i = 0; i < k->part_count; i++)
		note_odd_rows(k, k->parts[i].odd_rows);
	if (k->weights.stray)
		note(k, arena_printf(k->a,
				     "%" PRIu64 " of its tensors are of layers beyond the %u that "
				     "the file says it has",
				     k->weights.stray, k->s->blocks));
}

static int make(struct making *k, struct err *e)
{
	const struct shape *s = k->s;
	struct model *m = k->m;

	m->arch = s->arch_name;
	m->as = s->arch;
	m->arch_known = s->arch_known;
	m->name = name_of(k);
	int r = set_layers(k, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < k->part_count; i++)
		weights_add(s, &k->parts[i], m, &k->weights);
	weights_finish(s, m, &k->weights);
	set_dimensions(k);
	m->quant = quant_of(k->a, s, k->parts, k->part_count);
	note_arch(k);
	note_parts(k);
	return 0;
}

int model_of(struct arena *a, const char *name, const struct gguf *parts, size_t part_count,
	     struct model *ret, struct err *e)
{
	struct shape *s = arena_alloc(a, sizeof(*s));
	struct model m = { 0 };
	struct making k = { .a = a, .s = s, .parts = parts, .part_count = part_count, .m = &m };

	int r = part_count == 0 ? err_say(e, -EINVAL, "%s: there is no header", name)
				: shape_read(name, parts, s, e);
	if (r == 0)
		r = make(&k, e);
	if (r < 0)
		return r;
	*ret = m;
	return 0;
}

int model_add_projector(struct model *m, const struct gguf *g, struct err *e)
{
	const struct gguf_key *arch = gguf_key(g, "general.architecture");

	if (!arch || arch->kind != GGUF_STRING || !str_eq(arch->text, "clip"))
		return err_say(e, -EINVAL,
			       "general.architecture is %s: a projector (mmproj) has clip there",
			       arch && arch->text ? arch->text : "missing");
	for (size_t i = 0; i < g->tensor_count; i++)
		m->projector_bytes = sat_add(m->projector_bytes, g->tensor[i].bytes);
	m->missing_bytes = sat_add(m->missing_bytes, g->missing_bytes);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "gguf/size/kv.h"

#include "gguf/sat.h"
#include "gguf/size/build.h"
#include "gguf/size/settings.h"

enum {
	PAD = 256,
	PAD_PLAIN = 32,
};

uint64_t kv_cells(const struct settings *s)
{
	return settings_context(s) / settings_streams(s);
}

uint64_t kv_window_cells(const struct model *m, const struct settings *s)
{
	uint32_t rules = build_rules(&s->build);
	uint64_t cells = kv_cells(s), sequences = most(1, s->parallel) / settings_streams(s);
	uint64_t ahead =
	    rules < SINCE_WINDOW_UBATCH ? least(s->batch, settings_context(s)) : settings_tokens(s);
	uint64_t pad = rules >= SINCE_PAD_256 || settings_flash(s) ? PAD : PAD_PLAIN;

	if (rules < SINCE_WINDOW_CACHE || s->swa_full || !m->window)
		return cells;
	return least(cells, sat_pad(sat_add(sat_mul(m->window, sequences), ahead), pad));
}

static bool has_rows(const struct model_layer *l)
{
	return l->cache == LAYER_CACHE_FULL || l->cache == LAYER_CACHE_WINDOW;
}

static uint32_t widest_v(const struct model *m)
{
	uint32_t widest = 0;

	for (uint32_t i = 0; i < m->layer_count; i++)
		if (has_rows(&m->layer[i]) && m->layer[i].v_width > widest)
			widest = m->layer[i].v_width;
	return widest;
}

struct kv_plan kv_plan(const struct model *m, const struct settings *s)
{
	uint32_t rules = build_rules(&s->build);
	uint64_t streams = settings_streams(s);
	bool wide = !settings_flash(s) && rules >= SINCE_V_PADDED;

	return (struct kv_plan){
		.cells = sat_mul(kv_cells(s), streams),
		.window_cells = sat_mul(kv_window_cells(m, s), streams),
		.parallel = most(1, s->parallel),
		.type_k = s->type_k,
		.type_v = s->type_v,
		.v_width = wide ? widest_v(m) : 0,
		.none = m->as->cache == CACHE_NONE && rules >= SINCE_ENCODER_BARE,
		.encoder = m->as->cache == CACHE_NONE,
		.mla_v = m->as->cache == CACHE_MLA && rules < SINCE_NO_V,
	};
}

static uint32_t v_width(const struct kv_plan *p, const struct model_layer *l)
{
	if (!l->v_width)
		return p->mla_v ? (uint32_t)least(sat_mul(l->kv_heads, l->v_head), UINT32_MAX) : 0;
	return l->v_width > p->v_width ? l->v_width : p->v_width;
}

/* An encoder has no cache by its architecture; what older builds gave it all the same is plain. */
static struct model_layer plain(const struct model_layer *l)
{
	struct model_layer r = *l;

	r.cache = LAYER_CACHE_FULL;
	r.k_width = (uint32_t)least(sat_mul(l->kv_heads, l->k_head), UINT32_MAX);
	r.v_width = (uint32_t)least(sat_mul(l->kv_heads, l->v_head), UINT32_MAX);
	return r;
}

uint64_t kv_layer_bytes(const struct kv_plan *p, const struct model_layer *l)
{
	struct model_layer encoder;
	uint64_t cells, row;

	if (p->none)
		return 0;
	if (p->encoder && !has_rows(l)) {
		encoder = plain(l);
		l = &encoder;
	}
	if (!has_rows(l))
		return 0;
	cells = l->cache == LAYER_CACHE_WINDOW ? p->window_cells : p->cells;
	row = sat_add(ggml_row_bytes(p->type_k, l->k_width),
		      ggml_row_bytes(p->type_v, v_width(p, l)));
	return sat_mul(row, cells);
}

uint64_t kv_state_bytes(const struct kv_plan *p, const struct model_layer *l)
{
	return p->none ? 0 : sat_mul(l->state_bytes, p->parallel);
}

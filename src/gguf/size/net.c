/* SPDX-License-Identifier: MIT */
#include "gguf/size/net.h"

#include "gguf/sat.h"
#include "gguf/size/build.h"
#include "gguf/size/kv.h"
#include "gguf/size/settings.h"
#include "gguf/size/traits.h"

enum {
	ENDS = 9,    /* layers done at each end, at least */
	PERIOD = 12, /* of windows, of experts, of where results lie: 2, 3, 4, 6 */
	LAYERS = 2 * ENDS + PERIOD + 1,
	NUMBER = 4, /* bytes of a f32 and an i32 */
	INDEX = 8,
	ROTATION_MIN = 64,
};

uint64_t net_bytes(uint64_t tokens, uint64_t width)
{
	return sat_mul3(tokens, width, NUMBER);
}

node_id net_product(struct net *n, uint64_t tokens, uint64_t width, node_id x)
{
	return graph_add(n->g, NODE_FRESH, net_bytes(tokens, width), x, GRAPH_OUTSIDE,
			 GRAPH_OUTSIDE, GRAPH_OUTSIDE);
}

static node_id inplace(struct net *n, uint64_t tokens, node_id a, node_id b)
{
	return graph_add(n->g, NODE_INPLACE, net_bytes(tokens, n->m->embd), a, b, GRAPH_OUTSIDE,
			 GRAPH_OUTSIDE);
}

node_id net_norm(struct net *n, uint64_t tokens, node_id x)
{
	if (n->traits & TRAIT_LAYER_NORM)
		x = net_product(n, tokens, n->m->embd, x);
	else
		x = inplace(n, tokens, x, GRAPH_OUTSIDE);
	return inplace(n, tokens, x, GRAPH_OUTSIDE);
}

static node_id input(struct net *n, uint64_t bytes)
{
	return graph_add(n->g, n->copies > 1 ? NODE_KEPT : NODE_INPUT, sat_mul(bytes, n->copies),
			 GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
}

/* Hadamard matrices: for K as wide as the largest power of two that divides a head, 64 for V. */
static uint64_t rotation_bytes(const struct model *m)
{
	uint64_t n = ROTATION_MIN;

	while (n < (UINT64_C(1) << 20) && m->k_head && m->k_head % (n * 2) == 0)
		n *= 2;
	return sat_add(net_bytes(n, n), net_bytes(ROTATION_MIN, ROTATION_MIN));
}

static uint64_t index_bytes(const struct net *n)
{
	uint64_t v = n->flash ? 1 : sat_mul(n->m->kv_heads, n->m->v_head);

	return sat_mul3(n->tokens, v, INDEX);
}

static void inputs(struct net *n)
{
	uint64_t mask = n->flash && n->rules >= SINCE_HALF_MASK ? 2 : NUMBER;
	uint64_t tokens = n->tokens;
	uint64_t cells = n->m->as->cache == CACHE_NONE ? tokens : n->cells;

	n->x = input(n, net_bytes(tokens, n->m->embd));
	n->position = input(n, net_bytes(tokens, 1));
	n->mask = input(n, sat_mul3(cells, tokens, mask));
	n->window_mask = input(n, sat_mul3(n->window_cells, tokens, mask));
	n->k_index = input(n, sat_mul(tokens, INDEX));
	n->v_index = input(n, index_bytes(n));
	n->window_k_index = input(n, sat_mul(tokens, INDEX));
	n->window_v_index = input(n, index_bytes(n));
	n->rotation = input(n, rotation_bytes(n->m));
	n->rows = input(n, net_bytes(n->outputs, 1));
}

static node_id pick_rows(struct net *n, node_id x)
{
	return graph_add(n->g, NODE_FRESH, net_bytes(n->outputs, n->m->embd), x, n->rows,
			 GRAPH_OUTSIDE, GRAPH_OUTSIDE);
}

/* Attention's last product, and the state's result. */
static node_id mixed(struct net *n, const struct model_layer *l, node_id heads, node_id normed)
{
	node_id x = heads ? net_product(n, n->tokens, n->m->embd, seen(heads)) : GRAPH_OUTSIDE;
	node_id state;

	if (!l->state_bytes)
		return x;
	state = net_state(n, l, normed);
	return x ? inplace(n, n->tokens, x, state) : state;
}

static node_id attention(struct net *n, const struct model_layer *l, node_id normed)
{
	if (!l->heads || l->cache == LAYER_CACHE_STATE)
		return GRAPH_OUTSIDE;
	return net_attention(n, l, normed);
}

static bool feeds_forward(const struct net *n, const struct model_layer *l)
{
	return l->ff || l->expert_bytes || (n->m->ff && !n->m->experts);
}

/* One after the other. Behind the last layer only the rows that give results go on. */
static void in_turn(struct net *n, const struct model_layer *l, bool last)
{
	uint64_t tokens = last ? n->outputs : n->tokens;
	node_id residual = n->x, normed = net_norm(n, n->tokens, n->x);
	node_id x = mixed(n, l, attention(n, l, normed), normed);

	if (last) {
		x = x ? pick_rows(n, x) : x;
		residual = pick_rows(n, residual);
	}
	x = x ? inplace(n, tokens, x, residual) : residual;
	if (feeds_forward(n, l)) {
		normed = net_norm(n, tokens, x);
		x = inplace(n, tokens, net_feed_forward(n, l, tokens, normed), x);
	}
	n->x = x;
}

/* Side by side, of the same norm; attention's last product comes behind the feed-forward. */
static void side_by_side(struct net *n, const struct model_layer *l, bool last)
{
	uint64_t tokens = last ? n->outputs : n->tokens;
	node_id residual = n->x, normed = net_norm(n, n->tokens, n->x);
	node_id heads = attention(n, l, normed);
	node_id x = last ? pick_rows(n, normed) : normed;

	x = net_feed_forward(n, l, tokens, x);
	x = inplace(n, tokens, x, last ? pick_rows(n, residual) : residual);
	heads = mixed(n, l, heads, normed);
	n->x = heads ? inplace(n, tokens, x, last ? pick_rows(n, heads) : heads) : x;
}

static void layer(struct net *n, const struct model_layer *l, bool last)
{
	if (n->traits & TRAIT_PARALLEL)
		side_by_side(n, l, last);
	else
		in_turn(n, l, last);
}

static void keep(struct net *n, node_id x)
{
	graph_add(n->g, NODE_STORE, 0, x, GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
}

/* What a draft is made of stays to the end. */
static void results(struct net *n, bool pick)
{
	node_id x = pick ? pick_rows(n, n->x) : n->x;

	x = net_norm(n, n->outputs, x);
	if (!n->m->as->headless)
		net_product(n, n->outputs, n->m->vocab, x);
	if (n->embeds)
		keep(n, x);
	if (n->traits & TRAIT_LATE_ROWS)
		keep(n, n->x);
}

static uint64_t width_of(const struct model_layer *l)
{
	return most(l->ff, sat_mul(l->heads, most(l->k_head, l->v_head)));
}

/* The widest of layers [first, last); if none is wider than `than`, that. */
static uint32_t widest(const struct model *m, uint32_t first, uint32_t last, uint32_t than)
{
	for (uint32_t i = first; i < last; i++)
		if (width_of(&m->layer[i]) > width_of(&m->layer[than]))
			than = i;
	return than;
}

/*
 * The layers that are done, in order. Where a layer's result lies repeats every so many layers, as
 * do the kinds of layers: what is left out in the middle is a multiple of all usual periods.
 */
static uint32_t chosen(const struct model *m, uint32_t first, uint32_t last, uint32_t pick[LAYERS])
{
	uint32_t all = last - first, out = all > 2 * ENDS ? (all - 2 * ENDS) / PERIOD * PERIOD : 0;
	uint32_t resume = first + ENDS + out, count = 0, wide;

	for (uint32_t i = first; i < last; i++) {
		if (out && i == first + ENDS) {
			wide = widest(m, i, resume, widest(m, first, i, first));
			if (wide >= i && width_of(&m->layer[wide]) >
					     width_of(&m->layer[widest(m, resume, last, resume)]))
				pick[count++] = wide;
			i = resume;
		}
		pick[count++] = i;
	}
	return count;
}

struct net net_shape(const struct model *m, const struct settings *s)
{
	uint32_t rules = build_rules(&s->build), traits = traits_of(m->arch);
	bool quantised = s->type_k && s->type_k->block_elements > 1;

	if (rules < SINCE_LATE_ROWS)
		traits &= ~(uint32_t)TRAIT_LATE_ROWS;
	return (struct net){
		.m = m,
		.tokens = settings_tokens(s),
		.outputs = settings_outputs(s, m),
		.cells = kv_cells(s),
		.window_cells = kv_window_cells(m, s),
		.copies = 1,
		.rules = rules,
		.traits = traits,
		.flash = settings_flash(s),
		.rotated = quantised && settings_flash(s) && rules >= SINCE_ROTATION,
		.embeds = s->embedding || m->encoder,
		.attention_elsewhere = s->no_kv_offload,
		.by_index = rules >= SINCE_ROW_INDICES,
	};
}

uint64_t net_peak(const struct net *shape, uint32_t first, uint32_t last, bool output)
{
	struct graph g;
	struct net n = *shape;
	uint32_t pick[LAYERS], count = chosen(n.m, first, last, pick);
	bool late = n.traits & TRAIT_LATE_ROWS, all = n.rules < SINCE_ROWS;

	n.g = &g;
	graph_start(&g);
	inputs(&n);
	for (uint32_t i = 0; i < count; i++) {
		n.stream_experts = pick[i] < n.experts_in_ram;
		layer(&n, &n.m->layer[pick[i]], !late && !all && pick[i] + 1 == n.m->layer_count);
	}
	if (output)
		results(&n, !all && (late || first == last));
	return graph_peak(&g);
}

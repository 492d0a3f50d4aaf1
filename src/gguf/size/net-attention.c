/* SPDX-License-Identifier: MIT */
#include "gguf/size/net.h"

#include "gguf/sat.h"
#include "gguf/size/build.h"
#include "gguf/size/traits.h"

enum {
	HALF = 2,
	MLA_ROW = 576, /* DeepSeek's latent row */
	MLA_ROPE = 64, /* of it and of a head's Q, what is turned */
	MLA_OWN = 128, /* of a head's Q, what is not turned; a head's V */
};

static uint64_t wide(uint32_t a, uint32_t b)
{
	return sat_mul(a, b);
}

/* What a head's K or V goes through where the cache is quantised. */
static node_id turned(struct net *n, uint64_t width, node_id x)
{
	if (!n->rotated)
		return x;
	return seen(graph_add(n->g, NODE_FRESH, net_bytes(n->tokens, width), n->rotation, seen(x),
			      GRAPH_OUTSIDE, GRAPH_OUTSIDE));
}

static node_id rope(struct net *n, uint64_t width, node_id x)
{
	return graph_add(n->g, NODE_INPLACE, net_bytes(n->tokens, width), seen(x), n->position,
			 GRAPH_OUTSIDE, GRAPH_OUTSIDE);
}

static void store(struct net *n, node_id x, node_id index)
{
	graph_add(n->g, NODE_STORE, 0, seen(x), n->by_index ? index : GRAPH_OUTSIDE, GRAPH_OUTSIDE,
		  GRAPH_OUTSIDE);
}

/* The mask as attention reads it; what was f32 is made f16 once, where it is first wanted. */
static node_id mask_of(struct net *n, bool window)
{
	node_id *half = window ? &n->window_mask_half : &n->mask_half;
	node_id mask = window ? n->window_mask : n->mask;
	uint64_t cells = window ? n->window_cells : n->cells;

	if (!n->flash || n->rules >= SINCE_HALF_MASK)
		return mask;
	if (!*half)
		*half = graph_add(n->g, NODE_FRESH, sat_mul3(cells, n->tokens, HALF), mask,
				  GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
	return *half;
}

struct qkv {
	node_id q, k, v;
	uint64_t q_width, k_width, v_width;
	uint64_t out_width; /* of attention's result, all heads together */
};

/* Q, K or V: a product of its own, or its part of one for all, which was copied out of it once. */
static node_id own(struct net *n, node_id all, uint64_t width, node_id normed)
{
	if (!all)
		return net_product(n, n->tokens, width, normed);
	return n->rules < SINCE_QKV_VIEWS ? net_product(n, n->tokens, width, seen(all)) : all;
}

static struct qkv plain(struct net *n, const struct model_layer *l, node_id normed)
{
	struct qkv r = {
		.q_width = wide(l->heads, l->k_head),
		.k_width = wide(l->kv_heads, l->k_head),
		.v_width = wide(l->kv_heads, l->v_head),
		.out_width = wide(l->heads, l->v_head),
	};
	node_id all;
	bool shares = l->cache == LAYER_CACHE_NONE && n->m->as->cache != CACHE_NONE;

	all = n->traits & TRAIT_QKV
		  ? net_product(n, n->tokens, sat_add(r.q_width, sat_add(r.k_width, r.v_width)),
				normed)
		  : GRAPH_OUTSIDE;
	r.q = own(n, all, r.q_width, normed);
	r.q = turned(n, r.q_width, rope(n, r.q_width, r.q));
	if (shares)
		return r;
	r.k = own(n, all, r.k_width, normed);
	r.k = turned(n, r.k_width, rope(n, r.k_width, r.k));
	r.v = own(n, all, r.v_width, normed);
	r.v = turned(n, r.v_width, r.v);
	return r;
}

static node_id join(struct net *n, uint64_t width, node_id a, node_id b)
{
	return graph_add(n->g, NODE_FRESH, net_bytes(n->tokens, width), seen(a), seen(b),
			 GRAPH_OUTSIDE, GRAPH_OUTSIDE);
}

/* deepseek2: one latent row for K and V; Q is brought to its width. */
static struct qkv latent(struct net *n, const struct model_layer *l, node_id normed)
{
	uint64_t row = l->k_width, kept = sat_sub(row, MLA_ROPE);
	struct qkv r = {
		.q_width = sat_mul(l->heads, row),
		.k_width = row,
		.out_width = sat_mul(l->heads, kept),
	};
	node_id q = net_product(n, n->tokens, wide(l->heads, MLA_OWN + MLA_ROPE), normed);
	node_id q_own = net_product(n, n->tokens, r.out_width, seen(q)), kv;

	r.q = join(n, r.q_width, q_own, rope(n, wide(l->heads, MLA_ROPE), q));
	kv = net_product(n, n->tokens, row, normed);
	r.v = net_product(n, n->tokens, kept, seen(kv));
	r.k = join(n, row, r.v, rope(n, MLA_ROPE, kv));
	return r;
}

/* The same from a file of before that: K and V are made of the latent row for each head. */
static struct qkv expanded(struct net *n, const struct model_layer *l, node_id normed)
{
	struct qkv r = {
		.q_width = wide(l->heads, l->k_head),
		.k_width = wide(l->heads, l->k_head),
		.v_width = wide(l->heads, l->v_head),
		.out_width = wide(l->heads, l->v_head),
	};
	uint64_t turns = wide(l->heads, MLA_ROPE);
	node_id q = net_product(n, n->tokens, r.q_width, normed), row, kv, k_rope;

	r.q = join(n, r.q_width, q, rope(n, turns, q));
	row = net_product(n, n->tokens, MLA_ROW, normed);
	kv = net_product(n, n->tokens, MLA_ROW - MLA_ROPE, seen(row));
	kv = net_product(n, n->tokens, sat_add(sat_sub(r.k_width, turns), r.v_width), kv);
	k_rope = rope(n, MLA_ROPE, row);
	k_rope = net_product(n, n->tokens, turns, k_rope);
	r.k = join(n, r.k_width, kv, k_rope);
	r.v = net_product(n, n->tokens, r.v_width, seen(kv));
	return r;
}

static node_id flash(struct net *n, const struct qkv *a, bool cached, node_id mask)
{
	node_id k = GRAPH_OUTSIDE, v = GRAPH_OUTSIDE;

	if (!cached) {
		k = graph_add(n->g, NODE_FRESH, sat_mul3(n->tokens, a->k_width, HALF), seen(a->k),
			      GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
		v = graph_add(n->g, NODE_FRESH, sat_mul3(n->tokens, a->v_width, HALF), seen(a->v),
			      GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
	}
	return graph_add(n->g, NODE_FRESH, net_bytes(n->tokens, a->out_width), seen(a->q), k, v,
			 mask);
}

/* Q K^T, its softmax, times V, put in order. */
static node_id two_products(struct net *n, const struct model_layer *l, const struct qkv *a,
			    bool cached, uint64_t cells, node_id mask)
{
	uint64_t scores = sat_mul3(net_bytes(n->tokens, l->heads), cells, 1);
	node_id kq = graph_add(n->g, NODE_FRESH, scores, cached ? GRAPH_OUTSIDE : seen(a->k),
			       seen(a->q), GRAPH_OUTSIDE, GRAPH_OUTSIDE);
	node_id v = GRAPH_OUTSIDE, out;

	kq = graph_add(n->g, NODE_INPLACE, scores, kq, mask, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
	if (!cached)
		v = graph_add(n->g, NODE_FRESH, net_bytes(n->tokens, a->v_width), seen(a->v),
			      GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
	out = graph_add(n->g, NODE_FRESH, net_bytes(n->tokens, a->out_width), v, kq, GRAPH_OUTSIDE,
			GRAPH_OUTSIDE);
	return out;
}

static node_id attend(struct net *n, const struct model_layer *l, const struct qkv *a)
{
	bool window = l->cache == LAYER_CACHE_WINDOW, cached = n->m->as->cache != CACHE_NONE;
	uint64_t cells = !cached ? n->tokens : window ? n->window_cells : n->cells;
	node_id mask, out;

	if (n->attention_elsewhere) {
		graph_add(n->g, NODE_STORE, 0, seen(a->q), seen(a->k), seen(a->v), GRAPH_OUTSIDE);
		return graph_add(n->g, NODE_FRESH, net_bytes(n->tokens, a->out_width),
				 GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
	}
	mask = mask_of(n, window);
	if (n->flash)
		return turned(n, a->out_width, flash(n, a, cached, mask));
	out = two_products(n, l, a, cached, cells, mask);
	return graph_add(n->g, NODE_FRESH, net_bytes(n->tokens, a->out_width), seen(out),
			 GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
}

static bool old_mla(const struct net *n, const struct model_layer *l)
{
	return n->m->as->cache == CACHE_MLA && l->v_width && l->kv_heads == l->heads &&
	       l->k_head > MLA_ROPE;
}

node_id net_attention(struct net *n, const struct model_layer *l, node_id normed)
{
	bool mla = n->m->as->cache == CACHE_MLA && !l->v_width && l->k_width > MLA_ROPE;
	bool window = l->cache == LAYER_CACHE_WINDOW;
	struct qkv a = mla             ? latent(n, l, normed)
		       : old_mla(n, l) ? expanded(n, l, normed)
				       : plain(n, l, normed);
	node_id out;

	if (n->m->as->cache != CACHE_NONE && l->cache != LAYER_CACHE_NONE) {
		store(n, a.k, window ? n->window_k_index : n->k_index);
		if (!mla || n->rules < SINCE_NO_V)
			store(n, a.v, window ? n->window_v_index : n->v_index);
	}
	out = attend(n, l, &a);
	if (mla) {
		uint64_t width = wide(l->heads, MLA_OWN);

		out = net_product(n, n->tokens, width, seen(out));
		if (n->flash)
			out = net_product(n, n->tokens, width, seen(out));
	}
	return out;
}

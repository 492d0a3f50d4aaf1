/* SPDX-License-Identifier: MIT */
#include "gguf/size/net.h"

#include "gguf/sat.h"
#include "gguf/size/build.h"
#include "gguf/size/traits.h"

static node_id fresh(struct net *n, uint64_t bytes, node_id a, node_id b)
{
	return graph_add(n->g, NODE_FRESH, bytes, a, b, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
}

static node_id inplace(struct net *n, uint64_t bytes, node_id a, node_id b)
{
	return graph_add(n->g, NODE_INPLACE, bytes, a, b, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
}

/* act(gate) * up */
static node_id gated(struct net *n, uint64_t bytes, node_id gate, node_id up)
{
	if (n->rules >= SINCE_GLU)
		return fresh(n, bytes, gate, up);
	return inplace(n, bytes, inplace(n, bytes, gate, GRAPH_OUTSIDE), up);
}

/* The same of one product that holds both. */
static node_id gated_halves(struct net *n, uint64_t bytes, node_id both)
{
	node_id gate, up;

	if (n->rules >= SINCE_GLU)
		return fresh(n, bytes, both, GRAPH_OUTSIDE);
	gate = fresh(n, bytes, seen(both), GRAPH_OUTSIDE);
	up = fresh(n, bytes, seen(both), GRAPH_OUTSIDE);
	return inplace(n, bytes, inplace(n, bytes, gate, GRAPH_OUTSIDE), up);
}

static node_id dense(struct net *n, uint64_t tokens, uint64_t ff, node_id normed)
{
	uint64_t bytes = net_bytes(tokens, ff);
	node_id up, act;

	if (n->traits & TRAIT_GATE_UP) {
		act = gated_halves(n, bytes, net_product(n, tokens, sat_mul(ff, 2), normed));
	} else if (n->traits & TRAIT_NO_GATE) {
		act = inplace(n, bytes, net_product(n, tokens, ff, normed), GRAPH_OUTSIDE);
	} else {
		up = net_product(n, tokens, ff, normed);
		act = gated(n, bytes, net_product(n, tokens, ff, normed), up);
	}
	return net_product(n, tokens, n->m->embd, act);
}

/* The router: which experts, and how much of each. */
static void choose(struct net *n, uint64_t tokens, node_id normed, node_id *chosen, node_id *weight)
{
	uint64_t all = net_bytes(tokens, n->m->experts),
		 used = net_bytes(tokens, n->m->experts_used);
	node_id logits = net_product(n, tokens, n->m->experts, normed);
	node_id probs = inplace(n, all, logits, GRAPH_OUTSIDE);
	node_id order = fresh(n, all, probs, GRAPH_OUTSIDE);
	node_id picked = fresh(n, used, seen(probs), seen(order));
	node_id sum = fresh(n, net_bytes(tokens, 1), seen(picked), GRAPH_OUTSIDE);

	*weight = inplace(n, used, seen(picked), sum);
	*chosen = order;
}

/*
 * A product of each chosen expert; x and which experts. Where all of them are in RAM, they come
 * into this memory first.
 */
static node_id experts(struct net *n, uint64_t bytes, node_id x, node_id chosen, uint64_t weight)
{
	node_id here = GRAPH_OUTSIDE;

	if (n->stream_experts)
		here = fresh(n, weight, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
	return graph_add(n->g, NODE_FRESH, bytes, x, seen(chosen), here, GRAPH_OUTSIDE);
}

static node_id sparse(struct net *n, const struct model_layer *l, uint64_t tokens, node_id normed)
{
	const struct model *m = n->m;
	uint64_t wide = net_bytes(tokens, sat_mul(m->experts_used, m->expert_ff));
	uint64_t out = net_bytes(tokens, sat_mul(m->experts_used, m->embd));
	uint64_t one = net_bytes(tokens, m->embd);
	uint64_t largest = l->largest_expert_bytes, third = least(largest, l->expert_bytes / 3);
	node_id chosen, weight, up, act, each, sum;

	choose(n, tokens, normed, &chosen, &weight);
	up = experts(n, wide, seen(normed), chosen, third);
	if (n->traits & TRAIT_NO_GATE)
		act = inplace(n, wide, up, GRAPH_OUTSIDE);
	else
		act = gated(n, wide, experts(n, wide, seen(normed), chosen, third), up);
	each = experts(n, out, act, chosen, largest);
	each = inplace(n, out, each, seen(weight));
	if (m->experts_used < 2)
		return fresh(n, one, seen(each), GRAPH_OUTSIDE);
	sum = inplace(n, one, seen(each), seen(each));
	return inplace(n, one, sum, seen(each));
}

node_id net_feed_forward(struct net *n, const struct model_layer *l, uint64_t tokens,
			 node_id normed)
{
	const struct model *m = n->m;
	node_id out, shared;

	if (!m->experts || !l->expert_bytes)
		return dense(n, tokens, l->ff ? l->ff : m->ff, normed);
	out = sparse(n, l, tokens, normed);
	if (!m->shared_ff)
		return out;
	shared = dense(n, tokens, m->shared_ff, normed);
	return inplace(n, net_bytes(tokens, m->embd), out, shared);
}

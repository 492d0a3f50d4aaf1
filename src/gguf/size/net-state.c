/* SPDX-License-Identifier: MIT */
#include "gguf/size/net.h"

#include "gguf/sat.h"

/*
 * A layer that keeps a state (Mamba, delta nets, RWKV). How wide its parts are a model does not
 * tell; of those there are, an inner width of twice the model's own is the usual one, and what is
 * mixed is as wide as that and more.
 */
enum { INNER = 2, MIXED = 3 };

static node_id part(struct net *n, uint64_t width, node_id a, node_id b)
{
	return graph_add(n->g, NODE_FRESH, net_bytes(n->tokens, width), a, b, GRAPH_OUTSIDE,
			 GRAPH_OUTSIDE);
}

node_id net_state(struct net *n, const struct model_layer *l, node_id normed)
{
	uint64_t inner = sat_mul(n->m->embd, INNER), mixed = sat_mul(n->m->embd, MIXED);
	node_id in = net_product(n, n->tokens, mixed, normed);
	node_id gate = net_product(n, n->tokens, inner, normed);
	node_id line, out;

	graph_add(n->g, NODE_STORE, 0, seen(in), GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
	line = n->m->conv ? part(n, mixed, seen(in), GRAPH_OUTSIDE) : in;
	line = part(n, mixed, seen(line), GRAPH_OUTSIDE);
	out = part(n, sat_add(inner, l->state_bytes / (4 * most(1, n->tokens))), seen(line),
		   GRAPH_OUTSIDE);
	out = part(n, inner, seen(out), gate);
	return net_product(n, n->tokens, n->m->embd, out);
}

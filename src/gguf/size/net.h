/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/size/graph.h"
#include "gguf/size/size.h"

/*
 * The graph of a prompt's largest batch, as llama.cpp reserves it (llama-graph.cpp, src/models/),
 * of the layers that one device computes.
 */
struct net {
	const struct model *m;
	uint64_t tokens, outputs;     /* of the batch; results of it */
	uint64_t cells, window_cells; /* that a token may look at */
	uint64_t copies;              /* of each input: 4 where GPUs work in a pipeline */
	uint32_t rules, traits;
	bool flash, rotated, attention_elsewhere;
	bool embeds;             /* the last norm is a result, too */
	uint32_t experts_in_ram; /* of so many layers, the first ones, where a GPU computes them */
	bool stream_experts;     /* of the layer at hand */
	bool by_index;           /* cache rows are stored by index */

	struct graph *g;
	node_id x, position, mask, window_mask, mask_half, window_mask_half;
	node_id k_index, v_index, window_k_index, window_v_index, rotation, rows;
};

/* Rows of so many numbers, one a token: f32. */
uint64_t net_bytes(uint64_t tokens, uint64_t width);
/* A product with weights; x may be a view. */
node_id net_product(struct net *n, uint64_t tokens, uint64_t width, node_id x);
/* Norm and its weights. */
node_id net_norm(struct net *n, uint64_t tokens, node_id x);

/* normed to attention's result, all heads beside each other: its last product is still to come. */
node_id net_attention(struct net *n, const struct model_layer *l, node_id normed);
/* The same of a layer that keeps a state instead. */
node_id net_state(struct net *n, const struct model_layer *l, node_id normed);
/* normed to the feed-forward's result, for so many tokens. */
node_id net_feed_forward(struct net *n, const struct model_layer *l, uint64_t tokens,
			 node_id normed);

/*
 * The memory it takes for layers [first, last) and, if output, what follows them. Of many layers
 * that are alike only some are done.
 */
uint64_t net_peak(const struct net *shape, uint32_t first, uint32_t last, bool output);
/* Shape of a net, without the graph. */
struct net net_shape(const struct model *m, const struct settings *s);

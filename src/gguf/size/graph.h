/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How much memory a graph needs while it is computed: ggml's graph allocator done over with sizes
 * alone (ggml-alloc.c). Nodes are added in the order in which they are computed. A node's memory is
 * given back behind its last reader, the next node takes the smallest gap that is large enough, and
 * an operation that may work in place takes over its operand's memory. What fits where decides the
 * size as much as what lives at one time, so a sum does not do.
 */
enum { GRAPH_NODES = 2048, GRAPH_OPERANDS = 4 };

/* A node's number. GRAPH_OUTSIDE: weights, caches: not in this memory. */
typedef uint16_t node_id;
#define GRAPH_OUTSIDE ((node_id)0)

enum node_kind {
	NODE_FRESH,   /* memory of its own */
	NODE_INPLACE, /* its operand's, where that has the same size and no other reader */
	NODE_STORE,   /* writes outside */
	NODE_INPUT, /* comes from outside; all are there from the start, in order of their first use
		     */
	NODE_KEPT,  /* an input that is never given back */
};

/* The same bytes in another shape: they cannot be taken over. */
#define NODE_VIEW 0x8000
static inline node_id seen(node_id n)
{
	return n == GRAPH_OUTSIDE ? n : (node_id)(n | NODE_VIEW);
}

struct node {
	uint64_t bytes, at;
	node_id operand[GRAPH_OPERANDS];
	uint16_t readers; /* operations that have not read it yet */
	uint8_t kind;
	bool allocated;
};

/* 64 KiB: on the stack, not in an arena. */
struct graph {
	uint32_t count;
	struct node node[GRAPH_NODES];
};

void graph_start(struct graph *g);
/* bytes saturate; beyond GRAPH_NODES nothing is added. Operands that are not there: GRAPH_OUTSIDE.
 */
node_id graph_add(struct graph *g, enum node_kind kind, uint64_t bytes, node_id a, node_id b,
		  node_id c, node_id d);
/* The most memory at one time. The graph is used up. */
uint64_t graph_peak(struct graph *g);

/* SPDX-License-Identifier: MIT */
#include "gguf/size/graph.h"

#include <string.h>

#include "gguf/sat.h"

enum {
	ALIGN = 128,
	GAPS_MAX = 256, /* MAX_FREE_BLOCKS */
};

/* 2048 nodes of that size are still less than 2^63. */
#define BYTES_MAX (UINT64_C(1) << 51)

struct gap {
	uint64_t at, bytes;
};

/* Sorted; the last one is all the rest, and is never used up. */
struct room {
	uint32_t count;
	struct gap gap[GAPS_MAX];
	uint64_t peak;
};

void graph_start(struct graph *g)
{
	g->count = 1;
	g->node[GRAPH_OUTSIDE] = (struct node){ .kind = NODE_STORE };
}

node_id graph_add(struct graph *g, enum node_kind kind, uint64_t bytes, node_id a, node_id b,
		  node_id c, node_id d)
{
	if (g->count >= GRAPH_NODES)
		return GRAPH_OUTSIDE;
	g->node[g->count] = (struct node){
		.bytes = sat_pad(least(bytes, BYTES_MAX), ALIGN),
		.operand = { a, b, c, d },
		.kind = (uint8_t)kind,
	};
	return (node_id)g->count++;
}

static void gap_drop(struct room *r, uint32_t i)
{
	r->count--;
	memmove(&r->gap[i], &r->gap[i + 1], (r->count - i) * sizeof(r->gap[0]));
}

static uint64_t take(struct room *r, uint64_t bytes)
{
	uint32_t best = r->count - 1;
	uint64_t at, best_bytes = UINT64_MAX;

	for (uint32_t i = 0; i + 1 < r->count; i++) {
		if (r->gap[i].bytes >= bytes && r->gap[i].bytes <= best_bytes) {
			best = i;
			best_bytes = r->gap[i].bytes;
		}
	}
	at = r->gap[best].at;
	r->gap[best].at += bytes;
	r->gap[best].bytes -= bytes;
	if (!r->gap[best].bytes)
		gap_drop(r, best);
	r->peak = most(r->peak, at + bytes);
	return at;
}

static void gap_insert(struct room *r, uint64_t at, uint64_t bytes)
{
	uint32_t i = 0;

	if (r->count == GAPS_MAX)
		return; /* lost: the peak is too large rather than too small */
	while (i < r->count && r->gap[i].at < at)
		i++;
	memmove(&r->gap[i + 1], &r->gap[i], (r->count - i) * sizeof(r->gap[0]));
	r->gap[i] = (struct gap){ at, bytes };
	r->count++;
}

static void give(struct room *r, uint64_t at, uint64_t bytes)
{
	for (uint32_t i = 0; i < r->count && bytes; i++) {
		struct gap *g = &r->gap[i];

		if (g->at + g->bytes == at) {
			g->bytes += bytes;
			if (i + 1 < r->count && g->at + g->bytes == r->gap[i + 1].at) {
				g->bytes += r->gap[i + 1].bytes;
				gap_drop(r, i + 1);
			}
			return;
		}
		if (at + bytes == g->at) {
			g->at = at;
			g->bytes += bytes;
			return;
		}
	}
	if (bytes)
		gap_insert(r, at, bytes);
}

static struct node *behind(struct graph *g, node_id id)
{
	return &g->node[id & ~NODE_VIEW];
}

static bool is_input(const struct node *n)
{
	return n->kind == NODE_INPUT || n->kind == NODE_KEPT;
}

/* Counts readers, and makes room for the inputs as they come up. */
static void prepare(struct graph *g, struct room *r)
{
	for (uint32_t i = 1; i < g->count; i++) {
		for (int j = 0; j < GRAPH_OPERANDS; j++) {
			struct node *from = behind(g, g->node[i].operand[j]);

			from->readers++;
			if (is_input(from) && !from->allocated) {
				from->at = take(r, from->bytes);
				from->allocated = true;
			}
		}
	}
}

static bool take_over(struct graph *g, struct node *n)
{
	for (int j = 0; j < GRAPH_OPERANDS; j++) {
		struct node *from = behind(g, n->operand[j]);

		if ((n->operand[j] & NODE_VIEW) || !from->allocated || from->kind == NODE_KEPT ||
		    from->readers != 1 || from->bytes != n->bytes)
			continue;
		n->at = from->at;
		from->allocated = false;
		return true;
	}
	return false;
}

uint64_t graph_peak(struct graph *g)
{
	struct room r = { .count = 1, .gap = { { 0, UINT64_MAX / 2 } } };

	prepare(g, &r);
	for (uint32_t i = 1; i < g->count; i++) {
		struct node *n = &g->node[i];

		if (n->kind == NODE_FRESH || n->kind == NODE_INPLACE) {
			if (n->kind == NODE_FRESH || !take_over(g, n))
				n->at = take(&r, n->bytes);
			n->allocated = true;
		}
		for (int j = 0; j < GRAPH_OPERANDS; j++) {
			struct node *from = behind(g, n->operand[j]);

			if (--from->readers == 0 && from->allocated && from->kind != NODE_KEPT) {
				give(&r, from->at, from->bytes);
				from->allocated = false;
			}
		}
	}
	return r.peak;
}

/* SPDX-License-Identifier: MIT */
/* The graph allocator: who takes over what, and where the gaps are. */
#include "gguf/size/graph.h"

#include "tap.h"

enum { K = 1024 };

static struct graph g;

static node_id fresh(uint64_t bytes, node_id a, node_id b)
{
	return graph_add(&g, NODE_FRESH, bytes, a, b, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
}

static node_id inplace(uint64_t bytes, node_id a, node_id b)
{
	return graph_add(&g, NODE_INPLACE, bytes, a, b, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
}

static node_id input(uint64_t bytes)
{
	return graph_add(&g, NODE_INPUT, bytes, GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE,
			 GRAPH_OUTSIDE);
}

TEST(nothing_takes_nothing)
{
	graph_start(&g);
	CHECK_INT(graph_peak(&g), 0);
}

TEST(a_chain_needs_two_at_a_time)
{
	graph_start(&g);
	node_id x = input(K);
	for (int i = 0; i < 10; i++)
		x = fresh(K, x, GRAPH_OUTSIDE);
	CHECK_INT(graph_peak(&g), 2 * K);
}

TEST(in_place_needs_one)
{
	graph_start(&g);
	node_id x = input(K);
	for (int i = 0; i < 10; i++)
		x = inplace(K, x, GRAPH_OUTSIDE);
	CHECK_INT(graph_peak(&g), K);
}

TEST(what_is_read_again_is_not_taken_over)
{
	graph_start(&g);
	node_id x = input(K), y = inplace(K, x, GRAPH_OUTSIDE);
	inplace(K, y, x);
	CHECK_INT(graph_peak(&g), 2 * K);
}

TEST(views_and_other_sizes_are_not_taken_over)
{
	graph_start(&g);
	inplace(K, seen(input(K)), GRAPH_OUTSIDE);
	CHECK_INT(graph_peak(&g), 2 * K);
	graph_start(&g);
	inplace(K, input(2 * K), GRAPH_OUTSIDE);
	CHECK_INT(graph_peak(&g), 3 * K);
}

TEST(a_gap_too_small_is_left)
{
	graph_start(&g);
	node_id small = input(K), keep = input(K);
	node_id big = fresh(2 * K, small, GRAPH_OUTSIDE); /* frees the first */
	node_id bigger = fresh(2 * K, keep, big);         /* does not fit into it */
	fresh(K, bigger, GRAPH_OUTSIDE);                  /* does */
	CHECK_INT(graph_peak(&g), 6 * K);
}

TEST(the_smallest_gap_is_taken)
{
	graph_start(&g);
	node_id a = input(3 * K), x = input(K), b = input(K), y = input(K);
	node_id t = fresh(K, a, b); /* frees 3 K and K, takes what is behind */
	fresh(K, t, GRAPH_OUTSIDE); /* into the gap of K */
	fresh(3 * K, x, y);         /* and the one of 3 K is still there */
	CHECK_INT(graph_peak(&g), 7 * K);
}

TEST(inputs_are_there_from_the_start_unless_unused)
{
	graph_start(&g);
	input(100 * K);
	node_id late = input(K), early = input(2 * K);
	node_id x = fresh(K, early, GRAPH_OUTSIDE);
	fresh(K, x, late);
	CHECK_INT(graph_peak(&g), 4 * K);
}

TEST(kept_inputs_are_never_given_back)
{
	graph_start(&g);
	node_id x =
	    graph_add(&g, NODE_KEPT, K, GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
	x = inplace(K, x, GRAPH_OUTSIDE);
	x = fresh(K, x, GRAPH_OUTSIDE);
	fresh(K, x, GRAPH_OUTSIDE);
	CHECK_INT(graph_peak(&g), 3 * K);
}

TEST(more_nodes_than_there_is_room_for_are_left_out)
{
	graph_start(&g);
	for (int i = 0; i < GRAPH_NODES + 10; i++)
		fresh(UINT64_MAX, GRAPH_OUTSIDE, GRAPH_OUTSIDE);
	CHECK_INT(g.count, GRAPH_NODES);
	CHECK(graph_peak(&g) > UINT64_C(1) << 60);
}

/* SPDX-License-Identifier: MIT */
#include "view/timeline/part.h"

#include <stdlib.h>

enum {
	GAP_USEC = 10000000,     /* what is longer is no part of the picture */
	SHORTEST_USEC = 1000000, /* that a gap looks like */
	GAP_SHARE = 6, /* a gap is so many times shorter than all that is drawn as it is */
};

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static size_t collect(uint64_t *usec, const struct timeline *t)
{
	size_t count = 1, unique = 1;

	for (size_t i = 0; i < t->moment_count; i++) {
		usec[count++] = t->moment[i].usec;
		usec[count++] = t->moment[i].done_usec;
	}
	qsort(usec, count, sizeof(*usec), by_value);
	for (size_t i = 1; i < count; i++)
		if (usec[i] != usec[unique - 1])
			usec[unique++] = usec[i];
	return unique;
}

struct axis axis_of(struct arena *a, const struct timeline *t)
{
	const size_t room = 2 * t->moment_count + 1;
	struct axis x = { .usec = arena_alloc(a, room * sizeof(*x.usec)),
			  .at = arena_alloc(a, room * sizeof(*x.at)) };
	uint64_t plain = 0, total = 0;

	x.count = collect(x.usec, t);
	for (size_t i = 1; i < x.count; i++)
		if (x.usec[i] - x.usec[i - 1] <= GAP_USEC)
			plain += x.usec[i] - x.usec[i - 1];
	const uint64_t gap = plain / GAP_SHARE > SHORTEST_USEC ? plain / GAP_SHARE : SHORTEST_USEC;
	for (size_t i = 1; i < x.count; i++) {
		const uint64_t d = x.usec[i] - x.usec[i - 1];
		total += d <= GAP_USEC ? d : gap;
		x.at[i] = (double)total;
	}
	for (size_t i = 1; i < x.count; i++)
		x.at[i] /= (double)total;
	return x;
}

double axis_at(const struct axis *x, uint64_t usec)
{
	size_t i = 0;

	while (i + 1 < x->count && x->usec[i + 1] <= usec)
		i++;
	if (i + 1 == x->count)
		return x->at[i];
	return x->at[i] + (x->at[i + 1] - x->at[i]) * (double)(usec - x->usec[i]) /
			      (double)(x->usec[i + 1] - x->usec[i]);
}

uint64_t axis_gap(const struct axis *x, uint64_t from_usec, uint64_t until_usec)
{
	for (size_t i = 1; i < x->count; i++) {
		uint64_t d = x->usec[i] - x->usec[i - 1];
		if (d > GAP_USEC && x->usec[i - 1] >= from_usec && x->usec[i] <= until_usec)
			return d;
	}
	return 0;
}

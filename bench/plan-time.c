/* SPDX-License-Identifier: MIT */
/* What it takes to plan for a whole recorded host, without the look: the median of many, in ms. usage: plan-time RECORDING */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cmd/look.h"
#include "plan/theme.h"
#include "recording/recording.h"

enum { RUNS = 101 };

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

int main(int argc, char *argv[])
{
	uint64_t usec[RUNS];
	struct err e = { 0 };

	if (argc != 2)
		return 64;
	size_t steps = 0;
	for (int i = 0; i < RUNS; i++) {
		ARENA arena = { 0 };
		HOST *h = host_replay(argv[1], &e);
		if (!h) {
			fprintf(stderr, "%s\n", e.text);
			return 70;
		}
		const struct look *l = look_at(h, &arena, &(struct look_for){ 0 });
		uint64_t since = clock_usec();
		steps = plan_setup(&arena, &l->facts, h, NULL)->count;
		usec[i] = clock_usec() - since;
	}
	qsort(usec, RUNS, sizeof(*usec), by_size);
	printf("%zu %.2f %.2f\n", steps, (double)usec[RUNS / 2] / 1000, (double)usec[RUNS - 1] / 1000);
	return 0;
}

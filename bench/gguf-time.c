/* SPDX-License-Identifier: MIT */
/*
 * What it takes to read a header from a file, again and again: its median and the worst in ms, how
 * much the process grew by it and its peak in KiB, tokens and tensors. usage: gguf-time FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "store/store.h"

enum { RUNS = 51 };

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static long peak_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

int main(int argc, char *argv[])
{
	uint64_t usec[RUNS], tokens = 0;
	size_t tensors = 0;
	struct err e = { 0 };

	if (argc != 2)
		return 64;
	long before = peak_kib();
	for (int i = 0; i < RUNS; i++) {
		ARENA arena = { 0 };
		struct stored s = { 0 };
		uint64_t since = clock_usec();
		if (store_file(&arena, argv[1], &s, &e) < 0) {
			fprintf(stderr, "%s\n", e.text);
			return 70;
		}
		usec[i] = clock_usec() - since;
		const struct gguf_key *k = gguf_key(s.part, "tokenizer.ggml.tokens");
		tokens = k ? k->count : 0;
		tensors = s.part->tensor_count;
	}
	qsort(usec, RUNS, sizeof(*usec), by_size);
	printf("%.2f %.2f %ld %ld %llu %zu\n", (double)usec[RUNS / 2] / 1000,
	       (double)usec[RUNS - 1] / 1000, peak_kib() - before, peak_kib(),
	       (unsigned long long)tokens, tensors);
	return 0;
}

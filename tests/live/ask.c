/* SPDX-License-Identifier: MIT */
/*
 * Asks a live source one question, as a collector would.
 * usage: ask [--root DIR] [--docker URL] [--times N] SOURCE QUESTION
 * Prints the answer; or the errno's name, with the story on stderr, and exits 1. With --times it
 * asks N times over and says on stderr what the fastest took.
 */
#include "host/host.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(void)
{
	fputs("usage: ask [--root DIR] [--docker URL] [--times N] SOURCE QUESTION\n", stderr);
	return 64;
}

static int ask(struct host *h, enum source who, const char *question, unsigned times)
{
	uint64_t best_usec = UINT64_MAX;
	int r = 0;

	for (unsigned i = 0; i < times; i++) {
		ARENA arena = { 0 };
		struct err e = { 0 };
		struct bytes answer;
		uint64_t before = h->cost[who].usec;
		r = host_ask(h, &arena, who, question, &answer, &e);
		uint64_t took = h->cost[who].usec - before;
		best_usec = took < best_usec ? took : best_usec;
		if (i + 1 == times && r == 0)
			fwrite(answer.data, 1, answer.size, stdout);
		if (i + 1 == times && r < 0)
			printf("%s\n", strerrorname_np(-r)), fprintf(stderr, "%s\n", e.text);
	}
	if (times > 1)
		fprintf(stderr, "%llu usec\n", (unsigned long long)best_usec);
	return r < 0;
}

int main(int argc, char *argv[])
{
	static const struct option options[] = { { "root", required_argument, NULL, 'r' },
						 { "docker", required_argument, NULL, 'd' },
						 { "times", required_argument, NULL, 'n' },
						 { 0 } };
	struct host_options o = { 0 };
	struct err e = { 0 };
	uint64_t times = 1;

	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (c == 'r')
			o.root = optarg;
		else if (c == 'd')
			o.docker = optarg;
		else if (c != 'n' || !str_u64(optarg, 10, 1000, &times) || times == 0)
			return usage();
	}
	if (argc - optind != 2)
		return usage();
	enum source who = source_of_name(argv[optind]);
	if (who == SOURCE_COUNT)
		return usage();
	HOST *h = host_live(&o, &e);
	if (!h) {
		fprintf(stderr, "%s\n", e.text);
		return 70;
	}
	return ask(h, who, argv[optind + 1], (unsigned)times);
}

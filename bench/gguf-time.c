/* SPDX-License-Identifier: MIT */
/*
 * What it takes to read a header from a file, again and again: its median and the worst in ms, how
 * much the process grew by it and its peak in KiB, the MiB read each time, tokens and tensors.
 * usage: gguf-time FILE
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "gguf/gguf.h"

enum { RUNS = 51, WINDOW = 256 << 10 };

/* A window into a file: most of a vocabulary is hopped over within it. */
struct file {
	struct gguf_input in;
	int fd;
	uint64_t read_bytes;
	char window[1 << 20];
};

static int take(struct gguf_input *in, uint64_t at, uint64_t want, uint64_t surely,
		struct bytes *ret, struct err *e)
{
	struct file *f = (struct file *)in;
	size_t size = 0, room = want > WINDOW ? (size_t)want : WINDOW;

	(void)surely;
	while (size < want) {
		ssize_t n = pread(f->fd, f->window + size, room - size, (off_t)(at + size));
		if (n < 0)
			return err_set(e, -errno, "read %s", in->name);
		if (n == 0)
			break;
		size += (size_t)n;
	}
	f->read_bytes += size;
	*ret = (struct bytes){ f->window, size };
	return 0;
}

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
	static struct file f;
	uint64_t usec[RUNS], tokens = 0;
	struct gguf g = { 0 };
	struct stat st;
	struct err e = { 0 };

	if (argc != 2)
		return 64;
	f.fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (f.fd < 0 || fstat(f.fd, &st) < 0) {
		perror(argv[1]);
		return 70;
	}
	f.in = (struct gguf_input){ argv[1], (uint64_t)st.st_size, take };
	long before = peak_kib();
	for (int i = 0; i < RUNS; i++) {
		ARENA arena = { 0 };
		uint64_t since = clock_usec();
		if (gguf_read(&arena, &f.in, &g, &e) < 0) {
			fprintf(stderr, "%s\n", e.text);
			return 70;
		}
		usec[i] = clock_usec() - since;
		const struct gguf_key *k = gguf_key(&g, "tokenizer.ggml.tokens");
		tokens = k ? k->count : 0;
	}
	qsort(usec, RUNS, sizeof(*usec), by_size);
	printf("%.2f %.2f %ld %ld %.1f %llu %zu\n", (double)usec[RUNS / 2] / 1000,
	       (double)usec[RUNS - 1] / 1000, peak_kib() - before, peak_kib(),
	       (double)f.read_bytes / RUNS / (1 << 20), (unsigned long long)tokens, g.tensor_count);
	return 0;
}

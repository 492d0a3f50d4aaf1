/* SPDX-License-Identifier: MIT */
/*
 * What it takes to list a store of Ollama's and to read the headers of all its models.
 * usage: store-time make DIR MODELS WORDS   (a store of models with a vocabulary of so many words)
 *        store-time DIR                     (models, MB of headers, median and worst of 11 runs in
 * ms, KiB at the peak)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "gguf-sparse.h"
#include "store/store.h"

enum { RUNS = 11, TENSORS = 291 };

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0) {
		perror(path);
		exit(70);
	}
}

static void make_folders(struct arena *a, const char *dir, const char *path)
{
	for (const char *slash = path; (slash = strchr(slash, '/')); slash++)
		mkdir(arena_printf(a, "%s/%.*s", dir, (int)(slash - path), path), 0755);
}

/* Four tags each; nothing checks that a blob's name is the hash of what is in it. */
static void make_model(struct arena *a, const char *dir, unsigned i, unsigned words)
{
	const char *name =
	    arena_printf(a, "manifests/registry.ollama.ai/library/m%u/%ub", i / 4, i % 4);
	uint64_t bytes =
	    gguf_sparse_write(arena_printf(a, "%s/blobs/sha256-%064x", dir, 2 * i),
			      &(struct gguf_sparse){ .tensors = TENSORS + i % 7, .words = words });

	write_text(arena_printf(a, "%s/blobs/sha256-%064x", dir, 2 * i + 1), "{\"num_ctx\":8192}");
	make_folders(a, dir, name);
	write_text(
	    arena_printf(a, "%s/%s", dir, name),
	    arena_printf(
		a,
		"{\"schemaVersion\":2,\"layers\":[{\"mediaType\":"
		"\"application/vnd.ollama.image.model\",\"digest\":\"sha256:%064x\",\"size\":%llu},"
		"{\"mediaType\":\"application/vnd.ollama.image.params\",\"digest\":"
		"\"sha256:%064x\",\"size\":16}]}",
		2 * i, (unsigned long long)bytes, 2 * i + 1));
}

static int make(const char *dir, unsigned models, unsigned words)
{
	ARENA a = { 0 };

	make_folders(&a, dir, "blobs/");
	for (unsigned i = 0; i < models; i++)
		make_model(&a, dir, i, words);
	return 0;
}

static void must(int r, const struct err *e)
{
	if (r == 0)
		return;
	fprintf(stderr, "%s\n", e->text);
	exit(70);
}

/* Bytes of all headers. */
static uint64_t read_all(const char *dir, size_t *ret_count)
{
	ARENA a = { 0 };
	struct err e = { 0 };
	struct names all;
	uint64_t bytes = 0;

	must(store_list(&a, dir, &all, &e), &e);
	for (size_t i = 0; i < all.count; i++) {
		ARENA own = { 0 };
		struct stored s;
		must(store_ollama(&own, dir, all.name[i], &s, &e), &e);
		bytes += s.part[0].header_bytes;
	}
	*ret_count = all.count;
	return bytes;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

int main(int argc, char *argv[])
{
	uint64_t usec[RUNS], bytes = 0;
	struct rusage used;
	size_t count = 0;

	if (argc == 5 && str_eq(argv[1], "make"))
		return make(argv[2], (unsigned)atoi(argv[3]), (unsigned)atoi(argv[4]));
	if (argc != 2)
		return 64;
	read_all(argv[1], &count);
	for (int i = 0; i < RUNS; i++) {
		uint64_t since = clock_usec();
		bytes = read_all(argv[1], &count);
		usec[i] = clock_usec() - since;
	}
	qsort(usec, RUNS, sizeof(*usec), by_size);
	getrusage(RUSAGE_SELF, &used);
	printf("%zu %.1f %.1f %.1f %ld\n", count, (double)bytes / 1e6,
	       (double)usec[RUNS / 2] / 1000, (double)usec[RUNS - 1] / 1000, used.ru_maxrss);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * A GGUF file, of which the header is read: whole in memory, and through windows as small as may
 * be, that are gone with the next call. Both must say the same.
 */
#include <stdlib.h>
#include <string.h>

#include "gguf/gguf.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct windows {
	struct gguf_input in;
	struct bytes all;
	uint64_t last, owed;
	char *given;
};

static int take(struct gguf_input *in, uint64_t at, uint64_t want, uint64_t surely,
		struct bytes *ret, struct err *e)
{
	struct windows *w = (struct windows *)in;
	uint64_t left = at < w->all.size ? w->all.size - at : 0;
	size_t size = (size_t)(want < left ? want : left);

	(void)e;
	if (at < w->last || want == 0 || want > 1 << 20 || surely < want)
		__builtin_trap();
	w->last = at;
	w->owed = at + surely > w->owed ? at + surely : w->owed;
	free(w->given);
	w->given = malloc(size + !size);
	if (!w->given)
		abort();
	if (size)
		memcpy(w->given, w->all.data + at, size);
	*ret = (struct bytes){ w->given, size };
	return 0;
}

static void check_text(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			__builtin_trap();
}

static void check(const struct gguf *g)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < g->key_count; i++) {
		const struct gguf_key *k = &g->key[i];
		check_text(k->name);
		if (k->text)
			check_text(k->text);
		if (gguf_key(g, k->name) != k)
			__builtin_trap();
	}
	gguf_arch_key(g, "block_count");
	for (size_t i = 0; i < g->tensor_count; i++) {
		check_text(g->tensor[i].name);
		sum += g->tensor[i].bytes;
	}
	if (sum > g->data_bytes)
		__builtin_trap(); /* none overlap */
}

static void through_windows(struct bytes all, int want, uint64_t size)
{
	ARENA arena = { 0 };
	struct windows w = { { "FILE", size, take }, all, 0, 0, NULL };
	struct gguf g;
	struct err e = { 0 };

	int r = gguf_read(&arena, &w.in, &g, &e);
	if (r != want)
		__builtin_trap();
	if (r == 0 && w.owed > g.header_bytes)
		__builtin_trap(); /* surely was more than there is */
	free(w.given);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	struct bytes all = { n ? (const char *)p : "", n };
	struct gguf_memory m;
	struct gguf g;
	struct err e = { 0 };

	gguf_memory(&m, "FILE", all, n);
	int r = gguf_read(&arena, &m.in, &g, &e);
	check_text(e.text);
	if (r == 0)
		check(&g);
	else if (strncmp(e.text, "FILE: byte ", 11) != 0)
		__builtin_trap();
	through_windows(all, r, n);
	through_windows(all, r, UINT64_MAX);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a block, unless more is asked for at once: each has twice the size of the one before it. */
enum { BLOCK_BYTES_MIN = 1 << 10, BLOCK_BYTES_MAX = 64 << 10 };

enum { ROOM_BYTES_MIN = 2 << 10 }; /* less is sooner zeroed than given a block of its own */

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) char data[];
};

static _Noreturn void out_of_memory(void)
{
	fputs("egpu: out of memory\n", stderr);
	abort();
}

static size_t block_bytes(const struct arena_block *before)
{
	if (!before)
		return BLOCK_BYTES_MIN;
	return before->size < BLOCK_BYTES_MAX / 2 ? 2 * before->size : BLOCK_BYTES_MAX;
}

static size_t in_units(size_t size)
{
	const size_t unit = alignof(max_align_t);

	if (size > SIZE_MAX / 2)
		out_of_memory();
	return (size + unit - 1) / unit * unit;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->blocks;

	size = in_units(size);
	if (!b || b->size - b->used < size) {
		size_t want = block_bytes(b);
		want = size > want ? size : want;
		b = malloc(sizeof(*b) + want);
		if (!b)
			out_of_memory();
		*b = (struct arena_block){ .next = a->blocks, .size = want };
		a->blocks = b;
	}
	void *p = b->data + b->used;
	b->used += size;
	return memset(p, 0, size);
}

/* In a block of its own behind the newest, which still has room. */
void *arena_room(struct arena *a, size_t size)
{
	if (size < ROOM_BYTES_MIN)
		return arena_alloc(a, size);
	if (!a->blocks)
		arena_alloc(a, 0);
	size = in_units(size);
	struct arena_block *b = malloc(sizeof(*b) + size);
	if (!b)
		out_of_memory();
	*b = (struct arena_block){ .next = a->blocks->next, .used = size, .size = size };
	a->blocks->next = b;
	return b->data;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		out_of_memory();

	char *s = arena_room(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

/* Behind the newest block: that one still has room. */
void arena_adopt(struct arena *a, struct arena *from)
{
	struct arena_block **end = &a->blocks;
	if (*end)
		end = &(*end)->next;
	struct arena_block *rest = *end;
	*end = from->blocks;
	while (*end)
		end = &(*end)->next;
	*end = rest;
	from->blocks = NULL;
}

void arena_done(struct arena *a)
{
	struct arena_block *b = a->blocks;
	while (b) {
		struct arena_block *next = b->next;
		free(b);
		b = next;
	}
	a->blocks = NULL;
}

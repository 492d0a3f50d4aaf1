/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Memory with one lifetime: everything learned in one look at a host.
 * Zero-initialise, allocate, arena_done() once. Never returns NULL: running
 * out of memory ends the program (the guard is restarted by systemd).
 */
struct arena {
	struct arena_block *blocks;
};

void *arena_alloc(struct arena *a, size_t size); /* zeroed, max-aligned */
/* The same, but what is in it is not told: for what is written before it is read. Pages of a large
 * one that nobody writes cost nothing. */
void *arena_room(struct arena *a, size_t size);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF(2, 0);
/* What lives in `from` lives in `a` from now on; `from` is empty. */
void arena_adopt(struct arena *a, struct arena *from);
void arena_done(struct arena *a);

#define ARENA __attribute__((cleanup(arena_done))) struct arena

/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/gguf.h"

/*
 * A file as the reader of headers takes it: a piece at a time, in a buffer that does not grow with
 * the file. It is not mapped, since a file that becomes shorter meanwhile would end the program.
 */
struct window {
	struct gguf_input in;
	/* its own */
	int fd;
	struct arena memory; /* of the buffer */
	char *buffer;
	size_t room, held;
	uint64_t start; /* the buffer's first byte is this one of the file */
	size_t ahead;   /* how much is read at once: more, the further it goes */
};

/* Failures as store_open() has them. The path is kept as messages have it. */
int window_open(struct window *w, struct arena *a, const char *path, struct err *e);
void window_close(struct window *w);

/*
 * The header of one file. Failures of gguf_read() and store_open(); -EIO: it became shorter while
 * it was read.
 */
int store_header(struct arena *a, const char *path, struct gguf *ret, struct err *e);

/* SPDX-License-Identifier: MIT */
#include "store/window.h"

#include <errno.h>
#include <string.h>

#include "store/open.h"

enum {
	AHEAD_FIRST = 32 << 10, /* a small header and its tensors */
	AHEAD_MOST = 64 << 10,  /* larger buffers come from the kernel, a page fault each 4 KiB */
	WANT_MOST = 1 << 20,    /* as gguf.h promises */
};

/* Room for so much, with what is held from `at` on at its start. */
static void make_room(struct window *w, uint64_t at, size_t need)
{
	size_t skip = (size_t)(at - w->start);
	char *from = w->buffer + skip;

	w->held -= skip;
	w->start = at;
	if (need > w->room) {
		w->room = need;
		w->buffer = arena_room(&w->memory, need + 1);
	}
	if (w->held)
		memmove(w->buffer, from, w->held);
}

static int shorter(struct window *w, struct err *e)
{
	ARENA a = { 0 };
	return err_say(e, -EIO, "%s became shorter while it was read: %s of %s are left",
		       w->in.name, str_bytes(&a, w->start + w->held), str_bytes(&a, w->in.size));
}

/* What grows meanwhile is as long as it was when it was opened. */
static int fill(struct window *w, size_t need, struct err *e)
{
	while (w->held < need) {
		uint64_t left = w->in.size - w->start - w->held;
		size_t room = w->room - w->held;
		ssize_t n = pread(w->fd, w->buffer + w->held, left < room ? (size_t)left : room,
				  (off_t)(w->start + w->held));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, -errno, "read %s", w->in.name);
		if (n == 0)
			return shorter(w, e);
		w->held += (size_t)n;
	}
	return 0;
}

static int window_take(struct gguf_input *in, uint64_t at, uint64_t want, uint64_t surely,
		       struct bytes *ret, struct err *e)
{
	struct window *w = (struct window *)in;
	uint64_t left = at < in->size ? in->size - at : 0;
	size_t need = (size_t)(want < left ? want : left);

	(void)surely;
	if (need > WANT_MOST)
		need = WANT_MOST;
	if (at < w->start || at - w->start > w->held) {
		w->start = at;
		w->held = 0;
	}
	if (w->held - (size_t)(at - w->start) < need) {
		make_room(w, at, need > w->ahead ? need : w->ahead);
		w->ahead = w->ahead < AHEAD_MOST ? 2 * w->ahead : w->ahead;
		int r = fill(w, need, e);
		if (r < 0)
			return r;
	}
	size_t skip = (size_t)(at - w->start);
	*ret = (struct bytes){ w->buffer + skip, w->held - skip };
	return 0;
}

int window_open(struct window *w, struct arena *a, const char *path, struct err *e)
{
	uint64_t size;
	int fd = store_open(a, path, &size, e);

	if (fd < 0)
		return fd;
	*w = (struct window){
		.in = { .name = store_brief(a, path), .size = size, .take = window_take },
		.fd = fd,
		.buffer = str_dup(a, ""),
		.ahead = AHEAD_FIRST,
	};
	return 0;
}

void window_close(struct window *w)
{
	close(w->fd);
	arena_done(&w->memory);
}

int store_header(struct arena *a, const char *path, struct gguf *ret, struct err *e)
{
	struct window w;
	int r = window_open(&w, a, path, e);

	if (r < 0)
		return r;
	r = gguf_read(a, &w.in, ret, e);
	window_close(&w);
	return r;
}

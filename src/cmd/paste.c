/* SPDX-License-Identifier: MIT */
#include "cmd/paste.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROOM_BYTES = 64 << 10, PROGRESS_BYTES = 256 << 20 };

struct paste {
	char room[ROOM_BYTES];
	size_t used;
	uint64_t bytes, told_bytes;
};

static int refuse_compressed(const struct paste *p, const char *name, struct err *e)
{
	static const struct {
		const char *magic, *tool;
	} kinds[] = {
		{ "\x1f\x8b", "zcat" },
		{ "\x28\xb5\x2f\xfd", "zstdcat" },
		{ "\xfd"
		  "7zXZ",
		  "xzcat" },
	};

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (p->used >= strlen(kinds[i].magic) &&
		    memcmp(p->room, kinds[i].magic, strlen(kinds[i].magic)) == 0)
			return err_set(e, -EINVAL, "%s is compressed: %s %s | egpu explain", name,
				       kinds[i].tool, name);
	return 0;
}

static void tell_progress(struct paste *p)
{
	if (p->bytes - p->told_bytes < PROGRESS_BYTES || !isatty(STDERR_FILENO))
		return;
	p->told_bytes = p->bytes;
	fprintf(stderr, "\r%" PRIu64 " MiB read", p->bytes >> 20);
}

/* Whole lines are taken; a part of one waits for its rest, unless it fills the room. */
static void take_lines(struct paste *p, void (*take)(void *with, struct bytes lines), void *with)
{
	const char *end = memrchr(p->room, '\n', p->used);
	size_t n = end ? (size_t)(end - p->room) + 1 : p->used == ROOM_BYTES ? p->used : 0;

	if (n == 0)
		return;
	take(with, (struct bytes){ p->room, n });
	memmove(p->room, p->room + n, p->used - n);
	p->used -= n;
}

int paste_read(int fd, const char *name, void (*take)(void *with, struct bytes lines), void *with,
	       struct err *e)
{
	static const char clear[] = "\r                    \r";
	struct paste p;

	p.used = p.bytes = p.told_bytes = 0;
	for (;;) {
		ssize_t n = read(fd, p.room + p.used, ROOM_BYTES - p.used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, -errno, "read %s", name);
		if (n == 0)
			break;
		bool is_first = p.bytes == 0;
		p.used += (size_t)n;
		p.bytes += (uint64_t)n;
		int r = is_first ? refuse_compressed(&p, name, e) : 0;
		if (r < 0)
			return r;
		take_lines(&p, take, with);
		tell_progress(&p);
	}
	if (p.used)
		take(with, (struct bytes){ p.room, p.used });
	fputs(p.told_bytes ? clear : "", stderr);
	return 0;
}

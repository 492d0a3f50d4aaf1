/* SPDX-License-Identifier: MIT */
/* The kernel's ring buffer. syslog(2), Documentation/ABI/testing/dev-kmsg. */
#include "host/klog.h"
#include "host/sources.h"

#include <errno.h>
#include <string.h>
#include <sys/klog.h>

enum {
	ACTION_READ_ALL = 3,
	ACTION_SIZE_BUFFER = 10,
	RING_MIN = 64 << 10,
	RING_MAX = 16 << 20,
};

/* Where the text after the priority begins: 0 where the line has none. */
static size_t after_priority(const char *line, size_t size)
{
	size_t n = 1;
	if (size < 3 || line[0] != '<')
		return 0;
	while (n < size && n < 5 && line[n] >= '0' && line[n] <= '9')
		n++;
	return n > 1 && n < size && line[n] == '>' ? n + 1 : 0;
}

static bool is_of_time(char c)
{
	return (c >= '0' && c <= '9') || c == ' ' || c == '.';
}

/* Length of "[    1.234567]": 0 where the line does not begin with a time. */
static size_t time_length(const char *line, size_t size)
{
	size_t n = 1;
	if (size == 0 || line[0] != '[')
		return 0;
	while (n < size && is_of_time(line[n]))
		n++;
	return n > 1 && n < size && line[n] == ']' ? n + 1 : 0;
}

/* Length of "[    T0]" or "[   C12]", which follows the time without a blank. */
static size_t caller_length(const char *line, size_t size)
{
	size_t n = 1;
	if (size == 0 || line[0] != '[')
		return 0;
	while (n < size && line[n] == ' ')
		n++;
	if (n == size || (line[n] != 'T' && line[n] != 'C'))
		return 0;
	for (n++; n < size && line[n] >= '0' && line[n] <= '9';)
		n++;
	return n < size && line[n] == ']' ? n + 1 : 0;
}

size_t klog_strip(char *text, size_t size)
{
	struct bytes rest = { text, size }, line;
	char *to = text;

	while (bytes_line(&rest, &line)) {
		const char *from = line.data + after_priority(line.data, line.size);
		size_t left = line.size - (size_t)(from - line.data);
		size_t time = time_length(from, left);
		size_t caller = time ? caller_length(from + time, left - time) : 0;

		memmove(to, from, time);
		memmove(to + time, from + time + caller, left - time - caller);
		to += left - caller;
		/* Never past the byte that was read: the last line may have had no end. */
		if (to < text + size)
			*to++ = '\n';
	}
	return (size_t)(to - text);
}

size_t klog_bound(char *text, size_t size, size_t head, size_t tail)
{
	if (size <= head + tail)
		return size;
	while (head > 0 && text[head - 1] != '\n')
		head--;
	const char *from = text + size - tail;
	const char *line = memchr(from, '\n', tail);
	from = line ? line + 1 : text + size;
	size_t rest = (size_t)(text + size - from);
	memmove(text + head, from, rest);
	return head + rest;
}

/*
 * The size of the ring counts texts alone, and every line comes with its
 * priority and time before it: twice the size holds all but rings of very
 * short lines, of which the kernel leaves out the oldest. The pages that it
 * does not write are never touched, so room costs nothing.
 */
static size_t room_bytes(void)
{
	int ring = klogctl(ACTION_SIZE_BUFFER, NULL, 0);
	size_t room = ring > 0 ? 2 * (size_t)ring : 0;
	return room < RING_MIN ? RING_MIN : room > RING_MAX ? RING_MAX : room;
}

int klog_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	     struct err *e)
{
	(void)l;
	if (!str_eq(question, "boot"))
		return err_set(e, -ENOENT, "kernel-log: no such question: %s", question);
	size_t room = room_bytes();
	char *text = arena_room(a, room + 1);
	int n = klogctl(ACTION_READ_ALL, text, (int)room);
	if (n < 0)
		return err_set(e, -errno, "kernel log");
	size_t size = klog_strip(text, (size_t)n);
	size = klog_bound(text, size, KLOG_HEAD_BYTES, KLOG_TAIL_BYTES);
	text[size] = '\0';
	*ret = (struct bytes){ text, size };
	return 0;
}

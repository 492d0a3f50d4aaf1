/* SPDX-License-Identifier: MIT */
#include "gguf/read/cursor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MIB = 1 << 20 };
enum {
	HEADER_MAX = 256 * MIB, /* the largest vocabulary makes one of 16 MiB */
	KEPT_MAX = 32 * MIB,    /* ten thousand tensors and keys make 2 MiB */
};
enum { NAME_SHOWN = 100, WORD_SHOWN = 64 };

void cursor_start(struct cursor *c, struct arena *a, struct gguf_input *in)
{
	uint64_t end = in->size < HEADER_MAX ? in->size : HEADER_MAX;

	*c = (struct cursor){ .in = in, .arena = a, .window = { "", 0 }, .end = end, .slack = end };
}

/* A path may be long; its end says most. */
static const char *shown_name(const char *name)
{
	size_t n = strlen(name);

	if (n <= NAME_SHOWN)
		return name;
	for (name += n - NAME_SHOWN; ((unsigned char)*name & 0xc0) == 0x80;)
		name++;
	return name;
}

int cursor_refuse(const struct cursor *c, uint64_t at, struct err *e, const char *fmt, ...)
{
	char rule[256];
	const char *name = shown_name(c->in->name);

	va_list ap;
	va_start(ap, fmt);
	vsnprintf(rule, sizeof(rule), fmt, ap);
	va_end(ap);
	return err_set(e, -EINVAL, "%s%s: byte %llu: %s", name == c->in->name ? "" : "...", name,
		       (unsigned long long)at, rule);
}

const char *cursor_word(const struct cursor *c, const char *name)
{
	return str_clean(c->arena, name, strlen(name), WORD_SHOWN);
}

static int ends_early(const struct cursor *c, uint64_t at, const char *where, uint64_t size,
		      struct err *e)
{
	return cursor_refuse(c, at, e,
			     "the file ends %s byte %llu, inside its header: still being "
			     "downloaded, or cut off",
			     where, (unsigned long long)size);
}

int cursor_owe(struct cursor *c, uint64_t at, uint64_t count, uint64_t each, const char *what,
	       struct err *e)
{
	uint64_t more, known = c->at + c->owed;

	if (__builtin_mul_overflow(count, each, &more) || more > HEADER_MAX - known)
		return cursor_refuse(c, at, e, "%llu %s: no header is that long",
				     (unsigned long long)count, what);
	if (more > c->slack)
		return ends_early(c, at, "at", c->in->size, e);
	c->slack -= more;
	c->owed += more;
	return 0;
}

void cursor_skip(struct cursor *c, uint64_t size)
{
	size_t here = size < c->window.size ? (size_t)size : c->window.size;

	c->is_blind = c->is_blind || size > c->window.size;
	c->window.data += here;
	c->window.size -= here;
	c->at += size;
	c->owed -= size;
}

/* At least so many bytes in the window, all owed. */
static int fill(struct cursor *c, uint64_t want, struct err *e)
{
	if (c->window.size >= want)
		return 0;
	c->window = (struct bytes){ "", 0 };
	int r = c->in->take(c->in, c->at, want, c->owed, &c->window, e);
	if (r < 0)
		return r;
	if (c->window.size < want)
		return ends_early(c, c->at, c->is_blind && !c->window.size ? "before" : "at",
				  c->at + c->window.size, e);
	c->is_blind = false;
	return 0;
}

int cursor_finish(struct cursor *c, struct err *e)
{
	struct bytes last;

	if (!c->is_blind || c->in->size != UINT64_MAX)
		return 0;
	int r = c->in->take(c->in, c->at - 1, 1, 1, &last, e);
	if (r < 0)
		return r;
	return last.size ? 0 : ends_early(c, c->at, "before", c->at, e);
}

int cursor_take(struct cursor *c, uint64_t size, const char **ret, struct err *e)
{
	int r = fill(c, size, e);
	if (r < 0)
		return r;
	*ret = c->window.data;
	cursor_skip(c, size);
	return 0;
}

static uint64_t u64_at(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(v) : v;
}

uint64_t cursor_whole(const char *p, size_t size)
{
	uint64_t v = 0;

	while (size--)
		v = v << 8 | (unsigned char)p[size];
	return v;
}

int cursor_u32(struct cursor *c, uint32_t *ret, struct err *e)
{
	const char *p;
	int r = cursor_take(c, sizeof(*ret), &p, e);
	if (r < 0)
		return r;
	*ret = (uint32_t)cursor_whole(p, sizeof(*ret));
	return 0;
}

int cursor_u64(struct cursor *c, uint64_t *ret, struct err *e)
{
	const char *p;
	int r = cursor_take(c, sizeof(*ret), &p, e);
	if (r < 0)
		return r;
	*ret = u64_at(p);
	return 0;
}

/*
 * The strings that end in the window, from length to length; what is owed goes down by the eight
 * bytes of each length, and the strings themselves come out of the slack. Returns how many are
 * left.
 */
static uint64_t hop(struct cursor *c, uint64_t count)
{
	const char *p = c->window.data, *end = p + c->window.size;
	uint64_t slack = c->slack, hops = 0;

	for (; hops < count && end - p >= 8; hops++) {
		uint64_t size = u64_at(p);
		if (size > (uint64_t)(end - p) - 8 || size > slack)
			break;
		slack -= size;
		p += 8 + size;
	}
	c->at += (uint64_t)(p - c->window.data);
	c->owed -= 8 * hops;
	c->slack = slack;
	c->window = (struct bytes){ p, (size_t)(end - p) };
	return count - hops;
}

int cursor_skip_strings(struct cursor *c, uint64_t count, struct err *e)
{
	while ((count = hop(c, count))) {
		uint64_t size, at = c->at;
		int r = cursor_u64(c, &size, e);
		if (r < 0)
			return r;
		r = cursor_owe(c, at, size, 1, "bytes of text", e);
		if (r < 0)
			return r;
		cursor_skip(c, size);
		count--;
	}
	return 0;
}

int cursor_keep(struct cursor *c, uint64_t at, uint64_t count, size_t each, void **ret,
		struct err *e)
{
	uint64_t size;

	if (__builtin_mul_overflow(count, each, &size) || size > KEPT_MAX - c->kept)
		return cursor_refuse(c, at, e,
				     "no model has so many keys and tensors: they take more than "
				     "%d MiB of memory",
				     KEPT_MAX / MIB);
	c->kept += size;
	*ret = arena_alloc(c->arena, size);
	return 0;
}

int cursor_text(struct cursor *c, uint64_t size, const char **ret, struct err *e)
{
	const char *p;
	void *room;
	uint64_t at = c->at;

	int r = cursor_take(c, size, &p, e);
	if (r < 0)
		return r;
	if (size > KEPT_MAX - c->kept)
		return cursor_keep(c, at, size, 1, &room, e);
	c->kept += size;
	*ret = str_clean(c->arena, p, size, size);
	return 0;
}

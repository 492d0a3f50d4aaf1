/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

bool str_eq(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

bool str_starts(const char *s, const char *prefix)
{
	return s && strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t n = s ? strlen(s) : 0, m = strlen(suffix);
	return s && n >= m && memcmp(s + n - m, suffix, m) == 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

bool str_u64(const char *text, int base, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (base == 16 && text[0] == '0' && (text[1] | 0x20) == 'x')
		text += 2;
	if (!*text)
		return false;
	for (; *text; text++) {
		int d = digit(*text);
		if (d >= base || v > (UINT64_MAX - (uint64_t)d) / (uint64_t)base)
			return false;
		v = v * (uint64_t)base + (uint64_t)d;
	}
	if (v > max)
		return false;
	*ret = v;
	return true;
}

char *str_ndup(struct arena *a, const char *s, size_t size)
{
	char *copy = arena_room(a, size + 1);
	if (size)
		memcpy(copy, s, size);
	copy[size] = '\0';
	return copy;
}

size_t str_distance(const char *a, const char *b)
{
	size_t row[STR_DISTANCE_MAX + 1], n = strnlen(b, STR_DISTANCE_MAX);

	for (size_t i = 0; i <= n; i++)
		row[i] = i;
	for (size_t k = 0; a[k]; k++) {
		size_t corner = row[0];
		row[0] = k + 1;
		for (size_t i = 0; i < n; i++) {
			size_t best = corner + (a[k] != b[i]);
			corner = row[i + 1];
			best = corner + 1 < best ? corner + 1 : best;
			row[i + 1] = row[i] + 1 < best ? row[i] + 1 : best;
		}
	}
	return row[n];
}

char *str_dup(struct arena *a, const char *s)
{
	return str_ndup(a, s, strlen(s));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char *str_trim(struct arena *a, const char *s, size_t size)
{
	const char *end = memchr(s, '\n', size);
	size = end ? (size_t)(end - s) : size;
	for (; size && is_blank(*s); s++)
		size--;
	while (size && is_blank(s[size - 1]))
		size--;
	return str_ndup(a, s, size);
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

char *str_unquoted(struct arena *a, const char *s)
{
	const char *bare = str_trim(a, s, strlen(s));
	size_t n;

	while (is_quote(*bare))
		bare++;
	for (n = strlen(bare); n && is_quote(bare[n - 1]);)
		n--;
	return str_ndup(a, bare, n);
}

const char *str_bytes(struct arena *a, uint64_t bytes)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	size_t n = 0;
	while (n + 1 < COUNT_OF(unit) && bytes >> (10 * (n + 1)))
		n++;
	uint64_t whole = bytes >> (10 * n), rest = bytes - (whole << (10 * n));
	uint64_t tenth = n ? (rest >> (10 * (n - 1))) * 10 / 1024 : 0;
	if (tenth)
		return arena_printf(a, "%llu.%llu %s", (unsigned long long)whole,
				    (unsigned long long)tenth, unit[n]);
	return arena_printf(a, "%llu %s", (unsigned long long)whole, unit[n]);
}

/* Length of the well-formed UTF-8 character at s, 0 if there is none. C1 controls count as none. */
static size_t utf8_size(const unsigned char *s, size_t left)
{
	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f;
	size_t n = s[0] >= 0xc2 && s[0] <= 0xdf   ? 2
		   : (s[0] & 0xf0) == 0xe0        ? 3
		   : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4
						  : 0;
	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if (s[0] == 0xc2 && s[1] < 0xa0)
		return 0;
	/* overlong, surrogates, beyond U+10FFFF, and the bidirectional controls of U+202x/U+206x */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	if (s[0] == 0xe2 && ((s[1] == 0x80 && s[2] >= 0xa8 && s[2] <= 0xae) ||
			     (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)))
		return 0;
	return n;
}

char *str_clean(struct arena *a, const char *s, size_t size, size_t max)
{
	char *out = arena_room(a, (size < max ? size : max) + 1);
	size_t used = 0;

	for (size_t i = 0; i < size;) {
		size_t n = utf8_size((const unsigned char *)s + i, size - i);
		if (used + (n ? n : 1) > max)
			break;
		if (n)
			memcpy(out + used, s + i, n);
		else
			out[used] = is_blank(s[i]) ? ' ' : '?';
		used += n ? n : 1;
		i += n ? n : 1;
	}
	out[used] = '\0';
	return out;
}

bool bytes_line(struct bytes *rest, struct bytes *line)
{
	if (rest->size == 0)
		return false;
	const char *end = memchr(rest->data, '\n', rest->size);
	size_t n = end ? (size_t)(end - rest->data) : rest->size;

	*line = (struct bytes){ rest->data, n };
	if (n && line->data[n - 1] == '\r')
		line->size--;
	n += end != NULL;
	rest->data += n;
	rest->size -= n;
	return true;
}

bool bytes_start(struct bytes b, const char *prefix)
{
	size_t n = strlen(prefix);
	return b.size >= n && memcmp(b.data, prefix, n) == 0;
}

const char *bytes_find(struct bytes b, const char *needle)
{
	return b.size ? memmem(b.data, b.size, needle, strlen(needle)) : NULL;
}

bool bytes_have(struct bytes b, const char *needle)
{
	return bytes_find(b, needle) != NULL;
}

struct bytes bytes_of(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

struct names str_split(struct arena *a, const char *s, const char *at, size_t max)
{
	struct names out = { arena_alloc(a, max * sizeof(*out.name)), 0 };

	while (out.count < max && *(s += strspn(s, at))) {
		size_t n = strcspn(s, at);
		out.name[out.count++] = str_ndup(a, s, n);
		s += n;
	}
	return out;
}

bool names_have(const struct names *n, const char *name)
{
	for (size_t i = 0; i < n->count; i++)
		if (str_eq(n->name[i], name))
			return true;
	return false;
}

void names_add(struct arena *a, struct names *n, size_t *room, const char *name)
{
	if (n->count == *room) {
		*room = *room ? 2 * *room : 64;
		const char **more = arena_alloc(a, *room * sizeof(*more));
		if (n->count)
			memcpy(more, n->name, n->count * sizeof(*more));
		n->name = more;
	}
	n->name[n->count++] = str_dup(a, name);
}

static bool is_plain(const char *s)
{
	return *s && s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789_./:@%+=-")] == '\0';
}

const char *str_quoted(struct arena *a, const char *s)
{
	if (is_plain(s))
		return s;
	const char *out = "'";
	for (size_t n; *s; s += n) {
		n = strcspn(s, "'");
		out = arena_printf(a, "%s%.*s%s", out, (int)n, s, s[n] ? "'\\''" : "");
		n += s[n] == '\'';
	}
	return arena_printf(a, "%s'", out);
}

const char *names_join(struct arena *a, const struct names *n, const char *between)
{
	const char *out = "";
	for (size_t i = 0; i < n->count; i++)
		out = arena_printf(a, "%s%s%s", out, i ? between : "", n->name[i]);
	return out;
}

bool names_eq(const struct names *a, const struct names *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!str_eq(a->name[i], b->name[i]))
			return false;
	return true;
}

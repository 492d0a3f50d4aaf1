/* SPDX-License-Identifier: MIT */
#include "sign/pattern.h"

#include <string.h>

#include "cause/cause.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static const char *over_blanks(const char *s, const char *end)
{
	while (s < end && is_blank(*s))
		s++;
	return s;
}

static const char *over_digits(const char *s, const char *end)
{
	while (s < end && is_digit(*s))
		s++;
	return s;
}

/* The pattern up to the next "*" against the text that begins here: its end there, or NULL. */
static const char *take(const char *p, const char *at, const char *end)
{
	for (; *p && *p != '*'; p++) {
		const char *from = at;
		if (*p == '$' && !p[1])
			return over_blanks(at, end) == end ? end : NULL;
		if (is_blank(*p))
			at = over_blanks(at, end);
		else if (*p == '#')
			at = over_digits(at, end);
		else if (at < end && lower(*at) == lower(*p))
			at++;
		if (at == from)
			return NULL;
	}
	return at;
}

/* The first place where it matches, at or after `at`: the end there, or NULL. */
static const char *find(const char *p, const char *at, const char *end)
{
	char first = lower(*p);
	bool plain = first != '#' && !is_blank(first) && first != '$';

	for (; at <= end; at++) {
		if (plain && (at == end || lower(*at) != first))
			continue;
		const char *behind = take(p, at, end);
		if (behind)
			return behind;
	}
	return NULL;
}

bool pattern_matches(const char *pattern, struct bytes line, size_t message)
{
	const char *at = line.data, *end = line.data + line.size;

	if (*pattern == '^') {
		at = take(++pattern, line.data + (message < line.size ? message : line.size), end);
		pattern += strcspn(pattern, "*");
	}
	while (at && *pattern) {
		pattern += *pattern == '*';
		if (!*pattern)
			break;
		at = find(pattern, at, end);
		pattern += strcspn(pattern, "*");
	}
	return at != NULL;
}

/* The next piece between two "*" or "#", without blanks at its ends; false: no more. */
static bool next_piece(const char **rest, struct bytes *ret)
{
	const char *p = *rest + strspn(*rest, "*#^");
	size_t n = strcspn(p, "*#");

	*rest = p + n;
	if (n && p[n] == '\0' && p[n - 1] == '$')
		n--;
	for (; n && is_blank(*p); n--)
		p++;
	while (n && is_blank(p[n - 1]))
		n--;
	*ret = (struct bytes){ p, n };
	return **rest || n;
}

/* The first piece is mostly who speaks, which logs are full of: another is better, if not short. */
struct bytes pattern_word(const char *pattern)
{
	struct bytes first, piece, best = { pattern, 0 };

	if (!next_piece(&pattern, &first))
		return best;
	while (next_piece(&pattern, &piece))
		if (piece.size > best.size)
			best = piece;
	return best.size >= PIECE_MIN_BYTES && 2 * best.size >= first.size ? best
	       : first.size > best.size                                    ? first
									   : best;
}

/* SPDX-License-Identifier: MIT */
#include "sign/bdf.h"

#include <stdio.h>
#include <string.h>

enum { BUS_DIGITS = 2, DOMAIN_DIGITS_MIN = 4, DOMAIN_DIGITS_MAX = 8 };

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word(char c)
{
	return is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') || c == '_';
}

/* A number of min to max hex digits at *at, which moves behind it. */
static bool take_hex(struct bytes *at, size_t min, size_t max, unsigned *ret)
{
	size_t n = 0;
	unsigned v = 0;
	for (; n < at->size && n < max && is_hex(at->data[n]); n++) {
		char c = at->data[n];
		v = v * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	if (n < min || (n < at->size && is_hex(at->data[n])))
		return false;
	*at = (struct bytes){ at->data + n, at->size - n };
	*ret = v;
	return true;
}

static bool take_char(struct bytes *at, char c)
{
	if (at->size == 0 || *at->data != c)
		return false;
	*at = (struct bytes){ at->data + 1, at->size - 1 };
	return true;
}

static bool bdf_at(struct bytes at, char ret[BDF_BYTES])
{
	struct bytes rest = at;
	unsigned domain = 0, bus, slot, function = 0;
	bool has_domain =
	    take_hex(&rest, DOMAIN_DIGITS_MIN, DOMAIN_DIGITS_MAX, &domain) && take_char(&rest, ':');

	if (!has_domain) {
		rest = at;
		domain = 0;
	}
	if (!take_hex(&rest, BUS_DIGITS, BUS_DIGITS, &bus) || !take_char(&rest, ':') ||
	    !take_hex(&rest, 2, 2, &slot))
		return false;
	bool has_function = take_char(&rest, '.') && take_hex(&rest, 1, 1, &function);
	if ((!has_domain && !has_function) || (rest.size && is_word(*rest.data)) || domain > 0xffff)
		return false;
	snprintf(ret, BDF_BYTES, "%04x:%02x:%02x.%x", domain, bus & 0xff, slot & 0xff,
		 function & 0xf);
	return true;
}

/* One that begins behind `from` and has its first colon there. */
static bool bdf_before(struct bytes text, size_t from, size_t colon, char ret[BDF_BYTES])
{
	size_t i = colon > from + DOMAIN_DIGITS_MAX ? colon - DOMAIN_DIGITS_MAX : from;

	for (; i + BUS_DIGITS <= colon; i++)
		if (is_hex(text.data[i]) && (i == 0 || !is_word(text.data[i - 1])) &&
		    bdf_at((struct bytes){ text.data + i, text.size - i }, ret))
			return true;
	return false;
}

/* Colons are rare, and there is one behind the digits that it begins with. */
bool bdf_in(struct bytes text, char ret[BDF_BYTES])
{
	const char *colon;

	for (size_t from = 0, at; from < text.size; from = at + 1) {
		colon = memchr(text.data + from, ':', text.size - from);
		if (!colon)
			return false;
		at = (size_t)(colon - text.data);
		if (bdf_before(text, from, at, ret))
			return true;
	}
	return false;
}

bool bdf_same_device(const char *a, const char *b)
{
	size_t n = strcspn(a, ".");
	return n == strcspn(b, ".") && strncmp(a, b, n) == 0;
}

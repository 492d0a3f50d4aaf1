/* SPDX-License-Identifier: MIT */
#include "sign/line.h"

#include <string.h>

#include "sign/plain.h"

enum {
	BLOCK_BYTES = 128,
	/* What a block shows may have begun before it, and counts where it ends. */
	BACK_BYTES = 32,
	AHEAD_BYTES = 8,
};

/*
 * Nothing in a block begins what hides a message: a quick guess by each
 * byte and the one behind it (so one more is read), which says no too often. Without
 * a branch, for the compiler to do 16 or 32 at a time.
 */
static bool is_plain(const uint8_t *p)
{
	uint8_t bad = 0;

	for (size_t i = 0; i < BLOCK_BYTES; i++) {
		uint8_t c = p[i], next = p[i + 1], paired = c & 0xfd;
		/* control bytes; not tabs and ends of lines */
		bad |= (uint8_t)((c < 0x20) & ((uint8_t)(c - '\t') > 1) &
				 ((c != '\r') | (next != '\n')));
		bad |= (uint8_t)(c >= 0x7f) | (uint8_t)(c == '&') | (uint8_t)(c == '<');
		bad |= (uint8_t)(c == '#') | (uint8_t)(c == '{');
		/* "\" and "^"; ACPI's names have "\_" */
		bad |= (uint8_t)((paired == '\\') & (next != '_'));
		/* "[0m" without its ESC */
		bad |= (uint8_t)((next == 'm') & ((uint8_t)(c - '0') < 10));
	}
	return !bad;
}

static bool hides(struct bytes text, size_t at)
{
	uint8_t c = (uint8_t)text.data[at];
	char next = at + 1 < text.size ? text.data[at + 1] : '\n';

	if (c >= 0x20 && c < 0x7f && c != '[' && c != '&' && c != '<' && c != '#' && c != '\\' &&
	    c != '{')
		return false;
	if (c == '\t' || c == '\n' || (c == '\r' && next == '\n'))
		return false;
	/* JSON: a logger's are the lines that are opened so */
	if (c == '{' && next == ' ' && at + 2 < text.size)
		next = text.data[at + 2];
	return (c == '{' && next == '"') || plain_would(text, at);
}

static bool hides_around(struct bytes text, size_t at)
{
	size_t from = at < BACK_BYTES ? 0 : at - BACK_BYTES;
	size_t to =
	    text.size - at > BLOCK_BYTES + AHEAD_BYTES ? at + BLOCK_BYTES + AHEAD_BYTES : text.size;

	for (size_t i = from; i < to; i++)
		if (hides(text, i))
			return true;
	return false;
}

bool line_may_hide(struct bytes text)
{
	size_t at = 0;

	if (text.size == 0)
		return false;
	for (; text.size - at > BLOCK_BYTES; at += BLOCK_BYTES)
		if (!is_plain((const uint8_t *)text.data + at) && hides_around(text, at))
			return true;

	uint8_t last[BLOCK_BYTES + 1];
	memset(last, '\n', sizeof(last));
	memcpy(last, text.data + at, text.size - at);
	return !is_plain(last) && hides_around(text, at);
}

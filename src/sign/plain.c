/* SPDX-License-Identifier: MIT */
#include "sign/plain.h"

#include <stdint.h>
#include <string.h>

enum {
	ESC = 0x1b,
	PARAMETERS_MAX = 32, /* bytes in a sequence that sets colours */
	TITLE_MAX = 512,     /* bytes in one that sets a title or a link */
	TAG_MAX = 512,
	TAG_NAME_MAX = 12,
	CODE_DIGITS_MAX = 7,
	BACKSLASHES_MAX = 32, /* in a row: five levels of escaping */
};

/* What was found at one place: so many bytes of the text before it go away with it. */
struct undone {
	size_t before, taken;
	char text[4];
	size_t size;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static int hex_digit(char c)
{
	return is_digit(c)                              ? c - '0'
	       : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
							: -1;
}

/* "0;31m" behind the "[" of a control sequence: its size, 0 where it is none. */
static size_t parameters(struct bytes s)
{
	size_t n = 0;
	while (n < s.size && n < PARAMETERS_MAX && s.data[n] >= 0x20 && s.data[n] <= 0x3f)
		n++;
	return n < s.size && s.data[n] >= 0x40 && s.data[n] <= 0x7e ? n + 1 : 0;
}

/* "]8;;https://..." behind ESC, which a BEL or ESC "\" ends: a title or a link. */
static size_t title(struct bytes s)
{
	size_t max = s.size < TITLE_MAX ? s.size : TITLE_MAX;
	for (size_t n = 1; n < max; n++) {
		if (s.data[n] == '\a')
			return n + 1;
		if (s.data[n] == ESC)
			return n + 1 < s.size && s.data[n + 1] == '\\' ? n + 2 : n;
	}
	return 1;
}

static size_t sequence(struct bytes s)
{
	if (s.size < 2)
		return 1;
	struct bytes rest = { s.data + 1, s.size - 1 };
	if (*rest.data == '[')
		return 2 + parameters((struct bytes){ s.data + 2, s.size - 2 });
	if (*rest.data == ']')
		return 1 + title(rest);
	if (*rest.data == '(' || *rest.data == ')')
		return s.size < 3 ? 2 : 3;
	return *rest.data >= 0x30 && *rest.data <= 0x7e ? 2 : 1;
}

/* How programs write ESC when they don't want to send it: the size of what ends there. */
static size_t spelled_escape(struct bytes before)
{
	static const char *const spelled[] = {
		"^[",           "#033", "\\033", "\\x1b",        "\\x1B", "\\u001b",
		"\\u001B",      "\\e",  "\\E",   "\xe2\x90\x9b", /* the picture of ESC */
		"\xef\xbf\xbd", /* "no character": what web pages make of it */
	};

	for (size_t i = 0; i < COUNT_OF(spelled); i++) {
		size_t n = strlen(spelled[i]);
		if (before.size >= n && memcmp(before.data + before.size - n, spelled[i], n) == 0)
			return n;
	}
	return 0;
}

/* "[0m": the ESC before it is spelled out, or was lost in a paste. */
static void bracket(struct bytes before, struct bytes s, struct undone *u)
{
	size_t n = parameters((struct bytes){ s.data + 1, s.size - 1 });
	if (n == 0)
		return;
	u->before = spelled_escape(before);
	if (u->before) {
		u->taken = 1 + n;
		return;
	}
	bool is_colour = n > 1 && s.data[n] == 'm' && (n + 1 == s.size || s.data[n + 1] != ']');
	for (size_t i = 1; i < n; i++)
		is_colour = is_colour && (is_digit(s.data[i]) || s.data[i] == ';');
	if (!is_colour)
		return;
	u->taken = 1 + n;
	/* what less(1) shows */
	if (before.size >= 3 && memcmp(before.data + before.size - 3, "ESC", 3) == 0)
		u->before = 3;
}

/* What is not ASCII and stands for something that is. */
static const char *ascii_of(uint32_t code)
{
	static const struct {
		uint32_t from, to;
		const char *text;
	} table[] = {
		{ 0x00a0, 0x00a0, " " },  { 0x00ad, 0x00ad, "" },    { 0x2000, 0x200a, " " },
		{ 0x200b, 0x200f, "" },   { 0x2010, 0x2011, "-" },   { 0x2018, 0x201b, "'" },
		{ 0x201c, 0x201f, "\"" }, { 0x2026, 0x2026, "..." }, { 0x2028, 0x2029, " " },
		{ 0x202a, 0x202e, "" },   { 0x202f, 0x202f, " " },   { 0x2060, 0x2069, "" },
		{ 0xfeff, 0xfeff, "" },
	};

	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (code >= table[i].from && code <= table[i].to)
			return table[i].text;
	return NULL;
}

static void stand_for(struct undone *u, const char *text, size_t taken)
{
	u->taken = taken;
	u->size = strlen(text);
	memcpy(u->text, text, u->size);
}

/* The characters of two and three bytes that ascii_of() knows. */
static void wide(struct bytes s, struct undone *u)
{
	const uint8_t *b = (const uint8_t *)s.data;
	size_t n = b[0] == 0xc2 ? 2 : 3;
	uint32_t code;

	if (s.size < n || (b[1] & 0xc0) != 0x80 || (n == 3 && (b[2] & 0xc0) != 0x80))
		return;
	code = n == 2 ? (b[0] & 0x1fU) << 6 | (b[1] & 0x3fU)
		      : (b[0] & 0x0fU) << 12 | (b[1] & 0x3fU) << 6 | (b[2] & 0x3fU);
	const char *text = ascii_of(code);
	if (text)
		stand_for(u, text, n);
}

/* Control characters are none: a line feed is a blank, the others nothing. */
static void put_code(struct undone *u, uint32_t code)
{
	static const uint8_t first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	const char *text = code == '\n' || code == '\t' || code == '\r'   ? " "
			   : code < 0x20 || (code >= 0x7f && code < 0xa0) ? ""
									  : ascii_of(code);

	if (text) {
		stand_for(u, text, u->taken);
		return;
	}
	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
		stand_for(u, "?", u->taken);
		return;
	}
	for (size_t i = n; i-- > 1; code >>= 6)
		u->text[i] = (char)(0x80 | (code & 0x3f));
	u->text[0] = (char)(first[n] | code);
	u->size = n;
}

/* "&#39;" and "&#x27;" */
static void numbered_entity(struct bytes s, size_t at, struct undone *u)
{
	bool is_hex = at < s.size && (s.data[at] | 0x20) == 'x';
	size_t from = at + is_hex, n = from;
	uint32_t code = 0;

	for (; n < s.size && n - from < CODE_DIGITS_MAX; n++) {
		int digit = hex_digit(s.data[n]);
		if (digit < 0 || (!is_hex && digit > 9))
			break;
		code = code * (is_hex ? 16 : 10) + (uint32_t)digit;
	}
	if (n == from || n == s.size || s.data[n] != ';')
		return;
	u->taken = n + 1;
	put_code(u, code);
}

/* "&lt;", also escaped more than once: "&amp;amp;lt;". */
static void entity(struct bytes s, struct undone *u)
{
	static const struct {
		const char *name, *text;
	} named[] = {
		{ "lt;", "<" },    { "gt;", ">" },       { "quot;", "\"" },  { "apos;", "'" },
		{ "nbsp;", " " },  { "hellip;", "..." }, { "ldquo;", "\"" }, { "rdquo;", "\"" },
		{ "lsquo;", "'" }, { "rsquo;", "'" },    { "lsqb;", "[" },   { "rsqb;", "]" },
	};
	size_t at = 1;

	while (s.size - at >= 4 && memcmp(s.data + at, "amp;", 4) == 0)
		at += 4;
	if (at > 1)
		stand_for(u, "&", at);
	if (at < s.size && s.data[at] == '#') {
		numbered_entity(s, at + 1, u);
		return;
	}
	for (size_t i = 0; i < COUNT_OF(named); i++) {
		size_t n = strlen(named[i].name);
		if (s.size - at >= n && memcmp(s.data + at, named[i].name, n) == 0) {
			stand_for(u, named[i].text, at + n);
			return;
		}
	}
}

static bool is_word(struct bytes s, const char *lower_case)
{
	size_t i = 0;
	while (i < s.size && lower_case[i] && (s.data[i] | 0x20) == (lower_case[i] | 0x20))
		i++;
	return i == s.size && !lower_case[i];
}

/* Only tags that HTML has: a log's "<unknown>" is text. */
static void tag(struct bytes s, struct undone *u)
{
	static const char *const known[] = {
		"br",  "p",    "div",    "li",    "td",    "th",         "tr",  "pre", "a",
		"b",   "code", "em",     "font",  "h1",    "h2",         "h3",  "hr",  "i",
		"kbd", "mark", "ol",     "samp",  "span",  "sub",        "sup", "tt",  "u",
		"ul",  "var",  "strong", "table", "tbody", "blockquote",
	};
	enum { BLOCKS = 8 }; /* the first of these are drawn apart from what is around them */
	size_t from = 1 + (s.size > 1 && s.data[1] == '/'), n = from;

	while (n < s.size && n - from < TAG_NAME_MAX &&
	       (is_letter(s.data[n]) || (n > from && is_digit(s.data[n]))))
		n++;
	if (n == s.size || (s.data[n] != ' ' && s.data[n] != '/' && s.data[n] != '>'))
		return;
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (!is_word((struct bytes){ s.data + from, n - from }, known[i]))
			continue;
		size_t max = s.size - n < TAG_MAX ? s.size - n : TAG_MAX;
		const char *end = memchr(s.data + n, '>', max);
		if (end)
			stand_for(u, i < BLOCKS ? " " : "", (size_t)(end - s.data) + 1);
		return;
	}
}

/* rsyslog's octal; in front of a digit it is a number. That of ESC counts with what follows it. */
static void octal(struct bytes s, struct undone *u)
{
	if ((bytes_start(s, "#011") || bytes_start(s, "#012") || bytes_start(s, "#015")) &&
	    (s.size == 4 || !is_digit(s.data[4])))
		stand_for(u, " ", 4);
}

static void control(char c, struct undone *u)
{
	stand_for(u, c == '\n' || c == '\r' || c == '\v' || c == '\f' ? " " : "", 1);
}

static void find(struct bytes before, struct bytes s, struct undone *u)
{
	u->before = u->taken = u->size = 0;
	switch ((uint8_t)*s.data) {
	case ESC:
		u->taken = sequence(s);
		break;
	case '[':
		bracket(before, s, u);
		break;
	case '&':
		entity(s, u);
		break;
	case '<':
		tag(s, u);
		break;
	case '#':
		octal(s, u);
		break;
	case 0xc2:
	case 0xe2:
	case 0xef:
		wide(s, u);
		break;
	default:
		if (((uint8_t)*s.data < 0x20 && *s.data != '\t') || *s.data == 0x7f)
			control(*s.data, u);
	}
}

/* UTF-16, of which nothing but ASCII matters: every second byte is a NUL. */
static size_t without_nuls(char *text, size_t size)
{
	size_t in =
	    size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0) ? 2
												: 0;
	size_t out = 0;

	for (; in < size; in++)
		if (text[in])
			text[out++] = text[in];
	return out;
}

size_t plain_characters(char *text, size_t size)
{
	size_t out = 0;

	if (memchr(text, '\0', size))
		size = without_nuls(text, size);
	for (size_t in = 0; in < size;) {
		struct undone u;
		find((struct bytes){ text, out }, (struct bytes){ text + in, size - in }, &u);
		if (u.taken == 0) {
			text[out++] = text[in++];
			continue;
		}
		out -= u.before;
		memcpy(text + out, u.text, u.size);
		out += u.size;
		in += u.taken;
	}
	return out;
}

/* "003c" behind "\u", "0a" behind "\x": ASCII, or -1. */
static int ascii_code(struct bytes s, size_t digits)
{
	int code = 0;
	if (s.size < digits)
		return -1;
	for (size_t i = 0; i < digits; i++) {
		int digit = hex_digit(s.data[i]);
		if (digit < 0 || code > 0x7f)
			return -1;
		code = code * 16 + digit;
	}
	return code > 0x7f ? -1 : code < 0x20 || code == 0x7f ? ' ' : code;
}

/* A run of backslashes and what it escapes: its size and *ret, or 0. */
static size_t backslashes(struct bytes s, size_t run, bool quoted, char *ret)
{
	int code = -1;
	size_t digits = 0;

	if (run == s.size)
		return 0;
	char c = s.data[run];
	if (c == '"')
		code = c;
	else if (quoted && (c == 'n' || c == 'r' || c == 't'))
		code = ' ';
	else if (c == 'u' || c == 'x') {
		digits = c == 'u' ? 4 : 2;
		code = ascii_code((struct bytes){ s.data + run + 1, s.size - run - 1 }, digits);
	}
	if (code < 0)
		return 0;
	*ret = (char)code;
	return run + 1 + digits;
}

static size_t run_of_backslashes(struct bytes s)
{
	size_t n = 0;
	while (n < s.size && n < BACKSLASHES_MAX && s.data[n] == '\\')
		n++;
	return n;
}

size_t plain_backslashes(char *text, size_t size, bool quoted)
{
	size_t out = 0;

	for (size_t in = 0; in < size;) {
		struct bytes rest = { text + in, size - in };
		size_t run = run_of_backslashes(rest);
		size_t taken = run ? backslashes(rest, run, quoted, &text[out]) : 0;
		if (taken) {
			out++;
			in += taken;
			continue;
		}
		size_t n = run ? run : 1;
		quoted ^= !run && text[in] == '"';
		memmove(text + out, text + in, n);
		out += n;
		in += n;
	}
	return out;
}

bool plain_would(struct bytes text, size_t at)
{
	struct bytes before = { text.data, at }, s = { text.data + at, text.size - at };
	struct undone u;
	char c;

	if (*s.data == '\\')
		return backslashes(s, run_of_backslashes(s), true, &c) > 0;
	find(before, s, &u);
	return u.taken > 0;
}

/* SPDX-License-Identifier: MIT */
#include "base/json-pick.h"

#include <string.h>

/* What is left to read, and what is written so far: never more than was read. */
struct picker {
	const char *at, *end;
	char *out;
};

static void skip_blanks(struct picker *p)
{
	while (p->at < p->end &&
	       (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r'))
		p->at++;
}

/* Takes that character, and blanks before it. */
static bool take(struct picker *p, char c)
{
	skip_blanks(p);
	if (p->at == p->end || *p->at != c)
		return false;
	p->at++;
	return true;
}

/* From behind the opening quote to behind the closing one. */
static bool skip_string(struct picker *p)
{
	for (; p->at < p->end; p->at++) {
		if (*p->at == '"') {
			p->at++;
			return true;
		}
		if (*p->at == '\\' && p->at + 1 < p->end)
			p->at++;
	}
	return false;
}

/* One value of any kind, up to what cannot belong to it any more. */
static bool skip_value(struct picker *p)
{
	size_t depth = 0;

	skip_blanks(p);
	for (const char *start = p->at; p->at < p->end;) {
		char c = *p->at;
		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			return p->at > start;
		p->at++;
		if (c == '"' && !skip_string(p))
			return false;
		if (c == '{' || c == '[')
			depth++;
		if ((c == '}' || c == ']') && --depth == 0)
			return true;
	}
	return depth == 0;
}

static void put_char(struct picker *p, char c)
{
	*p->out++ = c;
}

static void put(struct picker *p, const char *from, const char *to)
{
	memcpy(p->out, from, (size_t)(to - from));
	p->out += to - from;
}

static const struct json_pick *find(const struct json_pick *wanted, struct bytes key)
{
	for (; wanted->key; wanted++)
		if ((strlen(wanted->key) == key.size &&
		     memcmp(wanted->key, key.data, key.size) == 0) ||
		    str_eq(wanted->key, "*"))
			return wanted;
	return NULL;
}

/* What is looked for has no other spelling; a key with escapes is left for the parser to read. */
static bool is_plain(struct bytes key)
{
	return !memchr(key.data, '\\', key.size);
}

static bool copy_value(struct picker *p)
{
	skip_blanks(p);
	const char *start = p->at;
	if (!skip_value(p))
		return false;
	put(p, start, p->at);
	return true;
}

/* How deep this goes the list says, not the text. */
static bool pick_object(struct picker *p, const struct json_pick *wanted);

static bool pick_value(struct picker *p, const struct json_pick *below)
{
	skip_blanks(p);
	return below && p->at < p->end && *p->at == '{' ? pick_object(p, below) : copy_value(p);
}

static bool pick_member(struct picker *p, const struct json_pick *wanted, bool *first)
{
	skip_blanks(p);
	const char *start = p->at;
	if (!take(p, '"') || !skip_string(p))
		return false;
	const char *end = p->at;
	struct bytes key = { start + 1, (size_t)(end - start) - 2 };
	const struct json_pick *w = find(wanted, key);
	if (!take(p, ':'))
		return false;
	if (!w && is_plain(key))
		return skip_value(p);
	if (!*first)
		put_char(p, ',');
	*first = false;
	put(p, start, end);
	put_char(p, ':');
	return pick_value(p, w ? w->below : NULL);
}

static bool pick_object(struct picker *p, const struct json_pick *wanted)
{
	bool first = true;

	if (!take(p, '{'))
		return false;
	put_char(p, '{');
	if (!take(p, '}')) {
		do {
			if (!pick_member(p, wanted, &first))
				return false;
		} while (take(p, ','));
		if (!take(p, '}'))
			return false;
	}
	put_char(p, '}');
	return true;
}

static bool pick_array(struct picker *p, const struct json_pick *wanted)
{
	bool first = true;

	if (!take(p, '['))
		return false;
	put_char(p, '[');
	if (!take(p, ']')) {
		do {
			if (!first)
				put_char(p, ',');
			first = false;
			if (!pick_value(p, wanted))
				return false;
		} while (take(p, ','));
		if (!take(p, ']'))
			return false;
	}
	put_char(p, ']');
	return true;
}

struct bytes json_pick(struct arena *a, struct bytes text, const struct json_pick *wanted)
{
	char *out = arena_room(a, text.size + 1);
	struct picker p = { text.data, text.data + text.size, out };

	skip_blanks(&p);
	bool is_array = p.at < p.end && *p.at == '[';
	if (!(is_array ? pick_array(&p, wanted) : pick_value(&p, wanted)))
		return text;
	skip_blanks(&p);
	*p.out = '\0';
	return p.at == p.end ? (struct bytes){ out, (size_t)(p.out - out) } : text;
}

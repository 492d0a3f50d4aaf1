/* SPDX-License-Identifier: MIT */
#include "format/json-place.h"

#include <string.h>

#include "base/json.h"

size_t json_skip_blanks(struct bytes text, size_t at)
{
	while (at < text.size && memchr(" \t\r\n", text.data[at], 4))
		at++;
	return at;
}

/* Past the quote that ends it. */
static size_t skip_string(struct bytes text, size_t at)
{
	for (at++; at < text.size && text.data[at] != '"'; at++)
		at += text.data[at] == '\\';
	return at + 1;
}

static size_t skip_word(struct bytes text, size_t at)
{
	while (at < text.size && !memchr(" \t\r\n,:[]{}\"", text.data[at], 11))
		at++;
	return at;
}

/* Past the value that begins here; 0: it does not end. */
static size_t skip_value(struct bytes text, size_t at)
{
	size_t depth = 0;

	do {
		at = json_skip_blanks(text, at);
		if (at >= text.size)
			return 0;
		char c = text.data[at];
		if (c == '"') {
			at = skip_string(text, at);
		} else if (memchr("{}[],:", c, 6)) {
			depth += c == '{' || c == '[';
			if ((c == '}' || c == ']') && depth-- == 0)
				return 0;
			at++;
		} else {
			at = skip_word(text, at);
		}
	} while (depth);
	return at <= text.size ? at : 0;
}

struct json_walk json_walk(struct bytes text, size_t open)
{
	return (struct json_walk){ .text = text, .open = open, .at = open + 1 };
}

static bool give_up(struct json_walk *w)
{
	w->is_bad = true;
	return false;
}

static bool take_key(struct json_walk *w, struct json_place *ret)
{
	if (w->text.data[w->at] != '"')
		return give_up(w);
	ret->key_end = skip_string(w->text, w->at);
	w->at = json_skip_blanks(w->text, ret->key_end);
	if (w->at >= w->text.size || w->text.data[w->at] != ':')
		return give_up(w);
	w->at = json_skip_blanks(w->text, w->at + 1);
	return true;
}

bool json_walk_next(struct json_walk *w, struct json_place *ret)
{
	w->at = json_skip_blanks(w->text, w->at);
	if (w->at < w->text.size && w->text.data[w->at] == ',')
		w->at = json_skip_blanks(w->text, w->at + 1);
	if (w->at >= w->text.size)
		return give_up(w);
	if (memchr("}]", w->text.data[w->at], 2))
		return false;

	*ret = (struct json_place){ .key = w->at, .key_end = w->at };
	if (w->text.data[w->open] == '{' && !take_key(w, ret))
		return false;
	ret->value = w->at;
	ret->value_end = w->at = skip_value(w->text, w->at);
	return ret->value_end > ret->value || give_up(w);
}

bool json_is_key(struct bytes text, const struct json_place *p, const char *key)
{
	size_t size = p->key_end - p->key;

	if (size < 2)
		return false;
	if (!memchr(text.data + p->key, '\\', size))
		return size - 2 == strlen(key) &&
		       memcmp(text.data + p->key + 1, key, size - 2) == 0;
	json_auto_t *read = json_loadb(text.data + p->key, size, JSON_DECODE_ANY, NULL);
	return str_eq(json_string_value(read), key);
}

struct json_found json_find(struct bytes text, size_t open, const char *key)
{
	struct json_found f = { .open = open };
	struct json_walk w = json_walk(text, open);
	bool was_it = false;

	for (struct json_place p; json_walk_next(&w, &p); f.count++) {
		if (was_it)
			f.next = p.key;
		was_it = key && json_is_key(text, &p, key);
		if (was_it) {
			f.times++;
			f.place = p;
			f.before = f.last;
			f.next = 0;
		}
		f.before_last = f.last;
		f.last = p;
	}
	f.close = w.at;
	f.is_bad = w.is_bad;
	return f;
}

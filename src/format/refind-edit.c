/* SPDX-License-Identifier: MIT */
/*
 * rEFInd, "Methods of Booting Linux": a line is two texts in quotes, a title and options; a quote
 * inside of one is written twice.
 */
#include <string.h>

#include "format/cmdline-place.h"

/* A text in quotes, and where each of its bytes stands in the file. */
struct quoted {
	char *text;
	size_t *at; /* one more: where it ends */
	size_t size;
};

static size_t skip_blanks(struct bytes text, size_t at, size_t end)
{
	while (at < end && (text.data[at] == ' ' || text.data[at] == '\t'))
		at++;
	return at;
}

/* *at: before the text, then past it; false: there is none, or it does not end. */
static bool take_quoted(const struct edit *t, size_t *at, size_t end, struct quoted *ret)
{
	const char *text = t->text.data;
	size_t i = skip_blanks(t->text, *at, end);

	if (i == end || text[i++] != '"')
		return false;
	*ret = (struct quoted){ arena_alloc(t->arena, end - i + 1),
				arena_alloc(t->arena, (end - i + 1) * sizeof(size_t)), 0 };
	for (; i < end; i++) {
		bool is_twice = text[i] == '"' && i + 1 < end && text[i + 1] == '"';
		if (text[i] == '"' && !is_twice)
			break;
		ret->at[ret->size] = i;
		ret->text[ret->size++] = text[i];
		i += is_twice;
	}
	ret->at[ret->size] = i;
	*at = i + 1;
	return i < end;
}

static const char *twice_quoted(struct arena *a, const char *s)
{
	char *out = arena_alloc(a, 2 * strlen(s) + 1), *end = out;

	for (; *s; s++) {
		*end++ = *s;
		if (*s == '"')
			*end++ = '"';
	}
	return out;
}

static int line_edit(const struct edit *t, struct text_line line, const struct cmdline_change *c,
		     struct cmdline_gathered *g, struct err *e)
{
	struct quoted title, options;
	size_t at = line.at;

	if (!take_quoted(t, &at, line.end, &title) || !take_quoted(t, &at, line.end, &options))
		return edit_refuse(t, line.at, e, "not two texts in quotes, a title and options");
	at = skip_blanks(t->text, at, line.end);
	if (at < line.end && t->text.data[at] != '#')
		return edit_refuse(t, at, e, "more than two texts in the line");

	struct bytes value = { options.text, options.size };
	struct edit as_read = { t->arena, t->file, value };
	struct cmdline_places place = { 0 };
	cmdline_place_add(t->arena, &place, (struct text_line){ 0, value.size, value.size }, 0);
	if (cmdline_places_check(&as_read, &place, NULL) < 0)
		return edit_refuse(t, line.at, e,
				   "a quote in the options is not closed, or they are a template");

	struct cmdline_splices s = cmdline_splices(t->arena, value, c, " ");
	for (size_t i = 0; i < s.count; i++) {
		size_t from = options.at[s.splice[i].at];
		size_t end = options.at[s.splice[i].at + s.splice[i].gone];
		cmdline_gather(t->arena, g,
			       (struct cmdline_splice){ from, end - from,
							twice_quoted(t->arena, s.splice[i].put) });
	}
	return 1;
}

int refind_edit(struct edit *t, const struct cmdline_change *c, struct err *e)
{
	struct cmdline_gathered changes = { 0 };
	bool has_lines = false;
	int r = cmdline_text_check(t, e);

	for (struct text_line line = { 0 }; r >= 0 && text_line(t->text, &line);) {
		size_t at = skip_blanks(t->text, line.at, line.end);
		if (at == line.end || t->text.data[at] == '#')
			continue;
		has_lines = true;
		r = line_edit(t, line, c, &changes, e);
	}
	if (r < 0)
		return r;
	if (!has_lines)
		return edit_refuse(t, 0, e, "no line with a title and options");
	return cmdline_apply(t, &changes, e);
}

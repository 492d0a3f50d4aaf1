/* SPDX-License-Identifier: MIT */
#include "format/json-style.h"

#include <stdlib.h>
#include <string.h>

enum { GAP_MAX = 16 }; /* bytes between two values that are taken for a style */

const char *json_indent(struct arena *a, struct bytes text, size_t at)
{
	size_t from = at;

	while (from && (text.data[from - 1] == ' ' || text.data[from - 1] == '\t'))
		from--;
	if (from && text.data[from - 1] != '\n')
		return NULL;
	return str_ndup(a, text.data + from, at - from);
}

/* What stands between two places of one line, or what usually does. */
static const char *gap(struct arena *a, struct bytes text, size_t from, size_t to,
		       const char *usual)
{
	if (to <= from || to - from > GAP_MAX)
		return usual;
	const char *found = str_ndup(a, text.data + from, to - from);
	return strpbrk(found, "\r\n") ? usual : found;
}

static const char *unit(struct arena *a, struct bytes text, size_t top)
{
	struct json_walk w = json_walk(text, top);
	const char *outer = json_indent(a, text, top);

	for (struct json_place p; outer && json_walk_next(&w, &p);) {
		const char *indent = json_indent(a, text, p.key);
		if (indent && str_starts(indent, outer) && indent[strlen(outer)])
			return indent + strlen(outer);
	}
	return "    ";
}

struct json_style json_style(struct arena *a, struct bytes text, size_t top,
			     const struct json_found *in, const char *line_end)
{
	struct json_style s = { .unit = unit(a, text, top), .line_end = line_end };
	struct json_place shown = in->last;

	if (shown.key_end == shown.key)
		shown = json_find(text, top, NULL).last;
	s.colon = gap(a, text, shown.key_end, shown.value, ": ");
	s.comma = str_ends(s.colon, ":") ? "," : ", ";
	if (in->count > 1)
		s.comma = gap(a, text, in->before_last.value_end, in->last.key, s.comma);
	return s;
}

static const char *scalar(struct arena *a, const json_t *j)
{
	char *text = json_dumps(j, JSON_ENCODE_ANY | JSON_COMPACT);
	const char *out = str_dup(a, text ? text : "null");

	free(text);
	return out;
}

static bool is_flat(const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *element = json_array_get(array, i);
		if (json_is_object(element) || json_is_array(element))
			return false;
	}
	return true;
}

/* One more text in a bracket, on its own line if they are. */
static const char *joined(struct arena *a, const char *so_far, const char *next,
			  const struct json_style *s, const char *inner)
{
	if (!inner)
		return arena_printf(a, "%s%s%s", so_far, *so_far ? s->comma : "", next);
	return arena_printf(a, "%s%s%s%s%s", so_far, *so_far ? "," : "", s->line_end, inner, next);
}

const char *json_member(struct arena *a, const char *key, const json_t *j,
			const struct json_style *s, const char *indent)
{
	json_auto_t *name = json_string(key);

	return arena_printf(a, "%s%s%s", scalar(a, name), s->colon, json_written(a, j, s, indent));
}

const char *json_written(struct arena *a, const json_t *j, const struct json_style *s,
			 const char *indent)
{
	bool is_object = json_is_object(j), is_lines = indent && (is_object || !is_flat(j));
	const char *inner = is_lines ? arena_printf(a, "%s%s", indent, s->unit) : NULL;
	const char *all = "", *key;
	json_t *value;

	if (!is_object && !json_is_array(j))
		return scalar(a, j);
	json_object_foreach((json_t *)j, key, value) all =
	    joined(a, all, json_member(a, key, value, s, inner), s, inner);
	for (size_t i = 0; i < json_array_size(j); i++)
		all = joined(a, all, json_written(a, json_array_get(j, i), s, inner), s, inner);
	if (is_lines && *all)
		all = arena_printf(a, "%s%s%s", all, s->line_end, indent);
	return arena_printf(a, is_object ? "{%s}" : "[%s]", all);
}

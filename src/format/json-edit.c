/* SPDX-License-Identifier: MIT */
#include "format/json-edit.h"

#include <errno.h>
#include <string.h>

#include "format/json-style.h"

/* An edit under way: the text that stands, and what it means. */
struct job {
	struct edit *t;
	struct bytes before;
	json_t *tree; /* owned by the caller of begin() */
	const char *const *path;
	size_t top; /* offset of the outermost bracket */
};

/* The innermost object on the way that is there, searched for the next key. */
struct way {
	struct json_found in;
	const char *const *rest; /* the path from that key on */
	const char *indent; /* of the line that the object's own key begins; NULL: it begins none */
};

static PRINTF(4, 5) int refuse(const struct edit *t, size_t at, struct err *e, const char *fmt, ...)
{
	size_t column = 1;
	char what[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	for (size_t i = at; i > 0 && t->text.data[i - 1] != '\n'; i--)
		column += ((unsigned char)t->text.data[i - 1] & 0xc0) != 0x80;
	return err_set(e, -EINVAL, "%s:%zu:%zu: %s", t->file, edit_line_of(t, at), column, what);
}

/* Reads the text; one without anything in it is taken for an object without members. */
static int begin(struct job *j, struct err *e)
{
	struct edit *t = j->t;
	int r = edit_check(t, e);

	if (r < 0)
		return r;
	if (bytes_start(t->text, "\xef\xbb\xbf"))
		return refuse(t, 0, e, "begins with a byte order mark: save it without");
	if (json_skip_blanks(t->text, 0) == t->text.size)
		t->text = bytes_of("{}\n");
	j->tree = json_parse(t->text, t->file, e);
	if (!j->tree)
		return -EINVAL;
	j->top = json_skip_blanks(t->text, 0);
	return json_is_object(j->tree) ? 0 : refuse(t, j->top, e, "not an object");
}

static int find_way(const struct job *j, struct way *w, struct err *e)
{
	struct bytes text = j->t->text;
	struct arena *a = j->t->arena;

	*w = (struct way){ json_find(text, j->top, j->path[0]), j->path,
			   json_indent(a, text, j->top) };
	for (;; w->rest++) {
		const struct json_place place = w->in.place;
		if (w->in.is_bad)
			return refuse(j->t, w->in.open, e, "not understood");
		if (w->in.times > 1)
			return refuse(j->t, place.key, e,
				      "'%s' stands here a second time: take one out", w->rest[0]);
		if (!w->in.times || !w->rest[1])
			return 0;
		if (text.data[place.value] != '{')
			return refuse(j->t, place.value, e, "the value of '%s' is not an object",
				      w->rest[0]);
		w->indent = json_indent(a, text, place.key);
		w->in = json_find(text, place.value, w->rest[1]);
	}
}

/* The wanted tree, made by jansson alone, must be what the new text says. */
static int prove(struct job *j, json_t *wanted, struct err *e)
{
	json_auto_t *got = json_parse(j->t->text, j->t->file, NULL);
	bool is_it = got && json_equal(got, wanted);
	int r = edit_check(j->t, e);

	if (!is_it || r < 0)
		j->t->text = j->before;
	if (r < 0)
		return r;
	return is_it
		   ? 1
		   : refuse(j->t, 0, e, "laid out in a way that is not edited: change it by hand");
}

/* The value below what is left of a path: {"b": {"c": value}} for b, c. A new reference. */
static json_t *below(const char *const *rest, json_t *value)
{
	if (!*rest)
		return json_incref(value);
	json_t *outer = json_object();
	json_object_set_new(outer, *rest, below(rest + 1, value));
	return outer;
}

/* As the text is changed, in jansson's tree. */
static json_t *with_member(const json_t *tree, const char *const *path, json_t *value)
{
	json_t *out = json_deep_copy(tree), *here = out;

	for (; path[1] && json_object_get(here, path[0]); path++)
		here = json_object_get(here, path[0]);
	json_object_set_new(here, path[0], below(path + 1, value));
	return out;
}

/* Behind the last one of the bracket, as that one is laid out. */
static void put_last(const struct job *j, const struct way *w, json_t *value)
{
	struct arena *a = j->t->arena;
	struct json_style s = json_style(a, j->t->text, j->top, &w->in, edit_line_end(j->t));
	bool is_object = j->t->text.data[w->in.open] == '{';
	const char *own = w->in.count ? json_indent(a, j->t->text, w->in.last.key) : NULL;
	const char *indent = w->in.count              ? own
			     : w->indent && is_object ? arena_printf(a, "%s%s", w->indent, s.unit)
						      : NULL;
	const char *text = is_object ? json_member(a, w->rest[0], value, &s, indent)
				     : json_written(a, value, &s, indent);

	if (w->in.count)
		text = own ? arena_printf(a, ",%s%s%s", s.line_end, own, text)
			   : arena_printf(a, "%s%s", s.comma, text);
	else if (indent)
		text =
		    arena_printf(a, "%s%s%s%s%s", s.line_end, indent, text, s.line_end, w->indent);
	size_t at = w->in.count ? w->in.last.value_end : w->in.open + 1;
	edit_splice(j->t, at, w->in.count ? 0 : w->in.close - at, text);
}

static void replace(const struct job *j, const struct way *w, const json_t *value)
{
	struct arena *a = j->t->arena;
	const struct json_place *p = &w->in.place;
	struct json_style s = json_style(a, j->t->text, j->top, &w->in, edit_line_end(j->t));
	const char *text = json_written(a, value, &s, json_indent(a, j->t->text, p->key));

	edit_splice(j->t, p->value, p->value_end - p->value, text);
}

static int set(struct job *j, json_t *value, struct err *e)
{
	struct way w;
	int r = find_way(j, &w, e);

	if (r < 0)
		return r;
	if (json_equal(json_at_path(j->tree, j->path), value))
		return 0;
	json_auto_t *wanted = with_member(j->tree, j->path, value);
	json_auto_t *missing = below(w.rest + 1, value);
	if (w.in.times)
		replace(j, &w, value);
	else
		put_last(j, &w, missing);
	return prove(j, wanted, e);
}

static int remove_member(struct job *j, struct err *e)
{
	struct way w;
	int r = find_way(j, &w, e);

	if (r < 0 || !w.in.times || w.rest[1])
		return r < 0 ? r : 0;
	json_auto_t *wanted = json_deep_copy(j->tree);
	json_t *outer = wanted;
	for (const char *const *key = j->path; key < w.rest; key++)
		outer = json_object_get(outer, *key);
	json_object_del(outer, w.rest[0]);

	bool is_only = w.in.count == 1;
	size_t from = is_only ? w.in.open + 1 : w.in.next ? w.in.place.key : w.in.before.value_end;
	size_t end = is_only ? w.in.close : w.in.next ? w.in.next : w.in.place.value_end;
	edit_splice(j->t, from, end - from, "");
	return prove(j, wanted, e);
}

static bool array_has(const json_t *array, const char *string)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (str_eq(json_string_value(json_array_get(array, i)), string))
			return true;
	return false;
}

static int append(struct job *j, const char *string, struct err *e)
{
	json_auto_t *wanted = json_deep_copy(j->tree), *last = json_string(string);
	struct way w;
	int r = find_way(j, &w, e);

	if (r < 0)
		return r;
	if (!w.in.times) {
		json_auto_t *array = json_array();
		json_array_append(array, last);
		return set(j, array, e);
	}
	json_t *array = json_at_path(wanted, j->path);
	if (!json_is_array(array))
		return refuse(j->t, w.in.place.value, e, "the value of '%s' is not an array",
			      w.rest[0]);
	if (array_has(array, string))
		return 0;
	json_array_append(array, last);
	w.in = json_find(j->t->text, w.in.place.value, NULL);
	put_last(j, &w, last);
	return prove(j, wanted, e);
}

/* An edit that did nothing leaves an empty text empty. */
static int finish(struct job *j, int r)
{
	if (r != 1)
		j->t->text = j->before;
	json_decref(j->tree);
	return r;
}

int json_edit_set(struct edit *t, const char *const *path, const char *value, struct err *e)
{
	struct job j = { .t = t, .before = t->text, .path = path };
	json_auto_t *parsed = json_parse(bytes_of(value), "value", NULL);
	int r = begin(&j, e);

	if (r == 0)
		r = parsed ? set(&j, parsed, e)
			   : refuse(t, 0, e, "cannot be set to what is not JSON");
	return finish(&j, r);
}

int json_edit_remove(struct edit *t, const char *const *path, struct err *e)
{
	struct job j = { .t = t, .before = t->text, .path = path };
	int r = begin(&j, e);

	return finish(&j, r < 0 ? r : remove_member(&j, e));
}

int json_edit_append(struct edit *t, const char *const *path, const char *string, struct err *e)
{
	struct job j = { .t = t, .before = t->text, .path = path };
	int r = begin(&j, e);

	return finish(&j, r < 0 ? r : append(&j, string, e));
}

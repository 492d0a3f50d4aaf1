/* SPDX-License-Identifier: MIT */
/* Facts by their shapes: as JSON, and as lines. One walk each over the same tables. */
#include "view/view.h"

#include <inttypes.h>
#include <string.h>

#include "base/term.h"

static size_t count_at(const char *base, const struct field *m)
{
	size_t n;
	memcpy(&n, base + m->count_offset, sizeof(n));
	return n;
}

static const char *item_at(const char *base, const struct field *m, size_t i)
{
	const char *first;
	memcpy(&first, base + m->offset, sizeof(first));
	return first + i * m->shape->size_bytes;
}

static const char *text_at(const char *base, const struct field *m)
{
	const char *s;
	memcpy(&s, base + m->offset, sizeof(s));
	return s ? s : "";
}

/* jansson refuses what is no UTF-8; facts may hold any bytes. */
static json_t *json_of_text(const char *s)
{
	json_t *j = json_string(s);
	if (j)
		return j;
	ARENA a = { 0 };
	return json_string(str_clean(&a, s, strlen(s), SIZE_MAX));
}

static json_t *with_origin(json_t *value, enum know know, const char *from)
{
	json_t *j = json_object();
	if (know == KNOWN)
		json_object_set_new(j, "value", value);
	else
		json_object_set_new(j, "unknown", json_string(know_why(know)));
	if (know != KNOWN)
		json_decref(value);
	if (from)
		json_object_set_new(j, "from", json_of_text(from));
	return j;
}

static json_t *json_of_shape(const char *base, const struct shape *shape);

static json_t *json_of_list(const char *base, const struct field *m)
{
	json_t *j = json_array();
	for (size_t i = 0; i < count_at(base, m); i++)
		json_array_append_new(j, json_of_shape(item_at(base, m, i), m->shape));
	return j;
}

static json_t *json_of_names(const struct names *n)
{
	json_t *j = json_array();
	for (size_t i = 0; i < n->count; i++)
		json_array_append_new(j, json_of_text(n->name[i]));
	return j;
}

static json_t *json_of_field(const char *base, const struct field *m)
{
	const char *at = base + m->offset;
	const struct maybe_u64 *u = (const void *)at;
	const struct maybe_text *t = (const void *)at;

	switch (m->kind) {
	case FIELD_U64:
	case FIELD_HEX:
		return with_origin(json_integer((json_int_t)u->v), u->know, u->from);
	case FIELD_FLAG:
		return with_origin(json_boolean(u->v), u->know, u->from);
	case FIELD_TEXT:
		return with_origin(json_of_text(t->v ? t->v : ""), t->know, t->from);
	case FIELD_NAME:
		return json_of_text(text_at(base, m));
	case FIELD_COUNT:
		return json_integer((json_int_t) * (const uint64_t *)(const void *)at);
	case FIELD_BOOL:
		return json_boolean(*(const bool *)(const void *)at);
	case FIELD_WORD:
		return json_string(m->word(*(const unsigned *)(const void *)at));
	case FIELD_NAMES:
		return json_of_names((const void *)at);
	case FIELD_KNOW:
		return json_string(know_why(*(const enum know *)(const void *)at));
	case FIELD_PART:
		return json_of_shape(at, m->shape);
	case FIELD_LIST:
		return json_of_list(base, m);
	}
	return json_null();
}

static json_t *json_of_shape(const char *base, const struct shape *shape)
{
	json_t *j = json_object();
	for (const struct field *m = shape->fields; m && m->name; m++)
		json_object_set_new(j, m->name, json_of_field(base, m));
	return j;
}

json_t *view_facts_json(const struct facts *f)
{
	return json_of_shape((const char *)f, &shape_facts);
}

struct lines {
	FILE *to;
	struct arena *arena;
};

static void line(const struct lines *l, const char *path, const char *value, const char *from)
{
	struct arena *a = l->arena;
	const char *clean = str_clean(a, value, strlen(value), 200);
	fprintf(l->to, "  %s = %s", path, clean);
	if (from)
		fprintf(l->to, "  (%s)", str_clean(a, from, strlen(from), 200));
	fputc('\n', l->to);
}

static void lines_of_shape(const struct lines *l, const char *path, const char *base,
			   const struct shape *shape);

static void lines_of_list(const struct lines *l, const char *path, const char *base,
			  const struct field *m)
{
	for (size_t i = 0; i < count_at(base, m); i++)
		lines_of_shape(l, arena_printf(l->arena, "%s[%zu]", path, i), item_at(base, m, i),
			       m->shape);
}

static void line_of_names(const struct lines *l, const char *path, const struct names *n)
{
	const char *all = "";
	for (size_t i = 0; i < n->count; i++)
		all = arena_printf(l->arena, "%s%s%s", all, i ? " " : "", n->name[i]);
	if (n->count)
		line(l, path, all, NULL);
}

static const char *number(struct arena *a, enum field_kind kind, uint64_t v)
{
	if (kind == FIELD_FLAG)
		return v ? "yes" : "no";
	return arena_printf(a, kind == FIELD_HEX ? "0x%" PRIx64 : "%" PRIu64, v);
}

/* What nobody looked at is left out; what could not be read is shown as such. */
static void lines_of_field(const struct lines *l, const char *path, const char *base,
			   const struct field *m)
{
	const char *at = base + m->offset;
	const struct maybe_u64 *u = (const void *)at;
	const struct maybe_text *t = (const void *)at;

	switch (m->kind) {
	case FIELD_U64:
	case FIELD_HEX:
	case FIELD_FLAG:
		if (u->know != NOT_LOOKED)
			line(l, path,
			     u->know == KNOWN ? number(l->arena, m->kind, u->v) : know_why(u->know),
			     u->from);
		return;
	case FIELD_TEXT:
		if (t->know != NOT_LOOKED)
			line(l, path, t->know == KNOWN ? t->v : know_why(t->know), t->from);
		return;
	case FIELD_NAME:
		if (*text_at(base, m))
			line(l, path, text_at(base, m), NULL);
		return;
	case FIELD_COUNT:
		line(l, path, number(l->arena, m->kind, *(const uint64_t *)(const void *)at), NULL);
		return;
	case FIELD_BOOL:
		line(l, path, *(const bool *)(const void *)at ? "yes" : "no", NULL);
		return;
	case FIELD_WORD:
		line(l, path, m->word(*(const unsigned *)(const void *)at), NULL);
		return;
	case FIELD_NAMES:
		line_of_names(l, path, (const void *)at);
		return;
	case FIELD_KNOW:
		if (*(const enum know *)(const void *)at != NOT_LOOKED)
			line(l, path, know_why(*(const enum know *)(const void *)at), NULL);
		return;
	case FIELD_PART:
		lines_of_shape(l, path, at, m->shape);
		return;
	case FIELD_LIST:
		lines_of_list(l, path, base, m);
		return;
	}
}

static void lines_of_shape(const struct lines *l, const char *path, const char *base,
			   const struct shape *shape)
{
	for (const struct field *m = shape->fields; m && m->name; m++)
		lines_of_field(l, *path ? arena_printf(l->arena, "%s.%s", path, m->name) : m->name,
			       base, m);
}

void view_facts_text(FILE *to, const struct facts *f)
{
	ARENA arena = { 0 };
	lines_of_shape(&(struct lines){ to, &arena }, "", (const char *)f, &shape_facts);
}

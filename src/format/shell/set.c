/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "format/shell-edit.h"
#include "format/shell/place.h"

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static bool is_value(const struct shell_place *p, const char *value)
{
	const struct shell_variable *v = p->v;
	return v && !v->trouble && !v->is_open && !v->is_list && v->word.count &&
	       str_eq(v->word.name[0], value);
}

/* In the quotes that are there, or in double ones where it does not fit into them. */
static void put_value(struct edit *t, const struct shell_assignment *a, const char *value)
{
	struct shell_inside in = shell_inside(t, a);
	const char *put = shell_inside_quotes(t->arena, in.quotes, value);

	if (put)
		edit_splice(t, in.at, in.size, put);
	else
		edit_splice(t, a->value, a->value_size,
			    arena_printf(t->arena, "\"%s\"",
					 shell_inside_quotes(t->arena, QUOTES_DOUBLE, value)));
}

int shell_set(struct edit *t, const char *name, const char *value, struct err *e)
{
	struct shell_place p;
	int r = shell_place_find_last(&p, t, name, e);
	if (r < 0)
		return r;
	if (!is_printable(value))
		return shell_place_refuse(&p, e, "a value of more than one line for %s", name);
	if (is_value(&p, value))
		return 0;

	const char *word[] = { value };
	const struct shell_want want = { .word = { word, 1 } };
	if (!p.count)
		return shell_place_add_line(
		    &p,
		    arena_printf(t->arena, "%s=\"%s\"", name,
				 shell_inside_quotes(t->arena, QUOTES_DOUBLE, value)),
		    &want, e);
	const struct shell_assignment *last = &p.set[p.count - 1];
	if (last->is_list || p.v->is_list)
		return shell_place_refuse(&p, e, "%s is a list", name);
	if (last->appends)
		return shell_place_refuse(&p, e, "%s is added to, and set elsewhere", name);
	struct edit after = *t;
	put_value(&after, last, value);
	return shell_place_take(&p, &after, &want, e);
}

/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "gguf/read/read.h"

static int by_name(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static int by_data(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

int place_check_names(const struct cursor *c, struct place *p, size_t count, const char *what,
		      struct err *e)
{
	qsort(p, count, sizeof(*p), by_name);
	for (size_t i = 1; i < count; i++)
		if (str_eq(p[i].name, p[i - 1].name))
			return cursor_refuse(c, p[i].at, e, "%s %s is there twice", what,
					     cursor_word(c, p[i].name));
	return 0;
}

int place_check_data(const struct cursor *c, struct place *p, size_t count, struct err *e)
{
	qsort(p, count, sizeof(*p), by_data);
	for (size_t i = 1; i < count; i++)
		if (p[i].from < p[i - 1].to)
			return cursor_refuse(c, p[i].at, e,
					     "tensor %s: its data overlap those of %s", p[i].name,
					     p[i - 1].name);
	return 0;
}

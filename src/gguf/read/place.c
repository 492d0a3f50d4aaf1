/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "gguf/read/read.h"

/* FNV-1a: numbers are sorted sooner than names that all begin alike. */
static uint64_t hash_of(const char *name)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
	return hash;
}

static int by_name(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = x->hash != y->hash ? (x->hash > y->hash) - (x->hash < y->hash)
				       : strcmp(x->name, y->name);

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
	for (size_t i = 0; i < count; i++)
		p[i].hash = hash_of(p[i].name);
	qsort(p, count, sizeof(*p), by_name);
	for (size_t i = 1; i < count; i++)
		if (str_eq(p[i].name, p[i - 1].name))
			return cursor_refuse(c, p[i].at, e, "%s %s is there twice", what,
					     cursor_word(c, p[i].name));
	return 0;
}

int place_check_data(const struct cursor *c, struct place *p, size_t count, struct err *e)
{
	size_t in_order = 1;

	/* Writers put them down in the order of the table. */
	while (in_order < count && p[in_order].from >= p[in_order - 1].from)
		in_order++;
	if (in_order < count)
		qsort(p, count, sizeof(*p), by_data);
	for (size_t i = 1; i < count; i++)
		if (p[i].from < p[i - 1].to)
			return cursor_refuse(c, p[i].at, e,
					     "tensor %s: its data overlap those of %s", p[i].name,
					     p[i - 1].name);
	return 0;
}

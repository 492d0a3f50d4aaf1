/* SPDX-License-Identifier: MIT */
/* As much of cmdline_changed() as tests of its callers need, until format/cmdline-edit.c is there.
 */
#include <string.h>

#include "format/cmdline-edit.h"

static bool is_named(const char *word, const char *name)
{
	size_t n = strcspn(name, "=");
	for (size_t i = 0; i < n; i++)
		if ((word[i] == '-' ? '_' : word[i]) != (name[i] == '-' ? '_' : name[i]))
			return false;
	return word[n] == '\0' || word[n] == '=';
}

static struct bytes replaced(struct arena *a, struct bytes b, size_t at, size_t gone,
			     const char *put)
{
	const char *out = arena_printf(a, "%.*s%s%.*s", (int)at, b.data, put,
				       (int)(b.size - at - gone), b.data + at + gone);
	return bytes_of(out);
}

/* The last word that is meant; size 0: none. */
static struct bytes find(struct arena *a, struct bytes b, const char *what, bool whole)
{
	struct bytes found = { 0 };
	bool in_quotes = false;

	for (size_t i = 0; i < b.size;) {
		size_t from = i;
		while (i < b.size && (in_quotes || b.data[i] != ' '))
			in_quotes ^= b.data[i++] == '"';
		const char *word = str_ndup(a, b.data + from, i - from);
		if (str_eq(word, "--"))
			break;
		if (*word && (whole ? str_eq(word, what) : is_named(word, what)))
			found = (struct bytes){ b.data + from, i - from };
		i++;
	}
	return found;
}

static struct bytes added(struct arena *a, struct bytes b, const char *word)
{
	struct bytes end = find(a, b, "", true);
	const char *dashes = bytes_find(b, " -- ");

	(void)end;
	if (dashes)
		return replaced(a, b, (size_t)(dashes - b.data), 0, arena_printf(a, " %s", word));
	size_t n = b.size;
	while (n && b.data[n - 1] == ' ')
		n--;
	return replaced(a, b, n, 0, arena_printf(a, "%s%s", n ? " " : "", word));
}

struct bytes cmdline_changed(struct arena *a, struct bytes line, const struct cmdline_change *c)
{
	struct bytes f;

	for (size_t i = 0; i < c->drop.count; i++)
		while ((f = find(a, line, c->drop.name[i], strchr(c->drop.name[i], '='))).size) {
			size_t at = (size_t)(f.data - line.data), end = at + f.size;
			while (at && line.data[at - 1] == ' ')
				at--;
			while (!at && end < line.size && line.data[end] == ' ')
				end++;
			line = replaced(a, line, at, end - at, "");
		}
	for (size_t i = 0; i < c->set.count; i++) {
		f = find(a, line, c->set.name[i], false);
		if (!f.size)
			line = added(a, line, c->set.name[i]);
		else if (f.size != strlen(c->set.name[i]) ||
			 memcmp(f.data, c->set.name[i], f.size) != 0)
			line =
			    replaced(a, line, (size_t)(f.data - line.data), f.size, c->set.name[i]);
	}
	for (size_t i = 0; i < c->add.count; i++)
		if (!find(a, line, c->add.name[i], true).size)
			line = added(a, line, c->add.name[i]);
	return line;
}

/* SPDX-License-Identifier: MIT */
#include "format/edit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void edit_splice(struct edit *t, size_t at, size_t gone, const char *put)
{
	size_t put_size = strlen(put), size = t->text.size - gone + put_size;
	char *text = arena_alloc(t->arena, size + 1);

	memcpy(text, t->text.data, at);
	memcpy(text + at, put, put_size);
	memcpy(text + at + put_size, t->text.data + at + gone, t->text.size - at - gone);
	t->text = (struct bytes){ text, size };
}

const char *edit_line_end(const struct edit *t)
{
	const char *end = memchr(t->text.data, '\n', t->text.size);
	return end && end > t->text.data && end[-1] == '\r' ? "\r\n" : "\n";
}

void edit_append_line(struct edit *t, const char *line)
{
	const char *end = edit_line_end(t);
	bool open = t->text.size && t->text.data[t->text.size - 1] != '\n';

	edit_splice(t, t->text.size, 0,
		    arena_printf(t->arena, "%s%s%s", open ? end : "", line, end));
}

size_t edit_line_of(const struct edit *t, size_t at)
{
	size_t line = 1;
	for (size_t i = 0; i < at && i < t->text.size; i++)
		line += t->text.data[i] == '\n';
	return line;
}

int edit_refuse(const struct edit *t, size_t at, struct err *e, const char *fmt, ...)
{
	char what[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(e, -EINVAL, "%s:%zu: %s", t->file, edit_line_of(t, at), what);
}

int edit_check(const struct edit *t, struct err *e)
{
	const char *nul = memchr(t->text.data, '\0', t->text.size);

	if (t->text.size > EDIT_MAX)
		return edit_refuse(t, 0, e, "longer than is edited");
	return nul ? edit_refuse(t, (size_t)(nul - t->text.data), e, "not a text") : 0;
}

/* SPDX-License-Identifier: MIT */
#include "sign/line.h"

#include <string.h>

#include "sign/before.h"
#include "sign/plain.h"
#include "sign/unpack.h"

static void set_size(struct line *l, size_t size)
{
	while (size &&
	       (l->text[size - 1] == ' ' || l->text[size - 1] == '\t' || l->text[size - 1] == '\r'))
		size--;
	l->size = size;
	l->text[size] = '\0';
	if (l->message > size)
		l->message = size;
}

static void take_quotes(struct line *l)
{
	size_t n = before_quotes((struct bytes){ l->text, l->size });
	if (n == 0)
		return;
	memmove(l->text, l->text + n, l->size - n);
	set_size(l, l->size - n);
}

/* What is said in JSON has passed another logger before: it may have a time and colours again. */
static void take_json(struct line *l)
{
	if (unpack_json(l))
		set_size(l,
			 l->message + plain_characters(l->text + l->message, l->size - l->message));
	else if (!before_member(l))
		return;
	before_message(l);
}

static void take_backslashes(struct line *l)
{
	char *from = l->text + l->message;
	size_t size = l->size - l->message;

	if (!memchr(from, '\\', size))
		return;
	bool is_quoted = *from == '{' || (l->message && from[-1] == '"');
	set_size(l, l->message + plain_backslashes(from, size, is_quoted));
}

void line_clean(struct line *l, struct bytes raw)
{
	size_t size = raw.size < LINE_MAX_BYTES ? raw.size : LINE_MAX_BYTES;
	raw.size = size;

	memcpy(l->text, raw.data, size);
	if (line_may_hide(raw))
		size = plain_characters(l->text, size);
	l->message = 0;
	set_size(l, size);
	l->clock = CLOCK_NONE;
	l->usec = 0;
	l->bare = true;

	take_quotes(l);
	before_message(l);
	take_json(l);
	take_backslashes(l);
}

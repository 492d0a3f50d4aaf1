/* SPDX-License-Identifier: MIT */
/* Of any two texts the diff makes the second from the first. The input is both, cut at its "\0". */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void hold(bool what)
{
	if (!what)
		abort();
}

static struct bytes take(struct bytes *from, size_t size)
{
	hold(size <= from->size);
	struct bytes out = { from->data, size };
	*from = (struct bytes){ from->data + size, from->size - size };
	return out;
}

static struct bytes take_line(struct bytes *from)
{
	const char *end = from->size ? memchr(from->data, '\n', from->size) : NULL;
	return take(from, end ? (size_t)(end - from->data) + 1 : from->size);
}

struct applied {
	struct bytes before; /* what is left of it */
	size_t line;         /* that it stands at, from 0 */
	char *out;
	size_t size;
};

static void give(struct applied *a, struct bytes text)
{
	if (text.size)
		memcpy(a->out + a->size, text.data, text.size);
	a->size += text.size;
}

static void skip_to(struct applied *a, size_t line)
{
	for (; a->line < line; a->line++) {
		hold(a->before.size > 0);
		give(a, take_line(&a->before));
	}
}

/* "4,2" to what is before the hunk and what is in it. */
static char *span(char *text, size_t *before, size_t *count)
{
	size_t from = strtoul(text, &text, 10);
	*count = *text == ',' ? strtoul(text + 1, &text, 10) : 1;
	*before = *count ? from - 1 : from;
	return text;
}

static void apply_line(struct applied *a, char mark, struct bytes text)
{
	if (mark != '+') {
		struct bytes old = take_line(&a->before);
		hold(old.size == text.size && memcmp(old.data, text.data, text.size) == 0);
		a->line++;
	}
	if (mark != '-')
		give(a, text);
}

static void apply_hunk(struct applied *a, struct bytes *diff)
{
	char head[128] = "", *at;
	size_t old_from, old_count, new_from, new_count;
	struct bytes line = take_line(diff);

	hold(line.size < sizeof(head) && bytes_start(line, "@@ -"));
	memcpy(head, line.data, line.size);
	at = span(head + 4, &old_from, &old_count);
	hold(strncmp(at, " +", 2) == 0);
	at = span(at + 2, &new_from, &new_count);
	hold(strcmp(at, " @@\n") == 0);

	skip_to(a, old_from);
	while (old_count || new_count) {
		line = take_line(diff);
		char mark = *take(&line, 1).data;
		hold(mark == ' ' || mark == '-' || mark == '+');
		if (diff->size && *diff->data == '\\') {
			take_line(diff);
			line.size--;
		}
		apply_line(a, mark, line);
		hold((mark == '+' || old_count) && (mark == '-' || new_count));
		old_count -= mark != '+';
		new_count -= mark != '-';
	}
}

static void judge(struct bytes before, struct bytes after)
{
	ARENA a = { 0 };
	struct diff d = diff_of(&a, before, after);
	struct bytes text = diff_text(&a, &d);
	struct applied to = { .before = before, .out = malloc(before.size + after.size + 1) };

	hold(to.out != NULL);
	while (text.size)
		apply_hunk(&to, &text);
	give(&to, to.before);
	hold(to.size == after.size && (after.size == 0 || !memcmp(to.out, after.data, after.size)));
	free(to.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes all = { (const char *)p, n };
	const char *cut = n ? memchr(p, '\0', n) : NULL;
	struct bytes before = take(&all, cut ? (size_t)(cut - all.data) : n / 2);

	if (cut)
		take(&all, 1);
	judge(before, all);
	judge(all, before);
	judge(all, all);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void hold(bool what)
{
	if (!what)
		abort();
}

/* Nothing of the text moves a cursor, and JSON is JSON. */
static void check_shown(struct arena *a, const struct reading *r, const struct answer *an)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	struct explain_view v = { a, an, r->lines, "arch", false, 80, "0" };

	explain_text(to, &v);
	fclose(to);
	for (size_t i = 0; i < size; i++)
		hold(text[i] == '\n' || ((uint8_t)text[i] >= 0x20 && text[i] != 0x7f));
	free(text);
	json_t *j = explain_json(&v);
	hold(j != NULL);
	json_decref(j);
}

static void check_answer(const struct answer *an)
{
	hold(an->roots <= an->count && an->count <= NAMED_MAX);
	hold(an->count == 0 || an->roots > 0);
	for (size_t i = 0; i < an->count; i++) {
		hold(an->named[i].sure <= 100 && an->named[i].said->count > 0);
		hold((i < an->roots) == !an->named[i].after);
		hold(an->named[i].after != an->named[i].cause);
	}
}

/* Where a text is cut makes no difference. */
static void check_parts(const struct book *b, struct arena *a, struct bytes text,
			const struct answer *whole)
{
	struct reading *r = reading_new(a, b);
	const char *cut =
	    text.size ? memchr(text.data + text.size / 2, '\n', text.size - text.size / 2) : NULL;
	size_t first = cut ? (size_t)(cut - text.data) + 1 : text.size;

	/* Blocks hide or not as a whole, so only short texts are the same in parts. */
	if (line_may_hide(text) || text.size > 4096)
		return;
	reading_feed(r, (struct bytes){ text.data, first });
	reading_feed(r, (struct bytes){ text.data + first, text.size - first });
	const struct answer *parts = answer_of(a, r, "");
	hold(parts->count == whole->count);
	for (size_t i = 0; i < whole->count; i++)
		hold(parts->named[i].cause == whole->named[i].cause);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct arena of_book;
	static const struct book *b;
	ARENA a = { 0 };
	struct bytes text = { (const char *)p, n };

	b = b ? b : book_open(&of_book);
	struct reading *r = reading_new(&a, b);
	reading_feed(r, text);
	const struct answer *an = answer_of(&a, r, "");
	check_answer(an);
	check_shown(&a, r, an);
	check_parts(b, &a, text, an);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sign/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void hold(bool what)
{
	if (!what)
		abort();
}

/* No byte that moves a cursor, whatever the input. */
static void check_plain(const struct line *l)
{
	hold(l->size <= LINE_MAX_BYTES && l->message <= l->size && l->text[l->size] == '\0');
	for (size_t i = 0; i < l->size; i++)
		hold(l->text[i] == '\t' || ((uint8_t)l->text[i] >= 0x20 && l->text[i] != 0x7f));
	hold(l->clock != CLOCK_NONE || l->usec == 0);
}

/* A text that hides nothing is searched as it is: cleaning must take nothing out of it. */
static void check_hidden(const struct line *l, struct bytes raw)
{
	if (raw.size > LINE_MAX_BYTES || line_may_hide(raw))
		return;
	hold(l->size == 0 || memmem(raw.data, raw.size, l->text, l->size));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct line l;
	struct bytes rest = { (const char *)p, n }, raw;

	line_may_hide(rest);
	while (rest.size) {
		const char *end = memchr(rest.data, '\n', rest.size);
		raw = (struct bytes){ rest.data, end ? (size_t)(end - rest.data) : rest.size };
		line_clean(&l, raw);
		check_plain(&l);
		check_hidden(&l, raw);
		rest.data += raw.size + (end != NULL);
		rest.size -= raw.size + (end != NULL);
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* A recording's meta: no bytes harm, and what is written is read back as the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "recording/meta.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check_line(const struct meta_entry *entry)
{
	ARENA a = { 0 };
	struct meta again;
	const char *line = meta_line(&a, entry);

	if (meta_parse(&a, bytes_of(line), "line", &again, NULL) < 0 || again.count != 1 ||
	    !str_eq(again.entry[0].key, entry->key) || again.entry[0].error != entry->error ||
	    !str_eq(meta_line(&a, &again.entry[0]), line))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA a = { 0 };
	struct err e = { 0 };
	struct meta m;
	char *text = str_ndup(&a, (const char *)p, n);

	if (meta_parse(&a, (struct bytes){ text, n }, "meta", &m, &e) < 0)
		return 0;
	for (size_t i = 0; i < m.count; i++) {
		check_line(&m.entry[i]);
		if (meta_find(&m, m.entry[i].key) != &m.entry[i])
			abort();
		meta_error_above(&m, m.entry[i].key);
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "apply/journal/journal.h"

/* A journal, damaged anyhow: it is refused, or what was read is written and read as the same. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	ARENA a = { 0 };
	struct journal j, again;
	struct bytes text = { str_ndup(&a, (const char *)data, size), size };

	if (journal_parse(&a, text, "journal.json", &j, NULL) < 0)
		return 0;
	char *out = journal_format(&j);
	if (!out || journal_parse(&a, bytes_of(out), "again", &again, NULL) < 0 ||
	    again.file_count != j.file_count || again.step_count != j.step_count ||
	    again.state != j.state)
		abort();
	free(out);
	return 0;
}

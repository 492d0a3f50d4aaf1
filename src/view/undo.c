/* SPDX-License-Identifier: MIT */
/* What was done, and can be taken back. */
#include <string.h>

#include "base/term.h"
#include "view/plan.h"

static const char *clean(struct arena *a, const char *s)
{
	return str_clean(a, s, strlen(s), 2000);
}

void view_undo_list(FILE *to, struct arena *a, const struct undo_row *rows, size_t count)
{
	if (count == 0)
		fputs("Nothing to undo: egpu has changed nothing here.\n", to);
	for (size_t i = 0; i < count; i++) {
		const struct undo_row *r = &rows[i];
		fprintf(to, "%s%s  %s  %s: %s\n", i ? "\n" : "", clean(a, r->id), clean(a, r->when),
			clean(a, r->command), clean(a, r->state));
		for (size_t n = 0; n < r->what.count; n++) {
			fputs("  ", to);
			term_wrap(to, clean(a, r->what.name[n]), "    ", term_columns(to));
		}
	}
}

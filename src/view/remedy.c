/* SPDX-License-Identifier: MIT */
#include "view/remedy.h"

#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "base/term.h"

/* NULL: the line is for another reader. */
static const char *line_for(const struct remedy_view *v, const char *line)
{
	const char *out = cause_line(v->arena, line, &v->to);
	return out ? str_clean(v->arena, out, strlen(out), SIZE_MAX) : NULL;
}

/* Lines to paste are never wrapped: a wrapped command is a broken one. */
void remedy_text(FILE *to, const struct remedy_view *v, const char *label, const char *const *lines)
{
	bool any = false;

	for (size_t i = 0; lines[i]; i++) {
		const char *line = line_for(v, lines[i]);
		if (!line)
			continue;
		if (!any)
			fprintf(to, "  %s%s%s\n", v->colour ? "\033[1m" : "", label,
				v->colour ? "\033[0m" : "");
		any = true;
		if (*line == '#') {
			fputs("    # ", to);
			term_wrap(to, line + 1, "    # ", v->columns);
		} else {
			fprintf(to, "    %s\n", line);
		}
	}
}

json_t *remedy_json(const struct remedy_view *v, const char *const *lines)
{
	json_t *j = json_array();

	for (size_t i = 0; lines[i]; i++) {
		const char *line = line_for(v, lines[i]);
		if (line)
			json_array_append_new(j, json_string(line));
	}
	return j;
}

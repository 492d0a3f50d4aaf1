/* SPDX-License-Identifier: MIT */
/* One file of a plan: its path, and what changes in it. */
#include "view/plan-part.h"

#include <string.h>

#include "base/json.h"
#include "view/diff.h"

enum {
	LINES_SHOWN = 40,      /* of a diff, unless all is asked for */
	LINE_BYTES_SHOWN = 500 /* of a line of it */
};

static bool is_binary(struct bytes text)
{
	return text.size && memchr(text.data, '\0', text.size);
}

static bool has_binary(const struct file_change *f)
{
	return is_binary(f->before) || is_binary(f->after);
}

static bool is_new(const struct file_change *f)
{
	return !f->existed && !f->removed;
}

/* Cleaned but for some control bytes; at most max bytes. */
static char *clean_but(struct arena *a, struct bytes text, const char *kept, size_t max)
{
	char *out = str_clean(a, text.data, text.size, max);

	for (size_t i = 0; out[i]; i++)
		if (strchr(kept, text.data[i]))
			out[i] = text.data[i];
	return out;
}

/* Without its end; of CRLF, what is not the end is shown. */
static const char *clean_line(struct arena *a, struct bytes line, size_t max)
{
	const char *cr = "";

	if (line.size && line.data[line.size - 1] == '\n')
		line.size--;
	if (line.size && line.data[line.size - 1] == '\r') {
		line.size--;
		cr = "^M";
	}
	const char *out = clean_but(a, line, "\t", max);
	return arena_printf(a, "%s%s%s", out, line.size > max ? "..." : "", cr);
}

static const char *colour_of(const struct plan_view *v, char mark)
{
	if (!v->colour)
		return "";
	return mark == '+' ? "\033[32m" : mark == '-' ? "\033[31m" : mark == '@' ? "\033[36m" : "";
}

static void show_line(const struct plan_view *v, const struct diff_line *l)
{
	const char *colour = colour_of(v, l->mark);
	const char mark[] = { l->mark == '@' ? '\0' : l->mark, '\0' };

	fprintf(v->to, "      %s%s%s%s\n", colour, mark,
		clean_line(v->arena, l->text, v->verbose ? SIZE_MAX : LINE_BYTES_SHOWN),
		*colour ? "\033[0m" : "");
	if (!l->text.size || l->text.data[l->text.size - 1] != '\n')
		fputs("      \\ No newline at end of file\n", v->to);
}

static void show_diff(const struct plan_view *v, const struct diff *d, size_t from)
{
	size_t end = d->count;

	if (!v->verbose && end - from > LINES_SHOWN + 1)
		end = from + LINES_SHOWN;
	for (size_t i = from; i < end; i++)
		show_line(v, &d->line[i]);
	if (end < d->count)
		fprintf(v->to, "      ... %zu more lines, --verbose shows all\n", d->count - end);
}

static const char *fate(const struct plan_view *v, const struct file_change *f)
{
	if (f->removed)
		return " (removed)";
	if (f->existed)
		return "";
	return f->mode && f->mode != 0644 ? arena_printf(v->arena, " (new, mode %04o)", f->mode)
					  : " (new)";
}

void plan_file(const struct plan_view *v, const struct file_change *f)
{
	fprintf(v->to, "    %s%s\n", str_clean(v->arena, f->path, strlen(f->path), SIZE_MAX),
		fate(v, f));
	if (has_binary(f)) {
		fprintf(v->to, "      binary, %zu bytes\n",
			f->removed ? f->before.size : f->after.size);
		return;
	}
	const struct diff d = diff_of(v->arena, f->before, f->after);
	if (d.count == 0)
		fputs("      empty\n", v->to);
	/* Of a file that is new or goes, the one hunk's head says nothing. */
	show_diff(v, &d, d.count && (is_new(f) || f->removed) ? 1 : 0);
}

/* JSON */

static const char *side(struct arena *a, const struct file_change *f, bool there)
{
	return there ? str_clean(a, f->path, strlen(f->path), SIZE_MAX) : "/dev/null";
}

static json_t *diff_json(struct arena *a, const struct file_change *f)
{
	if (has_binary(f))
		return json_null();
	const struct diff d = diff_of(a, f->before, f->after);
	struct bytes hunks = diff_text(a, &d);
	const char *text = arena_printf(a, "--- %s\n+++ %s\n%s", side(a, f, f->existed),
					side(a, f, !f->removed), hunks.data);
	json_t *j = json_string(text);
	/* what is no UTF-8 is '?', as on a terminal */
	return j ? j : json_string(clean_but(a, bytes_of(text), "\n\r\t", SIZE_MAX));
}

json_t *plan_file_json(struct arena *a, const struct file_change *f)
{
	json_t *path = json_string(f->path);

	if (!path)
		path = json_string(str_clean(a, f->path, strlen(f->path), SIZE_MAX));
	return json_pack("{so sb sb sb so}", "path", path, "existed", f->existed, "removed",
			 f->removed, "binary", has_binary(f), "diff", diff_json(a, f));
}

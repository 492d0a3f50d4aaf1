/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "format/cmdline-place.h"

/* What mkinitcpio and kernel-install pass on: lines that do not begin with '#'. */
static struct cmdline_places lines_of(const struct edit *t)
{
	struct cmdline_places p = { 0 };

	for (struct text_line line = { 0 }; text_line(t->text, &line);) {
		const char *text = t->text.data + line.at;
		bool has_words = *str_trim(t->arena, text, line.end - line.at);
		if (has_words && *text != '#')
			cmdline_place_add(t->arena, &p, line, line.at);
	}
	return p;
}

/* One word a line, as some write it: so is the next one written. */
static const char *between(const struct edit *t, const struct cmdline_places *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct text_line *line = &p->place[i].line;
		const char *words =
		    str_trim(t->arena, t->text.data + line->at, line->end - line->at);
		if (words[strcspn(words, " \t")])
			return " ";
	}
	return p->count > 1 ? edit_line_end(t) : " ";
}

/* A new last line, which ends as the last one did; that of an empty file ends. */
static struct cmdline_splice new_line(const struct edit *t, const char *words)
{
	bool is_open = t->text.size && t->text.data[t->text.size - 1] != '\n';
	const char *end = edit_line_end(t);

	return (struct cmdline_splice){ t->text.size, 0,
					arena_printf(t->arena, "%s%s%s", is_open ? end : "", words,
						     is_open ? "" : end) };
}

/* What would put another text in there is not expanded for a kernel. */
static int variables_check(const struct edit *t, const struct cmdline_places *p, struct err *e)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct cmdline_place *here = &p->place[i];
		size_t size = here->line.end - here->value;
		const char *text = t->text.data + here->value;
		if (memmem(text, size, "${", 2) || memmem(text, size, "$(", 2))
			return edit_refuse(
			    t, here->value, e,
			    "a '$' that no boot loader expands: this is a template, not a "
			    "command line");
	}
	return 0;
}

/* Where a '#' that came later in its line has come to begin it, the line would be a comment. */
static int comments_check(const struct edit *t, const struct bytes before, struct err *e)
{
	struct text_line old = { 0 }, line = { 0 };

	while (text_line(t->text, &line)) {
		struct bytes now = { t->text.data + line.at, line.end - line.at };
		if (!bytes_start(now, "#"))
			continue;
		bool is_same = false;
		while (!is_same && text_line(before, &old))
			is_same = old.end - old.at == now.size &&
				  memcmp(before.data + old.at, now.data, now.size) == 0;
		if (!is_same)
			return edit_refuse(
			    t, line.at, e,
			    "its '#' would come to stand first and make it a comment: take "
			    "that word out by hand");
	}
	return 0;
}

int kernel_cmdline_edit(struct edit *t, const struct cmdline_change *c, struct err *e)
{
	struct cmdline_gathered changes = { 0 };
	struct bytes before = t->text;
	int r = cmdline_text_check(t, e);

	if (r < 0)
		return r;
	struct cmdline_places lines = lines_of(t);
	r = cmdline_places_check(t, &lines, e);
	r = r < 0 ? r : variables_check(t, &lines, e);
	if (r < 0)
		return r;

	const char *fresh = cmdline_fresh(t->arena, c);
	if (lines.count)
		cmdline_places_change(t, &lines, c, between(t, &lines), &changes);
	else if (*fresh)
		cmdline_gather(t->arena, &changes, new_line(t, fresh));
	int changed = cmdline_apply(t, &changes, e);
	r = comments_check(t, before, e);
	if (r < 0)
		t->text = before;
	return r < 0 ? r : changed;
}

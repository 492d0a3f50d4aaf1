/* SPDX-License-Identifier: MIT */
#include "format/cmdline-place.h"

#include <string.h>

bool text_line(struct bytes text, struct text_line *line)
{
	size_t at = line->next;

	if (at >= text.size)
		return false;
	const char *feed = memchr(text.data + at, '\n', text.size - at);
	size_t end = feed ? (size_t)(feed - text.data) : text.size;

	*line = (struct text_line){ at, end, end + (feed != NULL) };
	if (feed && end > at && text.data[end - 1] == '\r')
		line->end--;
	return true;
}

static void *grown(struct arena *a, void *old, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return old;
	*room = *room ? 2 * *room : 8;
	void *more = arena_alloc(a, *room * size);
	if (count)
		memcpy(more, old, count * size);
	return more;
}

void cmdline_place_add(struct arena *a, struct cmdline_places *p, struct text_line line,
		       size_t value)
{
	p->place = grown(a, p->place, p->count, &p->room, sizeof(*p->place));
	p->place[p->count++] = (struct cmdline_place){ line, value };
}

void cmdline_gather(struct arena *a, struct cmdline_gathered *g, struct cmdline_splice s)
{
	struct cmdline_splices *all = &g->splices;

	all->splice = grown(a, all->splice, all->count, &g->room, sizeof(*all->splice));
	all->splice[all->count++] = s;
}

static bool is_blank(struct bytes b)
{
	for (size_t i = 0; i < b.size; i++)
		if (b.data[i] != ' ' && b.data[i] != '\t')
			return false;
	return true;
}

/* From the first place on; what is none of the places is line feeds. */
static struct bytes masked(const struct edit *t, const struct cmdline_places *p)
{
	size_t from = p->place[0].value, size = p->place[p->count - 1].line.end - from;
	char *out = arena_alloc(t->arena, size + 1);

	memset(out, '\n', size);
	for (size_t i = 0; i < p->count; i++) {
		const struct cmdline_place *here = &p->place[i];
		memcpy(out + (here->value - from), t->text.data + here->value,
		       here->line.end - here->value);
	}
	return (struct bytes){ out, size };
}

/* The whole line; the one before it loses its end where this one has none. */
static void gather_line(const struct edit *t, struct cmdline_gathered *g, struct text_line line)
{
	struct cmdline_splices *all = &g->splices;
	struct cmdline_splice *last = all->count ? &all->splice[all->count - 1] : NULL;

	if (last && last->at + last->gone == line.at && last->gone)
		last->gone += line.next - line.at;
	else
		cmdline_gather(t->arena, g,
			       (struct cmdline_splice){ line.at, line.next - line.at, "" });
	last = &all->splice[all->count - 1];
	if (line.next == line.end && last->at) {
		size_t n = last->at > 1 && t->text.data[last->at - 2] == '\r' ? 2 : 1;
		last->at -= n;
		last->gone += n;
	}
}

static void gather_place(const struct edit *t, struct cmdline_gathered *g,
			 const struct cmdline_place *here, const struct cmdline_splices *s)
{
	struct bytes value = { t->text.data + here->value, here->line.end - here->value };
	struct cmdline_splices own = { arena_alloc(t->arena, (s->count + 1) * sizeof(*own.splice)),
				       s->count };

	for (size_t i = 0; i < s->count; i++) {
		own.splice[i] = s->splice[i];
		own.splice[i].at -= here->value;
	}
	if (!is_blank(value) && is_blank(cmdline_spliced(t->arena, value, &own))) {
		gather_line(t, g, here->line);
		return;
	}
	for (size_t i = 0; i < s->count; i++)
		cmdline_gather(t->arena, g, s->splice[i]);
}

void cmdline_places_change(const struct edit *t, const struct cmdline_places *p,
			   const struct cmdline_change *c, const char *between,
			   struct cmdline_gathered *g)
{
	struct cmdline_splices all = cmdline_splices(t->arena, masked(t, p), c, between);
	size_t from = 0;

	for (size_t i = 0; i < all.count; i++)
		all.splice[i].at += p->place[0].value;
	for (size_t i = 0; i < p->count; i++) {
		struct cmdline_splices here = { all.splice + from, 0 };
		while (from < all.count && all.splice[from].at <= p->place[i].line.end) {
			here.count++;
			from++;
		}
		gather_place(t, g, &p->place[i], &here);
	}
}

static int place_check(const struct edit *t, const struct cmdline_place *p, struct err *e)
{
	static const char *const template[] = { "{{", "{%", "<%" };
	struct bytes value = { t->text.data + p->value, p->line.end - p->value };
	bool is_quoted = false;

	for (size_t i = 0; i < COUNT_OF(template); i++)
		if (memmem(value.data, value.size, template[i], 2))
			return edit_refuse(
			    t, p->value, e,
			    "'%s' is a template's, not a command line's: edit what the template "
			    "makes, or the template by hand",
			    template[i]);
	for (size_t i = 0; i < value.size; i++)
		is_quoted ^= value.data[i] == '"';
	return is_quoted ? edit_refuse(t, p->value, e, "a quote is not closed in this line") : 0;
}

int cmdline_places_check(const struct edit *t, const struct cmdline_places *p, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < p->count && !r; i++)
		r = place_check(t, &p->place[i], e);
	return r;
}

int cmdline_text_check(const struct edit *t, struct err *e)
{
	struct bytes text = t->text;
	int r = edit_check(t, e);

	if (r < 0)
		return r;
	if (bytes_start(text, "\xef\xbb\xbf"))
		return edit_refuse(t, 0, e, "begins with a byte order mark: save it without");
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] == '\r' && (i + 1 == text.size || text.data[i + 1] != '\n'))
			return edit_refuse(t, i, e, "a carriage return stands within the line");
	return 0;
}

int cmdline_apply(struct edit *t, const struct cmdline_gathered *g, struct err *e)
{
	struct bytes before = t->text, out = cmdline_spliced(t->arena, before, &g->splices);

	if (out.size == before.size && memcmp(out.data, before.data, out.size) == 0)
		return 0;
	t->text = out;
	int r = cmdline_text_check(t, e);
	if (r < 0)
		t->text = before;
	return r < 0 ? r : 1;
}

/* SPDX-License-Identifier: MIT */
/* A boot on one screen: a line a moment, the races, what is not known. */
#include "view/timeline/part.h"

#include <string.h>

#include "base/term.h"

enum { LABEL_COLUMNS = 26, LEFT_COLUMNS = 38, COLUMNS_MAX = 400 };

struct page {
	FILE *to;
	const struct timeline_view *v;
	struct axis axis;
	unsigned width;            /* of a bar */
	bool begins, lasts, early; /* which signs were used */
};

static const char *colour(const struct page *p, const char *code)
{
	return p->v->colour ? code : "";
}

/* As many columns, neither more nor less; what was cut off ends with "..". */
static void put_padded(struct page *p, const char *s, unsigned indent, unsigned columns)
{
	unsigned width = indent, cut = 0;
	size_t size = 0;

	for (size_t i = 0; s[i]; i++)
		width += ((unsigned char)s[i] & 0xc0) != 0x80;
	for (cut = indent; s[size] && (width <= columns || cut < columns - 2); size++)
		cut += ((unsigned char)s[size + 1] & 0xc0) != 0x80;
	fprintf(p->to, "%*s%.*s%s", (int)indent, "", (int)size, s, width > columns ? ".." : "");
	for (; width < columns; width++)
		fputc(' ', p->to);
}

/* The last column is kept for what lasts. */
static unsigned place(const struct page *p, uint64_t usec)
{
	return (unsigned)(axis_at(&p->axis, usec) * (p->width - 3));
}

static void fill(char *bar, unsigned from, unsigned to, char with)
{
	for (unsigned i = from; i < to; i++)
		bar[i] = with;
}

static void draw(struct page *p, char *bar, const struct moment *m)
{
	const unsigned from = place(p, m->usec), at = place(p, m->done_usec);
	const uint64_t until = moment_until(p->v->t, m);

	fill(bar, from, at, '-');
	p->begins |= at > from;
	if (m->lasts) {
		fill(bar, at + 1, until == UINT64_MAX ? p->width : place(p, until), '=');
		p->lasts = true;
	}
	const struct race *r = timeline_race_of(p->v->t, m);
	if (r) {
		fill(bar, place(p, race_from(r)), place(p, r->needed->usec), '!');
		p->early = true;
	}
	bar[at] = m->kind == MOMENT_LOST ? 'x' : r ? '!' : '|';
}

static void put_bar(struct page *p, const struct moment *m)
{
	char bar[COLUMNS_MAX + 1];
	size_t size = p->width;
	const char *paint = timeline_race_of(p->v->t, m) ? "\033[33m"
			    : m->kind == MOMENT_LOST     ? "\033[1;31m"
			    : m->kind == MOMENT_GPU      ? "\033[32m"
							 : "";

	memset(bar, ' ', size);
	draw(p, bar, m);
	while (size && bar[size - 1] == ' ')
		size--;
	fprintf(p->to, "%s%.*s%s\n", colour(p, paint), (int)size, bar,
		colour(p, *paint ? "\033[0m" : ""));
}

static void put_gap(struct page *p, uint64_t usec)
{
	fprintf(p->to, "%s%9s   .. nothing for %.0f s%s\n", colour(p, "\033[2m"), "",
		(double)usec / 1e6, colour(p, "\033[0m"));
}

static void put_moment(struct page *p, const struct moment *m)
{
	struct arena *a = p->v->arena;

	/* the points below each other */
	fprintf(p->to, moment_is_sure(m) ? "%10s  " : "%8s    ", moment_time(a, m));
	put_padded(p, moment_label(a, m), 2 * m->depth, LABEL_COLUMNS - 1);
	fputc(' ', p->to);
	put_bar(p, m);
}

static void put_moments(struct page *p)
{
	const struct timeline *t = p->v->t;
	uint64_t shown_until = 0;

	for (size_t i = 0; i < t->moment_count; i++) {
		uint64_t gap = axis_gap(&p->axis, shown_until, t->moment[i].usec);
		if (gap)
			put_gap(p, gap);
		put_moment(p, &t->moment[i]);
		shown_until = t->moment[i].usec;
	}
}

static void put_legend(struct page *p)
{
	if (!p->begins && !p->lasts && !p->early)
		return;
	fprintf(p->to, "\n  %s%s%s%s%s\n", p->begins ? "--| takes its time" : "",
		p->begins && p->lasts ? "   " : "", p->lasts ? "|== is there" : "",
		(p->begins || p->lasts) && p->early ? "   " : "",
		p->early ? "!!! without what it needs" : "");
}

static void put_races(struct page *p)
{
	const struct timeline *t = p->v->t;

	fputc('\n', p->to);
	if (t->race_count == 0) {
		term_wrap(p->to, timeline_no_race(t), "", p->v->columns);
		return;
	}
	fprintf(p->to, "Started before what it needed\n");
	for (size_t i = 0; i < t->race_count; i++) {
		fputs("  ", p->to);
		term_wrap(p->to, race_text(p->v->arena, &t->race[i]), "    ", p->v->columns);
	}
	if (race_is_open(t))
		fprintf(p->to, "\nMend it now       sudo egpu fix\n");
	if (race_is_unordered(t))
		fprintf(p->to, "%sMend it for good  sudo egpu setup --only order\n",
			race_is_open(t) ? "" : "\n");
}

static void put_unknown(struct page *p)
{
	struct names lines = timeline_unknown(p->v->arena, p->v->t);

	if (lines.count)
		fprintf(p->to, "\nNot known\n");
	for (size_t i = 0; i < lines.count; i++) {
		fputs("  ", p->to);
		term_wrap(p->to, lines.name[i], "    ", p->v->columns);
	}
}

void timeline_text(FILE *to, const struct timeline_view *v)
{
	const char *left_out = timeline_left_out(v->arena, v->t);
	struct page p = { .to = to, .v = v, .axis = axis_of(v->arena, v->t) };

	p.width = v->columns > LEFT_COLUMNS + 20 ? v->columns - LEFT_COLUMNS : 20;
	if (p.width > COLUMNS_MAX)
		p.width = COLUMNS_MAX;
	fprintf(to, v->t->moment_count ? "Seconds since the kernel began\n\n"
				       : "No time of this boot is known.\n");
	put_moments(&p);
	if (*left_out)
		fprintf(to, "%12s%s\n", "", left_out);
	put_legend(&p);
	put_races(&p);
	put_unknown(&p);
}

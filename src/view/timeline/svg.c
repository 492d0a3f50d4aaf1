/* SPDX-License-Identifier: MIT */
/* The same picture as SVG 1.1: text as text, colours from two sheets, titles for screen readers. */
#include "view/timeline/part.h"

#include <stdlib.h>
#include <string.h>

enum {
	ROW = 20,
	TOP = 52,
	TIME_WIDTH = 84, /* its right edge */
	CHAR = 7,        /* of a label, at 13 px: wider than most */
	LABEL_CHARS_MAX = 64,
	BARS_WIDTH = 560,
	MARGIN = 16,
	LINE = 18, /* of text below */
};

static const char style[] = "text{font:13px system-ui,sans-serif;fill:#1c1c1c}"
			    ".h{font-weight:600;font-size:15px}"
			    ".t{text-anchor:end;font-variant-numeric:tabular-nums}"
			    ".d{fill:#666}"
			    ".bg{fill:#fff}"
			    ".row{fill:#f3f4f6}"
			    ".mark{fill:#1f5fa8}.begins{fill:#9dbce0}.lasts{fill:#c5d9ef}"
			    ".gpu .mark{fill:#1a7f37}.gpu .lasts{fill:#b4dfc0}"
			    ".lost .mark,.early,.race{fill:#c4320a}.early{opacity:.8}"
			    ".gap{stroke:#999;stroke-dasharray:2 3}"
			    "@media (prefers-color-scheme:dark){"
			    "text{fill:#e6e6e6}.d{fill:#9a9a9a}.bg{fill:#16181c}.row{fill:#1f2228}"
			    ".mark{fill:#7db4ee}.begins{fill:#3d5f86}.lasts{fill:#2c4463}"
			    ".gpu .mark{fill:#57c26f}.gpu .lasts{fill:#214d2e}"
			    ".lost .mark,.early,.race{fill:#ff8a5c}.gap{stroke:#666}}";

struct sheet {
	FILE *to;
	const struct timeline_view *v;
	struct axis axis;
	unsigned label_width, y;
};

/* XML takes neither markup nor the two codes that are no characters. */
static void put_escaped(struct sheet *s, const char *raw)
{
	const char *text = str_clean(s->v->arena, raw, strlen(raw), 400);

	for (; *text; text++) {
		if (*text == '&')
			fputs("&amp;", s->to);
		else if (*text == '<')
			fputs("&lt;", s->to);
		else if (*text == '>')
			fputs("&gt;", s->to);
		else if (*text == '"')
			fputs("&quot;", s->to);
		else if (str_starts(text, "\xef\xbf\xbe") || str_starts(text, "\xef\xbf\xbf"))
			fputc(*(text += 2) ? '?' : ' ', s->to);
		else
			fputc(*text, s->to);
	}
}

static void put_text(struct sheet *s, const char *class, double x, unsigned y, const char *text)
{
	fprintf(s->to, "<text class=\"%s\" x=\"%.0f\" y=\"%u\">", class, x, y);
	put_escaped(s, text);
	fputs("</text>\n", s->to);
}

static void put_rect(struct sheet *s, const char *class, double from, double to, unsigned y,
		     unsigned height)
{
	fprintf(s->to, "<rect class=\"%s\" x=\"%.1f\" y=\"%u\" width=\"%.1f\" height=\"%u\"/>\n",
		class, from, y, to > from ? to - from : 0, height);
}

static double bars_from(const struct sheet *s)
{
	return TIME_WIDTH + 12 + s->label_width;
}

/* What comes last has room for its bar. */
static double place(const struct sheet *s, uint64_t usec)
{
	return bars_from(s) + axis_at(&s->axis, usec) * (BARS_WIDTH - 24);
}

static double bars_until(const struct sheet *s)
{
	return bars_from(s) + BARS_WIDTH;
}

static unsigned total_width(const struct sheet *s)
{
	return (unsigned)bars_until(s) + MARGIN;
}

static const char *full_label(struct arena *a, const struct moment *m)
{
	const char *label = moment_label(a, m);

	return *m->note && !strstr(label, m->note) && !m->has_gpu
		   ? arena_printf(a, "%s, %s", label, m->note)
		   : label;
}

static unsigned chars(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* Cut where it would run into the bars. */
static const char *fitting(struct arena *a, const char *text, unsigned max)
{
	size_t size = 0;

	if (chars(text) <= max)
		return text;
	for (unsigned n = 0; text[size]; size++) {
		n += ((unsigned char)text[size] & 0xc0) != 0x80;
		if (n + 2 > max)
			break;
	}
	return arena_printf(a, "%.*s..", (int)size, text);
}

static unsigned widest_label(const struct timeline_view *v)
{
	unsigned most = 20;

	for (size_t i = 0; i < v->t->moment_count; i++) {
		const struct moment *m = &v->t->moment[i];
		unsigned n = chars(full_label(v->arena, m)) + 2 * m->depth;
		most = n > most ? n : most;
	}
	return (most < LABEL_CHARS_MAX ? most : LABEL_CHARS_MAX) * CHAR;
}

static const char *class_of(const struct moment *m)
{
	return m->kind == MOMENT_GPU ? "gpu" : m->kind == MOMENT_LOST ? "lost" : "m";
}

static void put_bar(struct sheet *s, const struct moment *m)
{
	const struct race *r = timeline_race_of(s->v->t, m);
	const uint64_t until = moment_until(s->v->t, m);
	const double from = place(s, m->usec), at = place(s, m->done_usec);
	const unsigned y = s->y + 4, height = ROW - 8;

	if (at > from)
		put_rect(s, "begins", from, at, y, height);
	if (m->lasts)
		put_rect(s, "lasts", at, until == UINT64_MAX ? bars_until(s) : place(s, until), y,
			 height);
	if (r)
		put_rect(s, "early", place(s, race_from(r)), place(s, r->needed->usec), y, height);
	put_rect(s, "mark", at - 1, at + 2, s->y + 2, ROW - 4);
}

static void put_title(struct sheet *s, const struct moment *m)
{
	const struct race *r = timeline_race_of(s->v->t, m);
	struct arena *a = s->v->arena;
	const char *took =
	    m->done_usec > m->usec
		? arena_printf(a, ", took %.3f s", (double)(m->done_usec - m->usec) / 1e6)
		: "";

	fputs("<title>", s->to);
	put_escaped(s, arena_printf(a, "%s s: %s%s%s%s (%s)", moment_time(a, m), full_label(a, m),
				    took, r ? "; " : "", r ? race_text(a, r) : "", m->from));
	fputs("</title>\n", s->to);
}

static void put_row(struct sheet *s, const struct moment *m, bool shaded)
{
	struct arena *a = s->v->arena;
	const unsigned indent = 2 * m->depth;
	const unsigned room = s->label_width / CHAR;

	fprintf(s->to, "<g class=\"%s\">\n", class_of(m));
	put_title(s, m);
	if (shaded)
		put_rect(s, "row", 0, total_width(s), s->y, ROW);
	put_text(s, "t d", TIME_WIDTH, s->y + 14, moment_time(a, m));
	put_text(s, timeline_race_of(s->v->t, m) ? "race" : "l", TIME_WIDTH + 12 + indent * CHAR,
		 s->y + 14, fitting(a, full_label(a, m), room > indent ? room - indent : 1));
	put_bar(s, m);
	fputs("</g>\n", s->to);
	s->y += ROW;
}

static void put_gap(struct sheet *s, uint64_t usec)
{
	const unsigned y = s->y + ROW / 2;

	put_text(s, "d", TIME_WIDTH + 12, s->y + 14,
		 arena_printf(s->v->arena, "nothing for %.0f s", (double)usec / 1e6));
	fprintf(s->to, "<line class=\"gap\" x1=\"%.0f\" y1=\"%u\" x2=\"%.0f\" y2=\"%u\"/>\n",
		bars_from(s), y, bars_until(s), y);
	s->y += ROW;
}

static void put_rows(struct sheet *s)
{
	const struct timeline *t = s->v->t;
	uint64_t shown_until = 0;

	for (size_t i = 0; i < t->moment_count; i++) {
		uint64_t gap = axis_gap(&s->axis, shown_until, t->moment[i].usec);
		if (gap)
			put_gap(s, gap);
		put_row(s, &t->moment[i], i % 2 == 0);
		shown_until = t->moment[i].usec;
	}
}

static void put_line(struct sheet *s, const char *class, double indent, const char *text)
{
	s->y += LINE;
	put_text(s, class, MARGIN + indent, s->y, text);
}

static void put_words(struct sheet *s)
{
	const struct timeline *t = s->v->t;
	struct arena *a = s->v->arena;
	struct names unknown = timeline_unknown(a, t);
	const unsigned room = (total_width(s) - 2 * MARGIN) / CHAR;

	s->y += 6;
	if (*timeline_left_out(a, t))
		put_line(s, "d", 0, timeline_left_out(a, t));
	if (t->race_count == 0)
		put_line(s, "l", 0, timeline_no_race(t));
	for (size_t i = 0; i < t->race_count; i++)
		put_line(s, "race", 0, fitting(a, race_text(a, &t->race[i]), room));
	for (size_t i = 0; i < unknown.count; i++)
		put_line(s, "d", 0,
			 fitting(a, arena_printf(a, "not known: %s", unknown.name[i]), room));
	s->y += MARGIN;
}

/* Its height is known once it is drawn. */
static void put_frame(FILE *to, const struct sheet *s, const char *body)
{
	fprintf(to,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
		"viewBox=\"0 0 %u %u\" role=\"img\" aria-labelledby=\"title desc\">\n%s</svg>\n",
		total_width(s), s->y, total_width(s), s->y, body);
}

static void put_head(struct sheet *s)
{
	fputs("<title id=\"title\">This boot, as egpu timeline has it</title>\n<desc id=\"desc\">",
	      s->to);
	put_escaped(s, s->v->t->race_count ? race_text(s->v->arena, &s->v->t->race[0])
					   : timeline_no_race(s->v->t));
	fprintf(s->to, "</desc>\n<style>%s</style>\n", style);
	fputs("<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n", s->to);
	put_text(s, "h", MARGIN, 28, "Seconds since the kernel began");
}

void timeline_svg(FILE *to, const struct timeline_view *v)
{
	char *body = NULL;
	size_t size = 0;
	struct sheet s = { .to = open_memstream(&body, &size),
			   .v = v,
			   .axis = axis_of(v->arena, v->t),
			   .label_width = widest_label(v),
			   .y = TOP };

	if (!s.to)
		abort();
	put_head(&s);
	put_rows(&s);
	put_words(&s);
	fclose(s.to);
	put_frame(to, &s, body);
	free(body);
}

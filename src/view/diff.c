/* SPDX-License-Identifier: MIT */
#include "view/diff.h"

#include <stdint.h>
#include <string.h>

struct lines {
	struct bytes *line;
	bool *changed; /* not in the other text */
	size_t count;
};

struct sides {
	struct lines a, b;
};

/* Where the texts differ: lines a to a_end of the one, b to b_end of the other. */
struct range {
	size_t a, a_end, b, b_end;
};

static size_t count_lines(struct bytes text)
{
	size_t n = text.size && text.data[text.size - 1] != '\n';
	for (size_t i = 0; i < text.size; i++)
		n += text.data[i] == '\n';
	return n;
}

static struct lines lines_of(struct arena *a, struct bytes text)
{
	struct lines out = { .count = count_lines(text) };
	out.line = arena_alloc(a, out.count * sizeof(*out.line));
	out.changed = arena_alloc(a, out.count * sizeof(*out.changed));

	for (size_t i = 0; i < out.count; i++) {
		const char *end = memchr(text.data, '\n', text.size);
		size_t n = end ? (size_t)(end - text.data) + 1 : text.size;
		out.line[i] = (struct bytes){ text.data, n };
		text = (struct bytes){ text.data + n, text.size - n };
	}
	return out;
}

static bool same(const struct sides *s, size_t i, size_t j)
{
	struct bytes a = s->a.line[i], b = s->b.line[j];
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static struct range middle(const struct sides *s)
{
	struct range m = { 0, s->a.count, 0, s->b.count };

	while (m.a < m.a_end && m.b < m.b_end && same(s, m.a, m.b)) {
		m.a++;
		m.b++;
	}
	while (m.a < m.a_end && m.b < m.b_end && same(s, m.a_end - 1, m.b_end - 1)) {
		m.a_end--;
		m.b_end--;
	}
	return m;
}

/* Length of the longest common subsequence of what is left from line i and j on, for each pair. */
static uint16_t *common_lengths(struct arena *a, const struct sides *s, const struct range *m)
{
	const size_t rows = m->a_end - m->a, columns = m->b_end - m->b, wide = columns + 1;
	uint16_t *length = arena_alloc(a, (rows + 1) * wide * sizeof(*length));

	for (size_t i = rows; i-- > 0;)
		for (size_t j = columns; j-- > 0;) {
			uint16_t down = length[(i + 1) * wide + j],
				 right = length[i * wide + j + 1];
			length[i * wide + j] = same(s, m->a + i, m->b + j)
						   ? (uint16_t)(length[(i + 1) * wide + j + 1] + 1)
					       : down > right ? down
							      : right;
		}
	return length;
}

static void mark_fewest(struct arena *scratch, struct sides *s, const struct range *m)
{
	const size_t rows = m->a_end - m->a, columns = m->b_end - m->b, wide = columns + 1;
	const uint16_t *length = common_lengths(scratch, s, m);
	size_t i = 0, j = 0;

	while (i < rows && j < columns) {
		if (same(s, m->a + i, m->b + j)) {
			i++;
			j++;
		} else if (length[(i + 1) * wide + j] >= length[i * wide + j + 1]) {
			s->a.changed[m->a + i++] = true;
		} else {
			s->b.changed[m->b + j++] = true;
		}
	}
	while (i < rows)
		s->a.changed[m->a + i++] = true;
	while (j < columns)
		s->b.changed[m->b + j++] = true;
}

static void mark_all(struct sides *s, const struct range *m)
{
	for (size_t i = m->a; i < m->a_end; i++)
		s->a.changed[i] = true;
	for (size_t j = m->b; j < m->b_end; j++)
		s->b.changed[j] = true;
}

static void mark_changed(struct arena *scratch, struct sides *s)
{
	const struct range m = middle(s);

	if (m.a_end - m.a + 1 > DIFF_CELLS_MAX / (m.b_end - m.b + 1))
		mark_all(s, &m);
	else
		mark_fewest(scratch, s, &m);
}

/* The next change behind *c: false at the end. */
static bool next_change(const struct sides *s, struct range *c)
{
	size_t i = c->a_end, j = c->b_end;

	while (i < s->a.count && j < s->b.count && !s->a.changed[i] && !s->b.changed[j]) {
		i++;
		j++;
	}
	*c = (struct range){ i, i, j, j };
	while (c->a_end < s->a.count && s->a.changed[c->a_end])
		c->a_end++;
	while (c->b_end < s->b.count && s->b.changed[c->b_end])
		c->b_end++;
	return c->a_end > c->a || c->b_end > c->b;
}

struct out {
	struct arena *arena;
	struct diff diff;
	size_t room;
};

static void put(struct out *o, char mark, struct bytes text)
{
	struct diff *d = &o->diff;

	if (d->count == o->room) {
		o->room = o->room ? 2 * o->room : 32;
		struct diff_line *more = arena_alloc(o->arena, o->room * sizeof(*more));
		if (d->count)
			memcpy(more, d->line, d->count * sizeof(*more));
		d->line = more;
	}
	d->line[d->count++] = (struct diff_line){ mark, text };
}

/* "4,2"; "4" for one line; "3,0" for none behind line 3. */
static const char *span(struct arena *a, size_t from, size_t end)
{
	if (end - from == 1)
		return arena_printf(a, "%zu", end);
	return arena_printf(a, "%zu,%zu", from + (end > from), end - from);
}

static void put_hunk(struct out *o, const struct sides *s, const struct range *h)
{
	size_t i = h->a, j = h->b;

	put(o, '@',
	    bytes_of(arena_printf(o->arena, "@@ -%s +%s @@\n", span(o->arena, h->a, h->a_end),
				  span(o->arena, h->b, h->b_end))));
	while (i < h->a_end || j < h->b_end)
		if (i < h->a_end && s->a.changed[i]) {
			put(o, '-', s->a.line[i++]);
		} else if (j < h->b_end && s->b.changed[j]) {
			put(o, '+', s->b.line[j++]);
		} else {
			put(o, ' ', s->a.line[i++]);
			j++;
		}
}

/* Changes whose contexts touch share a hunk. */
static struct range hunk_of(const struct sides *s, struct range *c)
{
	struct range first = *c, next = *c;

	while (next_change(s, &next) && next.a - c->a_end <= 2 * (size_t)DIFF_CONTEXT)
		*c = next;
	size_t before = first.a < DIFF_CONTEXT ? first.a : DIFF_CONTEXT;
	size_t left = s->a.count - c->a_end, after = left < DIFF_CONTEXT ? left : DIFF_CONTEXT;
	return (struct range){ first.a - before, c->a_end + after, first.b - before,
			       c->b_end + after };
}

struct diff diff_of(struct arena *a, struct bytes before, struct bytes after)
{
	ARENA scratch = { 0 };
	struct sides s = { lines_of(&scratch, before), lines_of(&scratch, after) };
	struct out o = { .arena = a };
	struct range c = { 0 };

	mark_changed(&scratch, &s);
	while (next_change(&s, &c)) {
		struct range h = hunk_of(&s, &c);
		put_hunk(&o, &s, &h);
	}
	return o.diff;
}

#define NO_NEWLINE "\n\\ No newline at end of file\n"

static bool is_ended(struct bytes text)
{
	return text.size && text.data[text.size - 1] == '\n';
}

struct bytes diff_text(struct arena *a, const struct diff *d)
{
	size_t size = 0;

	for (size_t i = 0; i < d->count; i++)
		size += 1 + d->line[i].text.size + strlen(NO_NEWLINE);
	char *out = arena_alloc(a, size + 1), *at = out;
	for (size_t i = 0; i < d->count; i++) {
		const struct diff_line *l = &d->line[i];
		if (l->mark != '@')
			*at++ = l->mark;
		at = mempcpy(at, l->text.data, l->text.size);
		if (!is_ended(l->text))
			at = mempcpy(at, NO_NEWLINE, strlen(NO_NEWLINE));
	}
	return (struct bytes){ out, (size_t)(at - out) };
}

/* SPDX-License-Identifier: MIT */
#include "sign/reading.h"

#include <string.h>

#include "sign/pattern.h"
#include "sign/search.h"

enum {
	ABOUT_LINES = 8,    /* a message of the driver has no more */
	BLOCK_BYTES = 4096, /* looked through at once for what may hide */
	WRAPPED_BYTES = 30, /* a line that was wrapped is longer */
};

struct reading *reading_new(struct arena *a, const struct book *b)
{
	struct reading *r = arena_alloc(a, sizeof(*r));
	r->book = b;
	r->arena = a;
	r->found = found_new(a, b->search);
	r->above.data = r->kept;
	r->said = arena_alloc(a, b->entry_count * sizeof(struct said *));
	return r;
}

/* The device that the line is about: it says so, or the line that began the message did. */
static void device_of(const struct reading *r, const struct line *l, char ret[BDF_BYTES])
{
	if (bdf_in((struct bytes){ l->text, l->size }, ret))
		return;
	ret[0] = '\0';
	if (*r->about && r->lines - r->about_line < ABOUT_LINES)
		memcpy(ret, r->about, BDF_BYTES);
}

/* The one kept for that device; past DEVICES_MAX all others are one. */
static struct said *said_about(struct reading *r, size_t entry, const char *bdf)
{
	struct said *s = r->said[entry], *last = NULL;
	size_t n = 0;

	for (; s; last = s, s = (struct said *)s->next, n++)
		if (strcmp(s->bdf, bdf) == 0 || n + 1 == DEVICES_MAX)
			return s;
	s = arena_alloc(r->arena, sizeof(*s));
	memcpy(s->bdf, bdf, BDF_BYTES);
	if (last)
		last->next = s;
	else
		r->said[entry] = s;
	return s;
}

static struct said *say(struct reading *r, size_t entry, const struct line *l)
{
	size_t owner = r->book->entry[entry].owner;
	char bdf[BDF_BYTES];

	if (r->entry_count < HEARD_MAX)
		r->entry[r->entry_count++] = entry;
	device_of(r, l, bdf);
	struct said *s = said_about(r, entry, bdf);
	if (s->count && s->last_line == r->lines)
		return s;
	if (owner == r->book->boot)
		r->boot++;
	if (owner == r->book->about) {
		memcpy(r->about, bdf, BDF_BYTES);
		r->about_line = r->lines;
	}
	if (s->count++ == 0) {
		const char *text =
		    str_clean(r->arena, l->text + l->message, l->size - l->message, SAID_MAX_BYTES);
		strncpy(s->line, text, SAID_MAX_BYTES);
		s->first_line = r->lines;
		s->clock = l->clock;
		s->usec = l->usec;
		s->boot = r->boot;
		r->new_sign = true;
	}
	s->last_line = r->lines;
	s->last_boot = r->boot;
	return s;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number at s, and where it ends. */
static uint64_t number(const char **s)
{
	uint64_t v = 0;
	for (; is_digit(**s) && v < 1000000; (*s)++)
		v = v * 10 + (uint64_t)(**s - '0');
	return v;
}

/* "Xid (PCI:0000:22:00): 79, ...", before 2016 without "PCI:"; people write "Xid 79" too. */
static void count_xid(struct reading *r, const struct line *l)
{
	for (const char *at = l->text; (at = strcasestr(at, "Xid")); at++) {
		const char *n = at + strspn(at, "XxIiDd :#");
		if (*n == '(') {
			n = strstr(n, "): ");
			n = n ? n + 3 : "";
		}
		if (!is_digit(*n))
			continue;
		uint64_t code = number(&n);
		size_t entry = book_xid(r->book, code);
		if (entry == r->book->entry_count)
			return;
		struct said *s = say(r, entry, l);
		s->xid = s->xid ? s->xid : code;
		return;
	}
}

static void say_layers(struct reading *r, const struct line *l, uint64_t done, uint64_t all)
{
	size_t mark = done == 0 ? LAYERS_NONE : done < all ? LAYERS_SPLIT : LAYERS_ALL;
	if (all > 0)
		say(r, r->book->mark_entry + mark, l);
}

/* The number behind that key; false: it has none. */
static bool number_after(const struct line *l, const char *key, uint64_t *ret)
{
	const char *at = strstr(l->text, key);
	if (!at || !is_digit(at[strlen(key)]))
		return false;
	at += strlen(key);
	*ret = number(&at);
	return true;
}

/* "offloaded 12/29 layers to GPU"; "layers.model=29 layers.offload=12" */
static void count_layers(struct reading *r, const struct line *l)
{
	uint64_t done, all;
	const char *at = strstr(l->text, "offloaded ");

	if (number_after(l, "layers.model=", &all) && number_after(l, "layers.offload=", &done))
		say_layers(r, l, done, all);
	if (!at || !number_after(l, "offloaded ", &done))
		return;
	at += strlen("offloaded ");
	number(&at);
	if (*at++ == '/' && is_digit(*at))
		say_layers(r, l, done, number(&at));
}

static bool matches(const struct reading *r, size_t entry, const struct line *l)
{
	return pattern_matches(r->book->entry[entry].pattern, (struct bytes){ l->text, l->size },
			       l->message);
}

static bool is_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static struct bytes trimmed(struct bytes b)
{
	while (b.size && is_of(*b.data, " \t\r"))
		b = (struct bytes){ b.data + 1, b.size - 1 };
	while (b.size && is_of(b.data[b.size - 1], " \t\r"))
		b.size--;
	return b;
}

/* A member after one that no comma ended, or an end after a comma: a file that no JSON reader
 * takes. */
static void count_json(struct reading *r, struct bytes raw)
{
	struct bytes above = trimmed(r->above), line = trimmed(raw);

	if (!above.size || !line.size || !is_of(*above.data, "}]\""))
		return;
	char last = above.data[above.size - 1];
	bool is_member = *line.data == '"' && bytes_have(line, "\":");
	if ((is_member && is_of(last, "}]\"")) || (is_of(*line.data, "}]") && last == ','))
		say(r, r->book->mark_entry + JSON_BROKEN, &r->line);
}

/* What a line gives away, whose words were found. */
static void try_line(struct reading *r)
{
	bool has_number = false;

	for (size_t i = 0; i < r->found->count; i++)
		if (r->found->number[i] >= r->book->xid_entry)
			has_number = true;
		else if (matches(r, r->found->number[i], &r->line))
			say(r, r->found->number[i], &r->line);
	if (has_number) {
		count_xid(r, &r->line);
		count_layers(r, &r->line);
	}
	if (r->hear && r->found->count)
		r->hear(r->with, &(struct heard){ &r->line, r->entry, r->entry_count });
}

static struct bytes text_of(const struct line *l)
{
	return (struct bytes){ l->text, l->size };
}

/* r->joined: the line above and r->line as one; false: they are two. */
static bool join_above(struct reading *r)
{
	struct line *j = &r->joined;
	size_t n = r->line.size - r->line.message;

	if (!r->line.bare || r->above.size < WRAPPED_BYTES)
		return false;
	line_clean(j, r->above);
	if (j->size + 1 + n > LINE_MAX_BYTES)
		return false;
	j->text[j->size] = ' ';
	memcpy(j->text + j->size + 1, r->line.text + r->line.message, n + 1);
	j->size += 1 + n;
	return true;
}

/* What only the two lines together say. */
static void try_joined(struct reading *r)
{
	const struct line *j = &r->joined;
	size_t first = j->size - 1 - (r->line.size - r->line.message);

	search_in(r->book->search, text_of(j), r->found);
	for (size_t i = 0; i < r->found->count; i++) {
		size_t entry = r->found->number[i];
		if (entry < r->book->xid_entry && matches(r, entry, j) &&
		    !matches(r, entry, &r->line) &&
		    !pattern_matches(r->book->entry[entry].pattern,
				     (struct bytes){ j->text, first }, j->message))
			say(r, entry, j);
	}
}

static void read_line(struct reading *r, struct bytes raw, bool may_hide)
{
	bool is_paste = !r->is_log && r->lines < PASTE_LINES;
	bool is_clean = may_hide || is_paste;

	r->lines++;
	r->entry_count = 0;
	if (is_clean)
		line_clean(&r->line, raw);
	search_in(r->book->search, is_clean ? text_of(&r->line) : raw, r->found);
	if (r->found->count && !is_clean)
		line_clean(&r->line, raw);
	if (r->found->count)
		try_line(r);
	if (is_paste) {
		count_json(r, raw);
		if (join_above(r))
			try_joined(r);
	}
	r->above = raw;
}

/* The caller's text may be gone when the next is fed. */
static void keep_above(struct reading *r)
{
	if (r->above.size > sizeof(r->kept))
		r->above.size = 0;
	memcpy(r->kept, r->above.data, r->above.size);
	r->above.data = r->kept;
}

/* Takes whole lines of about that many bytes off *text. */
static struct bytes take_block(struct bytes *text)
{
	size_t n = text->size < BLOCK_BYTES ? text->size : BLOCK_BYTES;
	const char *end = memchr(text->data + n - 1, '\n', text->size - n + 1);
	struct bytes block = { text->data, end ? (size_t)(end - text->data) + 1 : text->size };

	*text = (struct bytes){ block.data + block.size, text->size - block.size };
	return block;
}

static void read_block(struct reading *r, struct bytes block)
{
	bool may_hide = line_may_hide(block);

	while (block.size) {
		const char *end = memchr(block.data, '\n', block.size);
		size_t n = end ? (size_t)(end - block.data) : block.size;
		read_line(r, (struct bytes){ block.data, n }, may_hide);
		n += end != NULL;
		block = (struct bytes){ block.data + n, block.size - n };
	}
}

void reading_feed(struct reading *r, struct bytes text)
{
	while (text.size)
		read_block(r, take_block(&text));
	keep_above(r);
}

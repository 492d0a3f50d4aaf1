/* SPDX-License-Identifier: MIT */
/* As lib/cmdline.c of the kernel reads: next_arg(). */
#include "format/cmdline-edit.h"

#include <string.h>

#include "format/cmdline-splice.h"

#define BLANKS " \t\n\r\v\f"

struct word {
	size_t at, size;
	const char *plain; /* without its quotes */
	const char *put;   /* what shall stand there; NULL: what does */
	bool is_gone, is_open;
	bool is_first; /* no word stays in its line before it */
};

struct words {
	struct arena *arena;
	struct bytes line;
	struct word *word;
	size_t count; /* of the kernel's words */
	size_t tail;  /* where init's begin: at "--", or past the end */
	struct names fresh;
	size_t fresh_room;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool parts_words(char c)
{
	return c && strchr(BLANKS, c);
}

static bool take_word(struct bytes line, size_t *pos, struct word *ret)
{
	bool is_quoted = false;

	while (*pos < line.size && parts_words(line.data[*pos]))
		(*pos)++;
	ret->at = *pos;
	for (; *pos < line.size && (is_quoted || !parts_words(line.data[*pos])); (*pos)++)
		is_quoted ^= line.data[*pos] == '"';
	ret->size = *pos - ret->at;
	ret->is_open = is_quoted;
	return ret->size > 0;
}

static const char *plain_text(struct arena *a, const char *s, size_t size)
{
	char *out = arena_alloc(a, size + 1);
	size_t n = 0;

	for (size_t i = 0; i < size; i++)
		if (s[i] != '"')
			out[n++] = s[i];
	return out;
}

static struct words split(struct arena *a, struct bytes line)
{
	struct words w = { .arena = a, .line = line, .tail = line.size };
	struct word found = { 0 };
	size_t count = 0;

	for (size_t pos = 0; take_word(line, &pos, &found);)
		count++;
	w.word = arena_alloc(a, (count + 1) * sizeof(*w.word));
	for (size_t pos = 0; take_word(line, &pos, &found);) {
		found.plain = plain_text(a, line.data + found.at, found.size);
		if (str_eq(found.plain, "--")) {
			w.tail = found.at;
			break;
		}
		w.word[w.count++] = found;
	}
	return w;
}

static char dash(char c)
{
	return c == '-' ? '_' : c;
}

/* What follows the name that two parameters share, from their '=' on; NULL: they share none. */
static const char *after_same_name(const char *p, const char *other)
{
	while (*p && *p != '=' && dash(*p) == dash(*other)) {
		p++;
		other++;
	}
	return (!*p || *p == '=') && (!*other || *other == '=') ? p : NULL;
}

static bool same(const char *p, const char *other)
{
	const char *value = after_same_name(p, other);

	return value && str_eq(value, other + strcspn(other, "="));
}

/* "name" drops all of that name, "name=value" this very word. */
static void drop(struct words *w, const char *what)
{
	bool is_all = !strchr(what, '=');

	for (size_t i = 0; i < w->count; i++)
		if (is_all ? after_same_name(w->word[i].plain, what) != NULL
			   : same(w->word[i].plain, what))
			w->word[i].is_gone = true;
}

static bool is_added(const struct words *w, const char *plain)
{
	for (size_t i = 0; i < w->fresh.count; i++)
		if (same(plain_text(w->arena, w->fresh.name[i], strlen(w->fresh.name[i])), plain))
			return true;
	return false;
}

/* The word so that a blank in it does not end it; one with quotes has them where they belong. */
static const char *quoted(struct arena *a, const char *word)
{
	size_t name = strcspn(word, "=");

	if (strchr(word, '"') || !strpbrk(word, BLANKS))
		return word;
	if (strcspn(word, BLANKS) < name || !word[name])
		return arena_printf(a, "\"%s\"", word);
	return arena_printf(a, "%.*s=\"%s\"", (int)name, word, word + name + 1);
}

static void add(struct words *w, const char *what)
{
	const char *plain = plain_text(w->arena, what, strlen(what));

	for (size_t i = 0; i < w->count; i++)
		if (!w->word[i].is_gone && same(w->word[i].plain, plain))
			return;
	if (*plain && !is_added(w, plain))
		names_add(w->arena, &w->fresh, &w->fresh_room, quoted(w->arena, what));
}

/* Its value replaced; the name stays as it is spelt, unless quotes stand in or before it. */
static const char *with_value(const struct words *w, const struct word *old, const char *what)
{
	const char *text = w->line.data + old->at,
		   *plain = plain_text(w->arena, what, strlen(what));
	size_t name = 0, plain_name = strcspn(old->plain, "=");

	while (name < old->size && text[name] != '=' && text[name] != '"')
		name++;
	if (name == old->size || text[name] == '=') {
		const char *word = quoted(w->arena, what);
		return arena_printf(w->arena, "%.*s%s", (int)name, text, word + strcspn(word, "="));
	}
	return quoted(w->arena, arena_printf(w->arena, "%.*s%s", (int)plain_name, old->plain,
					     plain + strcspn(plain, "=")));
}

static void set(struct words *w, const char *what)
{
	const char *plain = plain_text(w->arena, what, strlen(what));
	struct word *last = NULL;

	for (size_t i = 0; i < w->count; i++)
		if (!w->word[i].is_gone && after_same_name(w->word[i].plain, plain))
			last = &w->word[i];
	if (!last) {
		add(w, what);
	} else if (!same(last->plain, plain)) {
		last->put = with_value(w, last, what);
		last->plain = plain_text(w->arena, last->put, strlen(last->put));
	}
}

/* Which words are the first to stay in their line. */
static void find_first(struct words *w)
{
	bool is_first = true;

	for (size_t i = 0, end = 0; i < w->count; i++) {
		struct word *here = &w->word[i];
		if (memchr(w->line.data + end, '\n', here->at - end))
			is_first = true;
		here->is_first = is_first;
		is_first &= here->is_gone;
		end = here->at + here->size;
	}
}

/* With the blank before it where a word stays before it in its line, else with the one after it. */
static struct cmdline_splice taken_out(const struct words *w, const struct word *old)
{
	size_t end = old->at + old->size;
	bool is_after = end < w->line.size && is_blank(w->line.data[end]);

	if (!old->is_first && is_blank(w->line.data[old->at - 1]))
		return (struct cmdline_splice){ old->at - 1, old->size + 1, "" };
	return (struct cmdline_splice){ old->at, old->size + (old->is_first && is_after), "" };
}

/* Behind the last word, or before one that takes in all that follows, its quote being open. */
static struct cmdline_splice put_in(const struct words *w, size_t from, const char *between)
{
	const struct word *last = w->count ? &w->word[w->count - 1] : NULL;
	bool is_open = last && last->is_open && !last->is_gone && !last->put;
	size_t at = !last ? w->tail : is_open ? last->at : last->at + last->size;
	bool is_alone = !last || (last->is_first && (is_open || last->is_gone));
	bool is_line = strchr(between, '\n') != NULL;
	const char *put = "";

	at = at < from ? from : at;
	while (is_line && at < w->line.size && is_blank(w->line.data[at]))
		at++;
	bool is_parted = !is_line && at && parts_words(w->line.data[at - 1]);
	const char *before = is_alone || is_parted ? "" : between;
	for (size_t i = 0; i < w->fresh.count; i++)
		put = arena_printf(w->arena, "%s%s%s", put, i ? between : before, w->fresh.name[i]);
	bool is_glued = at < w->line.size && !parts_words(w->line.data[at]);
	return (struct cmdline_splice){ at, 0,
					is_glued ? arena_printf(w->arena, "%s ", put) : put };
}

struct cmdline_splices cmdline_splices(struct arena *a, struct bytes line,
				       const struct cmdline_change *c, const char *between)
{
	struct words w = split(a, line);
	struct cmdline_splices out = { 0 };
	size_t from = 0;

	for (size_t i = 0; i < c->drop.count; i++)
		drop(&w, c->drop.name[i]);
	for (size_t i = 0; i < c->set.count; i++)
		set(&w, c->set.name[i]);
	for (size_t i = 0; i < c->add.count; i++)
		add(&w, c->add.name[i]);

	find_first(&w);
	out.splice = arena_alloc(a, (w.count + 1) * sizeof(*out.splice));
	for (size_t i = 0; i < w.count; i++) {
		const struct word *old = &w.word[i];
		if (old->is_gone)
			out.splice[out.count++] = taken_out(&w, old);
		else if (old->put)
			out.splice[out.count++] =
			    (struct cmdline_splice){ old->at, old->size, old->put };
	}
	if (out.count)
		from = out.splice[out.count - 1].at + out.splice[out.count - 1].gone;
	if (w.fresh.count)
		out.splice[out.count++] = put_in(&w, from, between);
	return out;
}

struct bytes cmdline_spliced(struct arena *a, struct bytes text, const struct cmdline_splices *s)
{
	size_t size = text.size, n = 0, from = 0;

	for (size_t i = 0; i < s->count; i++)
		size += strlen(s->splice[i].put) - s->splice[i].gone;
	char *out = arena_alloc(a, size + 1);
	for (size_t i = 0; i < s->count; i++) {
		const struct cmdline_splice *here = &s->splice[i];
		size_t kept = here->at - from, put = strlen(here->put);
		memcpy(out + n, text.data + from, kept);
		memcpy(out + n + kept, here->put, put);
		n += kept + put;
		from = here->at + here->gone;
	}
	memcpy(out + n, text.data + from, text.size - from);
	return (struct bytes){ out, size };
}

struct bytes cmdline_changed(struct arena *a, struct bytes line, const struct cmdline_change *c)
{
	struct cmdline_splices s = cmdline_splices(a, line, c, " ");
	struct bytes out = cmdline_spliced(a, line, &s);
	bool is_same = out.size == line.size && memcmp(out.data, line.data, line.size) == 0;

	return is_same ? line : out;
}

const char *cmdline_fresh(struct arena *a, const struct cmdline_change *c)
{
	return cmdline_changed(a, bytes_of(""), c).data;
}

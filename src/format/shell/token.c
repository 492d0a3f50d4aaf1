/* SPDX-License-Identifier: MIT */
#include "format/shell/token.h"

#include <string.h>

#include "format/shell-word.h"

static void note_token(const struct edit *t, struct shell_tokens *k, struct shell_token new,
		       size_t *room)
{
	if (k->count == *room) {
		*room = *room ? 2 * *room : 16;
		struct shell_token *more = arena_alloc(t->arena, *room * sizeof(*more));
		if (k->count)
			memcpy(more, k->token, k->count * sizeof(*more));
		k->token = more;
	}
	k->token[k->count++] = new;
}

static void list_tokens(const struct edit *t, struct shell_tokens *k)
{
	struct shell s = { .arena = t->arena, .keeps_unknown = true };
	const char *text = str_ndup(t->arena, t->text.data, k->at + k->size);
	struct shell_piece piece = { t->file, t->text };
	struct shell_reader r = {
		.s = &s, .text = text, .at = text + k->at, .piece = &piece, .piece_count = 1
	};
	size_t room = 0;

	while (shell_skip_blanks(&r), *r.at) {
		size_t at = (size_t)(r.at - text);
		if (shell_is_meta(*r.at)) {
			r.at++;
			continue;
		}
		struct shell_word w = shell_read_word(&r);
		bool is_plain = !w.trouble && !w.has_braces && !w.has_variable;
		note_token(t, k,
			   (struct shell_token){ at, (size_t)(r.at - text) - at,
						 is_plain ? w.text : NULL },
			   &room);
	}
}

/* The size of what divides two words at `at` of a text in such quotes: a blank, or a line's end. */
static size_t gap(const char *at, const char *end, enum shell_quotes quotes)
{
	if (end - at > 1 && at[0] == '\\' && at[1] == '\n' && quotes == QUOTES_DOUBLE)
		return 2;
	return at < end && strchr(" \t\n", *at) ? 1 : 0;
}

static void text_tokens(const struct edit *t, struct shell_tokens *k)
{
	const char *text = t->text.data, *at = text + k->at, *end = at + k->size;
	size_t room = 0, n;

	while (at < end) {
		if ((n = gap(at, end, k->quotes))) {
			at += n;
			continue;
		}
		const char *from = at;
		while (at < end && !gap(at, end, k->quotes))
			at++;
		note_token(t, k,
			   (struct shell_token){ (size_t)(from - text), (size_t)(at - from),
						 str_ndup(t->arena, from, (size_t)(at - from)) },
			   &room);
	}
}

struct shell_tokens shell_tokens(const struct edit *t, const struct shell_assignment *a)
{
	struct shell_inside in = shell_inside(t, a);
	struct shell_tokens k = {
		.at = in.at, .size = in.size, .quotes = in.quotes, .is_list = a->is_list
	};

	if (a->is_list) {
		k.at = a->value + 1;
		k.size = a->value_size - 2;
		list_tokens(t, &k);
	} else {
		text_tokens(t, &k);
	}
	return k;
}

static bool is_blank_at(const struct edit *t, size_t at)
{
	return at < t->text.size && shell_is_blank(t->text.data[at]);
}

static char char_at(const struct edit *t, size_t at)
{
	return at < t->text.size ? t->text.data[at] : '\0';
}

/* Back over a line's end at `at`, with its blanks and the backslash of a continued line. */
static size_t before_line_end(const struct edit *t, size_t at)
{
	if (!at || t->text.data[at - 1] != '\\')
		return at;
	for (at--; at && is_blank_at(t, at - 1);)
		at--;
	return at;
}

/* Back over the blanks before `at`. */
static size_t before_blanks(const struct edit *t, size_t at)
{
	while (at && is_blank_at(t, at - 1))
		at--;
	return at;
}

static size_t after_blanks(const struct edit *t, size_t at)
{
	while (is_blank_at(t, at))
		at++;
	return at;
}

/*
 * What stands before a new word: what stands before the last one where that
 * begins a line, else a blank. *at is where it goes: behind the last word, and
 * behind its comment where the new one gets a line of its own.
 */
static const char *style(const struct edit *t, const struct shell_tokens *k, size_t *at)
{
	const struct shell_token *last = &k->token[k->count - 1];
	size_t begin = before_blanks(t, last->at), end = last->at + last->size;

	*at = end;
	if (begin <= k->at || t->text.data[begin - 1] != '\n')
		return " ";
	size_t from = k->quotes == QUOTES_SINGLE ? begin - 1 : before_line_end(t, begin - 1);
	if (from == begin - 1 && k->is_list) {
		end = after_blanks(t, end);
		if (char_at(t, end) == '#') {
			const char *feed = memchr(t->text.data + end, '\n', t->text.size - end);
			*at = feed ? (size_t)(feed - t->text.data) : *at;
		} else if (char_at(t, end) == '\\') {
			return " "; /* the next line is this one, too */
		}
	}
	if (from + 2 == begin)
		return " "; /* a backslash without a blank: the word itself goes on */
	return str_ndup(t->arena, t->text.data + (from < k->at ? k->at : from),
			last->at - (from < k->at ? k->at : from));
}

/* The same where there is no word yet: a list over several lines gets another one. */
static const char *empty_style(const struct edit *t, const struct shell_tokens *k, size_t *at)
{
	size_t feed = k->at + k->size;

	*at = k->at;
	while (feed > k->at && t->text.data[feed - 1] != '\n')
		feed--;
	if (feed == k->at || !k->is_list)
		return k->size ? " " : "";
	size_t line = *at = feed - 1;
	while (line > k->at && t->text.data[line - 1] != '\n')
		line--;
	size_t blanks = after_blanks(t, line) - line;
	bool is_own_line = line > k->at && char_at(t, line + blanks) == '#';
	return arena_printf(t->arena, "\n%s",
			    is_own_line ? str_ndup(t->arena, t->text.data + line, blanks) : "\t");
}

/* The word as the last one of the list is quoted, or as it has to be. */
static const char *quoted(const struct edit *t, const struct shell_tokens *k, const char *word)
{
	const struct shell_token *last = k->count ? &k->token[k->count - 1] : NULL;
	char mark = last ? t->text.data[last->at] : '\0';
	bool is_quoted = last && last->size > 1 && strchr("'\"", mark) && mark &&
			 t->text.data[last->at + last->size - 1] == mark;
	const char *bare = shell_inside_quotes(t->arena, QUOTES_NONE, word);

	if (bare && !is_quoted)
		return bare;
	mark = is_quoted && !(mark == '\'' && strchr(word, '\'')) ? mark : '"';
	return arena_printf(
	    t->arena, "%c%s%c", mark,
	    shell_inside_quotes(t->arena, mark == '"' ? QUOTES_DOUBLE : QUOTES_SINGLE, word), mark);
}

/* A text without quotes gets some. */
static bool add_to_bare(struct edit *t, const struct shell_assignment *a, const struct names *words)
{
	const char *all = str_ndup(t->arena, t->text.data + a->value, a->value_size);

	if (a->appends && !*all)
		all = " "; /* before it stands something else */
	for (size_t i = 0; i < words->count; i++)
		all = arena_printf(t->arena, "%s%s%s", all, !*all || str_eq(all, " ") ? "" : " ",
				   shell_inside_quotes(t->arena, QUOTES_DOUBLE, words->name[i]));
	edit_splice(t, a->value, a->value_size, arena_printf(t->arena, "\"%s\"", all));
	return true;
}

bool shell_tokens_add(struct edit *t, const struct shell_assignment *a, const struct names *words)
{
	struct shell_tokens k = shell_tokens(t, a);
	size_t at;

	if (!k.is_list && k.quotes == QUOTES_NONE)
		return add_to_bare(t, a, words);
	const char *put = "", *lead = k.count ? style(t, &k, &at) : empty_style(t, &k, &at);
	bool opens = !k.is_list && !k.size && a->appends; /* dracut.conf(5): blanks at both sides */
	for (size_t i = 0; i < words->count; i++) {
		const char *word = k.is_list
				       ? quoted(t, &k, words->name[i])
				       : shell_inside_quotes(t->arena, k.quotes, words->name[i]);
		if (!word)
			return false;
		put = arena_printf(t->arena, "%s%s%s", put, opens ? " " : lead, word);
		lead = *lead ? lead : " ";
	}
	edit_splice(t, at, 0, opens ? arena_printf(t->arena, "%s ", put) : put);
	return true;
}

/* A word of a list: with its line where it has one of its own, else with a blank beside it. */
static void remove_from_list(struct edit *t, const struct shell_tokens *k, size_t i)
{
	size_t at = k->token[i].at, end = at + k->token[i].size;
	size_t begin = before_blanks(t, at), behind = after_blanks(t, end);
	bool begins_line = begin > k->at && t->text.data[begin - 1] == '\n';
	bool begins_list = begin <= k->at, ends = strchr("\n)", char_at(t, behind)) != NULL;

	size_t from = begins_line ? before_line_end(t, begin - 1) : begin;

	if (begins_line && from + 1 < begin) {
		edit_splice(t, from, end - from, ""); /* the line's own backslash stays */
	} else if (begins_line && ends) {
		edit_splice(t, from, behind - from, "");
	} else if (begins_line || (begins_list && char_at(t, behind) != ')')) {
		edit_splice(t, at, behind - at, "");
	} else {
		edit_splice(t, begin, end - begin, "");
	}
}

/* A word of a text: with what stands before it, but with what follows where it is the first. */
static void remove_from_text(struct edit *t, const struct shell_tokens *k, size_t i)
{
	size_t at = k->token[i].at, end = at + k->token[i].size;

	if (i == 0 && k->count > 1)
		edit_splice(t, at, k->token[1].at - at, "");
	else if (i == 0)
		edit_splice(t, k->at, end - k->at, "");
	else
		edit_splice(t, k->token[i - 1].at + k->token[i - 1].size,
			    end - k->token[i - 1].at - k->token[i - 1].size, "");
}

/* The place of a word among those that are written out; count: none of them is there. */
static size_t find_token(const struct edit *t, const struct shell_tokens *k,
			 const struct names *words)
{
	for (size_t i = 0; i < k->count; i++)
		for (size_t n = 0; n < words->count && k->token[i].text; n++) {
			const char *word =
			    k->is_list ? words->name[n]
				       : shell_inside_quotes(t->arena, k->quotes, words->name[n]);
			if (str_eq(k->token[i].text, word))
				return i;
		}
	return k->count;
}

size_t shell_tokens_remove(struct edit *t, struct shell_assignment *a, const struct names *words)
{
	for (size_t removed = 0;; removed++) {
		struct shell_tokens k = shell_tokens(t, a);
		size_t i = find_token(t, &k, words), size = t->text.size;
		if (i == k.count)
			return removed;
		if (k.is_list)
			remove_from_list(t, &k, i);
		else
			remove_from_text(t, &k, i);
		a->value_size -= size - t->text.size;
	}
}

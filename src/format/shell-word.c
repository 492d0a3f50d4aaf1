/* SPDX-License-Identifier: MIT */
#include "format/shell-word.h"

#include <string.h>

const char *shell_where(const struct shell_reader *r, const char *at)
{
	size_t offset = (size_t)(at - r->text), line = 1, n = 0;

	while (n + 1 < r->piece_count && offset >= r->piece[n].text.size)
		offset -= r->piece[n++].text.size;
	for (const char *c = at - offset; c < at; c++)
		line += *c == '\n';
	return arena_printf(r->s->arena, "%s:%zu", r->piece[n].file, line);
}

const char *shell_trouble_at(const struct shell_reader *r, const char *at, const char *why)
{
	return arena_printf(r->s->arena, "%s: %s", shell_where(r, at), why);
}

/* Everything that was read, or will be, cannot be told. */
void shell_give_up(struct shell_reader *r, const char *at, const char *why)
{
	if (!r->s->trouble)
		r->s->trouble = shell_trouble_at(r, at, why);
	r->at += strlen(r->at);
}

struct shell_variable *shell_find(const struct shell *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (str_eq(s->variable[i].name, name))
			return &s->variable[i];
	return NULL;
}

static bool is_name_char(char c, bool first)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (!first && c >= '0' && c <= '9');
}

size_t shell_name_size(const char *s)
{
	size_t n = 0;
	while (is_name_char(s[n], n == 0))
		n++;
	return n;
}

bool shell_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Ends an unquoted word. */
bool shell_is_meta(char c)
{
	return !c || shell_is_blank(c) || (strchr("\n;&|()<>", c) != NULL);
}

void shell_skip_blanks(struct shell_reader *r)
{
	for (;; r->at++) {
		if (r->at[0] == '\\' && r->at[1] == '\n')
			r->at++;
		else if (!shell_is_blank(*r->at))
			break;
	}
	if (*r->at == '#')
		r->at += strcspn(r->at, "\n");
}

static void put(struct shell_reader *r, struct shell_word *w, const char *s, size_t size)
{
	if (w->size + size > SHELL_WORD_MAX) {
		w->trouble = shell_trouble_at(r, r->at, "longer than is read");
		return;
	}
	memcpy(w->text + w->size, s, size);
	w->size += size;
}

static void put_variable(struct shell_reader *r, struct shell_word *w, const char *name)
{
	const struct shell_variable *v = shell_find(r->s, name);

	if (!v)
		w->trouble = shell_trouble_at(
		    r, r->at, arena_printf(r->s->arena, "$%s is not set in the file", name));
	else if (v->trouble)
		w->trouble = v->trouble;
	else if (v->word.count)
		put(r, w, v->word.name[0], strlen(v->word.name[0]));
}

/* At a '$'. */
static void expand(struct shell_reader *r, struct shell_word *w)
{
	const char *name = r->at + 1 + (r->at[1] == '{');
	size_t n = shell_name_size(name);
	const char *end = name + n, *id = str_ndup(r->s->arena, name, n);

	if (n && r->at[1] != '{') {
		put_variable(r, w, id);
		r->at = end;
	} else if (n && *end == '}') {
		put_variable(r, w, id);
		r->at = end + 1;
	} else if (n && strncmp(end, "[@]}", 4) == 0 && !w->size) {
		w->list = shell_find(r->s, id);
		w->trouble = w->list ? w->list->trouble : NULL;
		r->at = end + 4;
	} else if (strchr("({'\"", r->at[1]) && r->at[1]) {
		w->trouble = shell_trouble_at(r, r->at, "needs a shell to be told");
		r->at++;
	} else {
		put(r, w, r->at++, 1);
	}
}

/* Over a command substitution, without telling what it would print. At its '(' or '`'. */
static void skip_substitution(struct shell_reader *r, struct shell_word *w)
{
	size_t depth = 0;
	const char *since = r->at;

	w->trouble = shell_trouble_at(r, r->at, "needs a shell to be told");
	if (*r->at == '`') {
		const char *end = strchr(r->at + 1, '`');
		r->at = end ? end + 1 : r->at + strlen(r->at);
		return;
	}
	for (; *r->at; r->at++) {
		const char *quoted = strchr("'\"", *r->at) ? strchr(r->at + 1, *r->at) : NULL;
		if (*r->at == '\\' && r->at[1])
			r->at++;
		else if (quoted)
			r->at = quoted;
		depth += *r->at == '(';
		depth -= *r->at == ')';
		if (depth == 0)
			break;
	}
	if (!*r->at)
		shell_give_up(r, since, "a bracket is not closed");
	else
		r->at++;
}

/* What stands after a '"', up to and over the closing one. */
static void double_quoted(struct shell_reader *r, struct shell_word *w)
{
	const char *since = r->at++;

	while (*r->at && *r->at != '"') {
		if (r->at[0] == '\\' && r->at[1] == '\n') {
			r->at += 2;
		} else if (r->at[0] == '\\' && r->at[1] && strchr("$`\"\\", r->at[1])) {
			put(r, w, r->at + 1, 1);
			r->at += 2;
		} else if (*r->at == '`' || strncmp(r->at, "$(", 2) == 0) {
			r->at += *r->at == '$';
			skip_substitution(r, w);
		} else if (*r->at == '$') {
			expand(r, w);
		} else {
			put(r, w, r->at++, 1);
		}
	}
	if (!*r->at)
		shell_give_up(r, since, "a quote is not closed");
	else
		r->at++;
}

static void single_quoted(struct shell_reader *r, struct shell_word *w)
{
	const char *end = strchr(r->at + 1, '\'');

	if (!end) {
		shell_give_up(r, r->at, "a quote is not closed");
		return;
	}
	put(r, w, r->at + 1, (size_t)(end - r->at - 1));
	r->at = end + 1;
}

/* One word, from where the reader is to the next unquoted blank or operator. */
struct shell_word shell_read_word(struct shell_reader *r)
{
	char text[SHELL_WORD_MAX];
	struct shell_word w = { .text = text };

	while (!shell_is_meta(*r->at)) {
		if (*r->at == '"') {
			double_quoted(r, &w);
		} else if (*r->at == '\'') {
			single_quoted(r, &w);
		} else if (*r->at == '`' || strncmp(r->at, "$(", 2) == 0) {
			r->at += *r->at == '$';
			skip_substitution(r, &w);
		} else if (*r->at == '$') {
			size_t since = w.size;
			expand(r, &w);
			w.has_blanks |= memchr(text + since, ' ', w.size - since) != NULL;
		} else if (*r->at == '\\') {
			if (r->at[1] && r->at[1] != '\n')
				put(r, &w, r->at + 1, 1);
			r->at += r->at[1] ? 2 : 1;
		} else {
			w.has_braces |= *r->at == '{';
			put(r, &w, r->at++, 1);
		}
	}
	if (w.list && w.size)
		w.trouble = shell_trouble_at(r, r->at, "a list inside of a word");
	w.text = str_ndup(r->s->arena, text, w.size);
	return w;
}

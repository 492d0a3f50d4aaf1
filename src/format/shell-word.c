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

/* What only a shell could tell, as it is written; trouble unless that is asked for. */
static void put_unknown(struct shell_reader *r, struct shell_word *w, const char *from,
			const char *why)
{
	if (r->s->keeps_unknown)
		put(r, w, from, (size_t)(r->at - from));
	else
		w->trouble = shell_trouble_at(r, from, why);
}

/* `id` of the text from `from` to where the reader is. */
static void put_variable(struct shell_reader *r, struct shell_word *w, const char *id,
			 const char *from)
{
	const struct shell_variable *v = shell_find(r->s, id);

	w->has_variable = true;
	if (!v) {
		w->is_open |= !str_eq(id, r->name); /* NAME="$NAME x" is NAME+=" x" */
		put_unknown(r, w, from,
			    arena_printf(r->s->arena, "$%s is not set in the file", id));
		return;
	}
	w->is_open |= v->is_open;
	if (v->trouble)
		w->trouble = v->trouble;
	else if (v->word.count)
		put(r, w, v->word.name[0], strlen(v->word.name[0]));
}

/* ${NAME[@]} */
static void put_list(struct shell_reader *r, struct shell_word *w, const char *id, const char *from)
{
	if (!shell_find(r->s, id)) {
		put_variable(r, w, id, from);
		return;
	}
	if (w->list)
		w->trouble = shell_trouble_at(r, from, "a list inside of a word");
	w->list = shell_find(r->s, id);
	if (w->list->trouble)
		w->trouble = w->list->trouble;
	w->has_variable = true;
	w->is_open |= w->list->is_open;
}

/* ${NAME:-x} and the like, $1, $?; what is more than that is trouble at all times. */
static void put_special(struct shell_reader *r, struct shell_word *w)
{
	const char *from = r->at++;
	size_t n = *r->at == '{' ? strcspn(r->at, "}\"'`\\\n") : 0;

	w->is_open = w->has_variable = true;
	if (r->at[n] == '}' && !memchr(r->at + 1, '{', n)) {
		r->at += n + 1;
		put_unknown(r, w, from, "needs a shell to be told");
	} else if (!strchr("{'\"[", *r->at)) {
		r->at++;
		put_unknown(r, w, from, "needs a shell to be told");
	} else {
		w->trouble = shell_trouble_at(r, from, "needs a shell to be told");
	}
}

/* At a '$'. */
static void expand(struct shell_reader *r, struct shell_word *w)
{
	const char *from = r->at, *name = from + 1 + (from[1] == '{');
	size_t n = shell_name_size(name);
	const char *end = name + n, *id = str_ndup(r->s->arena, name, n);

	if (n && from[1] != '{') {
		r->at = end;
		put_variable(r, w, id, from);
	} else if (n && *end == '}') {
		r->at = end + 1;
		put_variable(r, w, id, from);
	} else if (n && strncmp(end, "[@]}", 4) == 0 && !w->size) {
		r->at = end + 4;
		put_list(r, w, id, from);
	} else if (from[1] && strchr("{'\"[0123456789?!#*@-$", from[1])) {
		put_special(r, w);
	} else {
		put(r, w, r->at++, 1);
	}
}

/* The end of a "(...)" or "`...`" that begins at `at`, behind its last mark; NULL: there is none.
 */
static const char *end_of_substitution(const char *at)
{
	size_t depth = 0;

	if (*at == '`') {
		const char *end = strchr(at + 1, '`');
		return end ? end + 1 : at + strlen(at);
	}
	for (; *at; at++) {
		const char *quoted = strchr("'\"", *at) ? strchr(at + 1, *at) : NULL;
		if (*at == '\\' && at[1])
			at++;
		else if (quoted)
			at = quoted;
		depth += *at == '(';
		depth -= *at == ')';
		if (depth == 0)
			return at + 1;
	}
	return NULL;
}

/* Over a command substitution, without telling what it would print. At its '$' or '`'. */
static void substitution(struct shell_reader *r, struct shell_word *w)
{
	const char *from = r->at, *end = end_of_substitution(from + (*from == '$'));

	if (!end) {
		shell_give_up(r, from, "a bracket is not closed");
		return;
	}
	r->at = end;
	w->is_open = w->has_variable = true;
	put_unknown(r, w, from, "needs a shell to be told");
}

static bool at_substitution(const char *at)
{
	return *at == '`' || strncmp(at, "$(", 2) == 0;
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
		} else if (at_substitution(r->at)) {
			substitution(r, w);
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

/* Where it stands in a list its value is split, and filled in with the names of files. */
static void unquoted_variable(struct shell_reader *r, struct shell_word *w)
{
	size_t since = w->size;
	const char *from = r->at;

	expand(r, w);
	size_t n = w->size - since;
	if (n == (size_t)(r->at - from) && memcmp(w->text + since, from, n) == 0)
		return; /* as it is written */
	for (size_t i = since; i < w->size; i++)
		w->has_blanks |= strchr(" \t\n*?[", w->text[i]) != NULL;
}

/* One word, from where the reader is to the next unquoted blank or operator. */
struct shell_word shell_read_word(struct shell_reader *r)
{
	char text[SHELL_WORD_MAX];
	struct shell_word w = { .text = text };

	while (!shell_is_meta(*r->at)) {
		w.has_quotes |= strchr("\"'\\", *r->at) != NULL;
		if (*r->at == '"') {
			double_quoted(r, &w);
		} else if (*r->at == '\'') {
			single_quoted(r, &w);
		} else if (at_substitution(r->at)) {
			substitution(r, &w);
		} else if (*r->at == '$') {
			unquoted_variable(r, &w);
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

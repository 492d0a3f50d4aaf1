/* SPDX-License-Identifier: MIT */
#include "format/shell/place.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "format/shell-word.h"

#define CRLF "the line ends with CR LF, which a shell takes into the value: sed -i 's/\\r$//' %s"

static struct shell read_text(const struct edit *t)
{
	struct shell s = { .arena = t->arena, .keeps_unknown = true };

	shell_read(&s, &(struct shell_piece){ t->file, t->text }, 1);
	return s;
}

/* A line that ends with CR LF, unless a comment is all that it holds. */
static int refuse_crlf(const struct edit *t, struct err *e)
{
	struct bytes rest = t->text, line;

	for (const char *at = rest.data; bytes_line(&rest, &line); at = rest.data) {
		size_t blanks = 0;
		while (blanks < line.size && shell_is_blank(line.data[blanks]))
			blanks++;
		const char *end = line.data + line.size;
		if (end < t->text.data + t->text.size && *end == '\r' &&
		    (blanks == line.size || line.data[blanks] != '#'))
			return edit_refuse(t, (size_t)(at - t->text.data), e, CRLF, t->file);
	}
	return 0;
}

/* "NAME", or "NAME[KEY]". */
static bool is_name(const char *name)
{
	size_t n = shell_name_size(name);
	return n && (!name[n] || (name[n] == '[' && str_ends(name, "]")));
}

static bool is_in_name(char c)
{
	return (c >= '0' && c <= '9') || shell_name_size((const char[]){ c, '\0' });
}

/* Whether the value stands on what the variable was before. */
static bool goes_on(const struct edit *t, const struct shell_assignment *a)
{
	const char *text = t->text.data + a->value, *end = text + a->value_size;
	size_t n = strlen(a->name);

	if (a->appends)
		return true;
	for (; text < end && (text = memchr(text, '$', (size_t)(end - text))); text++) {
		const char *at = text + 1 + (text + 1 < end && text[1] == '{');
		if ((size_t)(end - at) >= n && memcmp(at, a->name, n) == 0 &&
		    (at + n == end || !is_in_name(at[n])))
			return true;
	}
	return false;
}

static void find_assignments(struct shell_place *p)
{
	const struct shell *s = &p->shell;

	p->set = arena_alloc(p->t->arena, (s->assignment_count + 1) * sizeof(*p->set));
	for (size_t i = 0; i < s->assignment_count; i++) {
		if (!str_eq(s->assignment[i].name, p->name))
			continue;
		if (!goes_on(p->t, &s->assignment[i]))
			p->count = 0;
		p->set[p->count++] = s->assignment[i];
	}
	p->v = p->count ? shell_find(s, p->name) : NULL;
}

static int look(struct shell_place *p, struct edit *t, const char *name, struct err *e)
{
	*p = (struct shell_place){ .t = t, .name = name };
	int r = edit_check(t, e);
	if (r < 0)
		return r;
	if (!is_name(name))
		return edit_refuse(t, 0, e, "'%s' is not the name of a variable", name);
	r = refuse_crlf(t, e);
	if (r < 0)
		return r;
	p->shell = read_text(t);
	if (p->shell.trouble)
		return err_set(e, -EINVAL, "%s", p->shell.trouble);
	find_assignments(p);
	return 0;
}

int shell_place_find(struct shell_place *p, struct edit *t, const char *name, struct err *e)
{
	int r = look(p, t, name, e);

	if (r == 0 && shell_trouble(&p->shell, name))
		return err_set(e, -EINVAL, "%s", shell_trouble(&p->shell, name));
	return r;
}

int shell_place_find_last(struct shell_place *p, struct edit *t, const char *name, struct err *e)
{
	int r = look(p, t, name, e);

	if (r == 0 &&
	    (p->count ? !p->set[p->count - 1].is_certain : shell_trouble(&p->shell, name) != NULL))
		return err_set(e, -EINVAL, "%s", shell_trouble(&p->shell, name));
	return r;
}

int shell_place_refuse(const struct shell_place *p, struct err *e, const char *fmt, ...)
{
	char what[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return edit_refuse(p->t, p->count ? p->set[p->count - 1].at : 0, e, "%s", what);
}

/* The size of a quoted text that begins behind `from`, up to its closing mark; `end` without it. */
static const char *closing(const char *from, const char *end, char mark)
{
	while (from < end && *from != mark)
		from += *from == '\\' && mark == '"' && from + 1 < end ? 2 : 1;
	return from;
}

struct shell_inside shell_inside(const struct edit *t, const struct shell_assignment *a)
{
	const char *text = t->text.data + a->value, *end = text + a->value_size;
	bool is_quoted = a->value_size > 1 && strchr("'\"", *text) != NULL;

	if (is_quoted && closing(text + 1, end, *text) == end - 1)
		return (struct shell_inside){ *text == '"' ? QUOTES_DOUBLE : QUOTES_SINGLE,
					      a->value + 1, a->value_size - 2 };
	for (const char *c = text; c < end; c++)
		if (strchr("'\"\\", *c))
			return (struct shell_inside){ QUOTES_MIXED, a->value, a->value_size };
	return (struct shell_inside){ QUOTES_NONE, a->value, a->value_size };
}

const char *shell_inside_quotes(struct arena *a, enum shell_quotes quotes, const char *text)
{
	char *out = arena_alloc(a, 2 * strlen(text) + 1), *end = out;
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_-./:@%+,=";

	if ((quotes == QUOTES_SINGLE && strchr(text, '\'')) || quotes == QUOTES_MIXED ||
	    (quotes == QUOTES_NONE && text[strspn(text, safe)]))
		return NULL;
	for (; *text; *end++ = *text++)
		if (quotes == QUOTES_DOUBLE && strchr("$`\"\\", *text))
			*end++ = '\\';
	return out;
}

bool shell_is_one_word(const char *word)
{
	for (const char *c = word; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return false;
	return *word != '\0';
}

struct names shell_words(struct arena *a, const struct shell_variable *v)
{
	if (!v || v->is_list)
		return v ? v->word : (struct names){ 0 };
	const char *text = v->word.count ? v->word.name[0] : "";
	return str_split(a, text, " \t\n", strlen(text) / 2 + 1);
}

static bool same_words(const struct names *a, const struct names *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (!str_eq(a->name[i], b->name[i]))
			return false;
	return a->count == b->count;
}

static bool same_variable(const struct shell_variable *a, const struct shell_variable *b)
{
	return b && a->is_list == b->is_list && a->is_open == b->is_open &&
	       !a->trouble == !b->trouble && same_words(&a->word, &b->word);
}

/* The list itself where the variable is an element of it. */
static bool is_list_of(const char *name, const char *element)
{
	size_t n = strlen(name);
	return strncmp(element, name, n) == 0 && element[n] == '[';
}

/* A variable of the one reading that is another in the other; NULL: there is none. */
static const char *changed(const struct shell_place *p, const struct shell *a,
			   const struct shell *b)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct shell_variable *v = &a->variable[i], *w = shell_find(b, v->name);
		if (str_eq(v->name, p->name) || (!w && is_list_of(v->name, p->name)))
			continue;
		if (!same_variable(v, w))
			return v->name;
	}
	return NULL;
}

/* The next assignment of another variable than the one at hand; NULL: there is none. */
static const struct shell_assignment *next_other(const struct shell_place *p, const struct shell *s,
						 size_t *i)
{
	while (*i < s->assignment_count && str_eq(s->assignment[*i].name, p->name))
		++*i;
	return *i < s->assignment_count ? &s->assignment[(*i)++] : NULL;
}

/* All that is set besides the variable is set as it was, in the same words and order. */
static bool same_others(const struct shell_place *p, const struct edit *new, const struct shell *s)
{
	size_t i = 0, n = 0;

	for (;;) {
		const struct shell_assignment *a = next_other(p, &p->shell, &i);
		const struct shell_assignment *b = next_other(p, s, &n);
		if (!a || !b)
			return !a && !b;
		if (!str_eq(a->name, b->name) || a->appends != b->appends ||
		    a->is_certain != b->is_certain || a->value_size != b->value_size ||
		    memcmp(p->t->text.data + a->value, new->text.data + b->value, a->value_size) !=
			0)
			return false;
	}
}

static bool is_wanted(const struct shell_place *p, const struct shell *s,
		      const struct shell_want *want)
{
	const struct shell_variable *v = shell_variable(s, p->name);
	struct names word = { 0 };

	if (!v || (p->v && p->v->is_list != v->is_list))
		return false;
	word = want->as_words ? shell_words(s->arena, v) : v->word;
	return same_words(&word, &want->word);
}

int shell_place_take(struct shell_place *p, const struct edit *new, const struct shell_want *want,
		     struct err *e)
{
	int r = edit_check(new, e);
	if (r < 0)
		return r;
	struct shell s = read_text(new);
	if (s.trouble)
		return shell_place_refuse(p, e, "%s cannot be changed safely here", p->name);
	const char *other = changed(p, &p->shell, &s);
	other = other ? other : changed(p, &s, &p->shell);
	if (other)
		return shell_place_refuse(p, e, "%s is built from %s, and would change with it",
					  other, p->name);
	if (!same_others(p, new, &s) || !is_wanted(p, &s, want))
		return shell_place_refuse(p, e, "%s cannot be changed safely here", p->name);
	p->t->text = new->text;
	return 1;
}

/* The offset behind the last line "# NAME=" or "#NAME+="; 0: there is none. */
static size_t behind_example(const struct shell_place *p)
{
	struct bytes rest = p->t->text, line;
	size_t n = strlen(p->name), found = 0;

	while (bytes_line(&rest, &line)) {
		size_t i = 0;
		while (i < line.size && strchr("# \t", line.data[i]))
			i++;
		if (!i || !memchr(line.data, '#', i) || line.size - i <= n ||
		    memcmp(line.data + i, p->name, n) != 0)
			continue;
		i += n + (line.data[i + n] == '+');
		if (i < line.size && line.data[i] == '=')
			found = (size_t)(rest.data - p->t->text.data);
	}
	return found;
}

int shell_place_add_line(struct shell_place *p, const char *line, const struct shell_want *want,
			 struct err *e)
{
	struct edit new = *p->t;
	size_t at = behind_example(p);

	if (!str_eq(edit_line_end(p->t), "\n"))
		return edit_refuse(p->t, 0, e, CRLF, p->t->file);
	if (at && at < new.text.size) {
		edit_splice(&new, at, 0, arena_printf(new.arena, "%s\n", line));
		if (shell_place_take(p, &new, want, NULL) == 1)
			return 1;
		new = *p->t; /* the example may stand inside of something */
	}
	edit_append_line(&new, line);
	return shell_place_take(p, &new, want, e);
}

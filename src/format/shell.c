/* SPDX-License-Identifier: MIT */
#include "format/shell.h"

#include <string.h>

#include "format/shell-word.h"

static struct shell_variable *find_or_add(struct shell_reader *r, const char *name)
{
	struct shell *s = r->s;
	struct shell_variable *v = shell_find(s, name);

	if (v || s->count == SHELL_VARIABLES_MAX)
		return v;
	s->variable[s->count] = (struct shell_variable){ .name = name };
	return &s->variable[s->count++];
}

static bool add_word(struct arena *a, struct names *list, const char *word)
{
	if (list->count == SHELL_LIST_MAX)
		return false;
	if (!list->name)
		list->name = arena_alloc(a, SHELL_LIST_MAX * sizeof(*list->name));
	list->name[list->count++] = word;
	return true;
}

/* "nvidia{,_uvm}" is "nvidia" and "nvidia_uvm"; nested braces are not told. */
static const char *add_braces(struct shell_reader *r, struct names *list,
			      const struct shell_word *w)
{
	struct arena *a = r->s->arena;
	const char *word = w->text, *open = strchr(word, '{'), *close = strchr(open, '}');

	if (!close || strchr(open + 1, '{') || !memchr(open, ',', (size_t)(close - open)) ||
	    w->has_quotes || w->has_variable)
		return shell_trouble_at(r, r->at, "braces that are not understood");
	for (const char *part = open + 1; part <= close;) {
		size_t n = strcspn(part, ",}");
		if (!add_word(a, list,
			      arena_printf(a, "%.*s%.*s%s", (int)(open - word), word, (int)n, part,
					   close + 1)))
			return shell_trouble_at(r, r->at, "a longer list than is read");
		part += n + 1;
	}
	return NULL;
}

/* A list in a list: as many words as it has, unless the shell would split them. */
static const char *add_list(struct shell_reader *r, struct names *list, const struct shell_word *w)
{
	for (size_t i = 0; i < w->list->word.count; i++) {
		const char *word = w->list->word.name[i];
		if (!w->has_quotes && (!*word || strpbrk(word, " \t\n*?[")))
			return shell_trouble_at(r, r->at, "a variable that is several words");
		if (!add_word(r->s->arena, list, word))
			return shell_trouble_at(r, r->at, "a longer list than is read");
	}
	return NULL;
}

/* Puts a word into the list; says why not, or NULL. */
static const char *add(struct shell_reader *r, struct names *list, const struct shell_word *w)
{
	if (w->trouble)
		return w->trouble;
	if (w->has_blanks)
		return shell_trouble_at(r, r->at, "a variable that is several words");
	if (w->has_braces)
		return add_braces(r, list, w);
	if (w->text[0] == '[')
		return shell_trouble_at(r, r->at, "a list with indices");
	if (w->list)
		return add_list(r, list, w);
	if (!w->size && w->has_variable && !w->has_quotes)
		return NULL; /* a variable with nothing in it is no word */
	if (!add_word(r->s->arena, list, w->text))
		return shell_trouble_at(r, r->at, "a longer list than is read");
	return NULL;
}

/* "(word word)" at its bracket, over several lines. Returns why it cannot be told, or NULL. */
static const char *read_list(struct shell_reader *r, struct names *list, bool *is_open)
{
	const char *since = r->at++, *why = NULL;

	while (shell_skip_blanks(r), *r->at && *r->at != ')') {
		if (*r->at == '\n') {
			r->at++;
			continue;
		}
		if (shell_is_meta(*r->at)) {
			shell_give_up(r, r->at, "an operator inside of a list");
			return NULL;
		}
		struct shell_word w = shell_read_word(r);
		const char *bad = add(r, list, &w);
		*is_open |= w.is_open;
		why = why ? why : bad;
	}
	if (!*r->at)
		shell_give_up(r, since, "a list is not closed");
	else if (!shell_is_meta(*++r->at))
		shell_give_up(r, r->at, "something is glued to the end of a list");
	return why;
}

/* What an assignment's right side says. */
struct value {
	bool is_list, appends, is_open;
	struct names word;
	const char *trouble;
};

static void append(struct shell_reader *r, struct shell_variable *v, const struct value *value)
{
	struct arena *a = r->s->arena;
	struct names joined = { 0 };

	for (size_t i = 0; i < v->word.count; i++)
		add_word(a, &joined, v->word.name[i]);
	for (size_t i = 0; i < value->word.count; i++) {
		const char *word = value->word.name[i];
		bool fits = true;
		if (value->is_list || !joined.count)
			fits = add_word(a, &joined, word);
		else if ((fits = strlen(joined.name[0]) + strlen(word) <= SHELL_WORD_MAX))
			joined.name[0] = arena_printf(a, "%s%s", joined.name[0], word);
		if (!fits && !v->trouble)
			v->trouble = shell_trouble_at(r, r->at, "longer than is read");
	}
	v->word = joined;
	v->is_list |= value->is_list;
}

/* NAME=(...) makes nothing of NAME[KEY]=..., and that makes something else of NAME. */
static void note_elements(struct shell_reader *r, const char *name, const char *at)
{
	const char *open = strchr(name, '[');
	size_t n = open ? (size_t)(open - name) : strlen(name);

	for (size_t i = 0; i < r->s->count; i++) {
		struct shell_variable *v = &r->s->variable[i];
		if (strncmp(v->name, name, n) == 0 && (v->name[n] == '\0') == !!open &&
		    (v->name[n] == '[') == !open)
			v->trouble = shell_trouble_at(r, at,
						      open ? "sets one element of a list"
							   : "sets the list of this element");
	}
}

static void assign(struct shell_reader *r, struct shell_variable *v, const struct value *value,
		   const char *at)
{
	v->from = shell_where(r, at);
	if (!value->appends)
		v->trouble = NULL;
	if (value->trouble)
		v->trouble = value->trouble;
	if (r->depth || r->conditional)
		v->trouble = shell_trouble_at(r, at, "set under a condition");
	note_elements(r, v->name, at);
	if (value->appends) {
		v->is_open |= value->is_open;
		append(r, v, value);
		return;
	}
	v->is_open = value->is_open;
	v->word = value->word;
	v->is_list = value->is_list;
}

static void note_place(struct shell_reader *r, const struct shell_assignment *new)
{
	struct shell *s = r->s;

	if (s->assignment_count == s->assignment_room) {
		size_t room = s->assignment_room ? 2 * s->assignment_room : 16;
		struct shell_assignment *more = arena_alloc(s->arena, room * sizeof(*more));
		if (s->assignment_count)
			memcpy(more, s->assignment, s->assignment_count * sizeof(*more));
		s->assignment = more;
		s->assignment_room = room;
	}
	s->assignment[s->assignment_count++] = *new;
}

/* NAME, or NAME[KEY] where the key is no more than letters, digits and "_.-", or so in quotes. */
static size_t target_size(const char *at)
{
	size_t n = shell_name_size(at);

	if (!n || at[n] != '[')
		return n;
	const char *key = at + n + 1;
	bool is_quoted = *key == '"';
	size_t size = strspn(key + is_quoted, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					      "0123456789_.-");
	const char *end = key + is_quoted + size;
	if (!size || strncmp(end, is_quoted ? "\"]" : "]", 1 + is_quoted) != 0)
		return 0;
	end += 1 + is_quoted;
	return *end == '=' || strncmp(end, "+=", 2) == 0 ? (size_t)(end - at) : 0;
}

static bool at_assignment(const struct shell_reader *r)
{
	const char *end = r->at + shell_name_size(r->at);
	return end > r->at && (*end == '=' || *end == '[' || strncmp(end, "+=", 2) == 0);
}

static void read_value(struct shell_reader *r, struct value *value)
{
	value->is_list = *r->at == '(';
	if (value->is_list) {
		value->trouble = read_list(r, &value->word, &value->is_open);
		return;
	}
	struct shell_word w = shell_read_word(r);
	value->trouble = w.trouble;
	value->is_open = w.is_open;
	add_word(r->s->arena, &value->word, w.text);
}

/* Reads NAME=value, NAME+=value, NAME=(list), NAME[KEY]=value. */
static void read_assignment(struct shell_reader *r)
{
	const char *at = r->at;
	size_t n = target_size(at);
	struct shell_variable *v = n ? find_or_add(r, str_ndup(r->s->arena, at, n)) : NULL;

	if (n && at[n - 1] == ']') /* the list is one that cannot be told */
		find_or_add(r, str_ndup(r->s->arena, at, shell_name_size(at)));
	if (!v) {
		shell_give_up(r, at,
			      n ? "more variables than are read" : "sets one element of a list");
		return;
	}
	struct value value = { .appends = at[n] == '+' };
	r->at += n + 1 + value.appends;
	const char *from = r->at;
	r->name = v->name;
	read_value(r, &value);
	r->name = NULL;
	note_place(r, &(struct shell_assignment){
			  .name = v->name,
			  .at = (size_t)(at - r->text),
			  .value = (size_t)(from - r->text),
			  .value_size = (size_t)(r->at - from),
			  .appends = value.appends,
			  .is_list = value.is_list,
			  .is_certain = !r->depth && !r->conditional,
		      });
	assign(r, v, &value, at);
}

/* What a command's name means for the rest of the file. */
enum command {
	COMMAND_PLAIN,
	COMMAND_DECLARES,
	COMMAND_OPENS,
	COMMAND_LEADS,
	COMMAND_CLOSES,
	COMMAND_OPENS_LINE,
	COMMAND_HIDES
};

static enum command command_of(const char *name)
{
	static const struct {
		const char *name;
		enum command is;
	} commands[] = {
		{ "export", COMMAND_DECLARES },   { "declare", COMMAND_DECLARES },
		{ "typeset", COMMAND_DECLARES },  { "readonly", COMMAND_DECLARES },
		{ "if", COMMAND_OPENS },          { "while", COMMAND_OPENS },
		{ "until", COMMAND_OPENS },       { "{", COMMAND_OPENS },
		{ "for", COMMAND_OPENS_LINE },    { "case", COMMAND_OPENS_LINE },
		{ "select", COMMAND_OPENS_LINE }, { "then", COMMAND_LEADS },
		{ "else", COMMAND_LEADS },        { "elif", COMMAND_LEADS },
		{ "do", COMMAND_LEADS },          { "!", COMMAND_LEADS },
		{ "fi", COMMAND_CLOSES },         { "done", COMMAND_CLOSES },
		{ "esac", COMMAND_CLOSES },       { "}", COMMAND_CLOSES },
		{ ".", COMMAND_HIDES },           { "source", COMMAND_HIDES },
		{ "eval", COMMAND_HIDES },        { "unset", COMMAND_HIDES },
		{ "read", COMMAND_HIDES },        { "mapfile", COMMAND_HIDES },
		{ "readarray", COMMAND_HIDES },   { "printf", COMMAND_HIDES },
		{ "return", COMMAND_HIDES },      { "exit", COMMAND_HIDES },
		{ "let", COMMAND_HIDES },         { "getopts", COMMAND_HIDES },
		{ "command", COMMAND_HIDES },     { "builtin", COMMAND_HIDES },
		{ "exec", COMMAND_HIDES },        { "alias", COMMAND_HIDES },
		{ "trap", COMMAND_HIDES },        { "local", COMMAND_HIDES },
		{ "function", COMMAND_HIDES },
	};
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		if (str_eq(commands[i].name, name))
			return commands[i].is;
	return COMMAND_PLAIN;
}

/* The rest of a command, which changes nothing that is told. */
static void skip_command(struct shell_reader *r)
{
	for (shell_skip_blanks(r); *r->at && !strchr("\n;&|", *r->at); shell_skip_blanks(r)) {
		if (*r->at == ')' && r->depth) { /* a pattern of `case`: its commands follow */
			r->at++;
			return;
		}
		if (*r->at == '(' || *r->at == ')' || strncmp(r->at, "<<", 2) == 0)
			shell_give_up(r, r->at, "more of the shell than is understood");
		else if (shell_is_meta(*r->at))
			r->at++;
		else
			shell_read_word(r);
	}
}

/* `for NAME` and `select NAME` set it; the word after `case` is none of that, and does no harm. */
static void note_loop(struct shell_reader *r)
{
	shell_skip_blanks(r);
	size_t n = shell_name_size(r->at);
	struct shell_variable *v = n ? find_or_add(r, str_ndup(r->s->arena, r->at, n)) : NULL;

	if (v)
		v->trouble = shell_trouble_at(r, r->at, "set by a loop");
}

/* Says whether what follows is declared: names and assignments that stay. */
static bool read_command(struct shell_reader *r)
{
	const char *at = r->at;
	struct shell_word w = shell_read_word(r);

	switch (command_of(w.text)) {
	case COMMAND_DECLARES:
		return true;
	case COMMAND_LEADS:
		return false;
	case COMMAND_OPENS:
		r->depth++;
		return false;
	case COMMAND_OPENS_LINE:
		r->depth++;
		note_loop(r);
		break;
	case COMMAND_CLOSES:
		r->depth -= r->depth > 0;
		break;
	case COMMAND_HIDES:
		shell_give_up(r, at, arena_printf(r->s->arena, "runs `%s`", w.text));
		return false;
	case COMMAND_PLAIN:
		break;
	}
	r->s->commands++;
	skip_command(r);
	return false;
}

/* What was set from `first` on, in this statement, is not kept. */
static void forget(struct shell_reader *r, size_t first, const char *why)
{
	for (size_t i = first; i < r->s->assignment_count; i++) {
		struct shell_assignment *a = &r->s->assignment[i];
		a->is_certain = false;
		shell_find(r->s, a->name)->trouble = shell_trouble_at(r, r->at, why);
	}
}

/* A name, or an option, behind `export` or `declare`. */
static void read_declared(struct shell_reader *r)
{
	const char *at = r->at;
	struct shell_word w = shell_read_word(r);

	if (w.text[0] == '-' && strpbrk(w.text, "AfFiIlnpu"))
		shell_give_up(r, at, "more of the shell than is understood");
}

static void read_statement(struct shell_reader *r)
{
	size_t first = r->s->assignment_count;
	bool declares = false;

	for (shell_skip_blanks(r); *r->at && !shell_is_meta(*r->at); shell_skip_blanks(r)) {
		if (at_assignment(r)) {
			read_assignment(r);
		} else if (declares) {
			read_declared(r);
		} else {
			forget(r, first, "stands before a command");
			declares = read_command(r);
		}
	}
	bool is_or = strncmp(r->at, "||", 2) == 0, is_and = strncmp(r->at, "&&", 2) == 0;
	if (!is_or && !is_and && (*r->at == '|' || *r->at == '&'))
		forget(r, first, "set in a shell of its own");
	r->conditional = *r->at == '|' || is_and;
	if (*r->at == '(' || (*r->at == ')' && !r->depth))
		shell_give_up(r, r->at, "more of the shell than is understood");
	else if (*r->at)
		r->at += 1 + (r->conditional && r->at[1] == r->at[0]);
	while (r->conditional &&
	       (shell_is_blank(*r->at) || *r->at == '\n')) /* goes on in the next line */
		r->at++;
}

void shell_read(struct shell *s, const struct shell_piece *piece, size_t count)
{
	const char *text = "";
	size_t size = 0;

	if (!s->variable)
		s->variable = arena_alloc(s->arena, SHELL_VARIABLES_MAX * sizeof(*s->variable));
	for (size_t i = 0; i < count; i++) {
		size += piece[i].text.size;
		if (size > SHELL_FILE_MAX)
			break;
		text = arena_printf(s->arena, "%s%.*s", text, (int)piece[i].text.size,
				    piece[i].text.data);
	}
	if (size > SHELL_FILE_MAX || strlen(text) != size) {
		s->trouble =
		    arena_printf(s->arena, "%s:1: %s", piece[0].file,
				 size > SHELL_FILE_MAX ? "longer than is read" : "not a text");
		return;
	}
	struct shell_reader r = {
		.s = s, .text = text, .at = text, .piece = piece, .piece_count = count
	};
	while (*r.at && !s->trouble) {
		if (s->statements++ == SHELL_STATEMENTS_MAX)
			shell_give_up(&r, r.at, "more commands than are read");
		read_statement(&r);
	}
}

const char *shell_trouble(const struct shell *s, const char *name)
{
	const struct shell_variable *v = shell_find(s, name);
	return s->trouble ? s->trouble : v ? v->trouble : NULL;
}

const struct shell_variable *shell_variable(const struct shell *s, const char *name)
{
	return shell_trouble(s, name) ? NULL : shell_find(s, name);
}

const char *shell_text(const struct shell *s, const char *name)
{
	const struct shell_variable *v = shell_variable(s, name);
	return v && v->word.count ? v->word.name[0] : "";
}

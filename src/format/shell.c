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
static const char *add_braces(struct shell_reader *r, struct names *list, const char *word)
{
	struct arena *a = r->s->arena;
	const char *open = strchr(word, '{'), *close = strchr(open, '}');

	if (!close || strchr(open + 1, '{') || !memchr(open, ',', (size_t)(close - open)))
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

/* Puts a word into the list; says why not, or NULL. */
static const char *add(struct shell_reader *r, struct names *list, const struct shell_word *w)
{
	if (w->trouble)
		return w->trouble;
	if (w->has_blanks)
		return shell_trouble_at(r, r->at, "a variable that is several words");
	if (w->has_braces)
		return add_braces(r, list, w->text);
	if (w->text[0] == '[')
		return shell_trouble_at(r, r->at, "a list with indices");
	for (size_t i = 0; w->list && i < w->list->word.count; i++)
		if (!add_word(r->s->arena, list, w->list->word.name[i]))
			return shell_trouble_at(r, r->at, "a longer list than is read");
	if (!w->list && !add_word(r->s->arena, list, w->text))
		return shell_trouble_at(r, r->at, "a longer list than is read");
	return NULL;
}

/* "(word word)" at its bracket, over several lines. Returns why it cannot be told, or NULL. */
static const char *read_list(struct shell_reader *r, struct names *list)
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
	bool is_list, appends;
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
	if (value->appends) {
		append(r, v, value);
		return;
	}
	v->word = value->word;
	v->is_list = value->is_list;
}

static bool at_assignment(const struct shell_reader *r)
{
	const char *end = r->at + shell_name_size(r->at);
	return end > r->at && (*end == '=' || *end == '[' || strncmp(end, "+=", 2) == 0);
}

/* Reads NAME=value, NAME+=value, NAME=(list). Returns the variable; NULL where the reading ended.
 */
static struct shell_variable *read_assignment(struct shell_reader *r)
{
	const char *at = r->at;
	size_t n = shell_name_size(at);
	struct shell_variable *v = find_or_add(r, str_ndup(r->s->arena, at, n));
	struct value value = { 0 };

	if (!v || at[n] == '[') {
		shell_give_up(r, at,
			      v ? "sets one element of a list" : "more variables than are read");
		return NULL;
	}
	value.appends = at[n] == '+';
	r->at += n + 1 + value.appends;
	value.is_list = *r->at == '(';
	if (value.is_list) {
		value.trouble = read_list(r, &value.word);
	} else {
		struct shell_word w = shell_read_word(r);
		value.trouble = w.trouble;
		add_word(r->s->arena, &value.word, w.text);
	}
	assign(r, v, &value, at);
	return v;
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

static void read_command(struct shell_reader *r)
{
	const char *at = r->at;
	struct shell_word w = shell_read_word(r);

	switch (command_of(w.text)) {
	case COMMAND_DECLARES:
	case COMMAND_LEADS:
		return;
	case COMMAND_OPENS:
		r->depth++;
		return;
	case COMMAND_OPENS_LINE:
		r->depth++;
		break;
	case COMMAND_CLOSES:
		r->depth -= r->depth > 0;
		break;
	case COMMAND_HIDES:
		shell_give_up(r, at, arena_printf(r->s->arena, "runs `%s`", w.text));
		return;
	case COMMAND_PLAIN:
		break;
	}
	skip_command(r);
}

/* An option of `export` or `declare`, or what an assignment would be in the way of. */
static void read_rest(struct shell_reader *r, struct shell_variable *set)
{
	const char *at = r->at;
	if (set && *r->at != '-')
		set->trouble = shell_trouble_at(r, at, "stands before a command");
	if (*r->at == '-')
		shell_read_word(r);
	else
		read_command(r);
}

static void read_statement(struct shell_reader *r)
{
	struct shell_variable *set = NULL;

	for (shell_skip_blanks(r); *r->at && !shell_is_meta(*r->at); shell_skip_blanks(r)) {
		if (at_assignment(r))
			set = read_assignment(r);
		else
			read_rest(r, set);
	}
	bool is_or = strncmp(r->at, "||", 2) == 0, is_and = strncmp(r->at, "&&", 2) == 0;
	if (set && !is_or && !is_and && (*r->at == '|' || *r->at == '&'))
		set->trouble = shell_trouble_at(r, r->at, "set in a shell of its own");
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

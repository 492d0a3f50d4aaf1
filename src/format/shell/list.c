/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "format/shell-edit.h"
#include "format/shell/token.h"

/* What bash makes of it no tool reads as a list any more. */
static int refuse_mixed(const struct shell_place *p, struct err *e)
{
	bool is_list = p->count && p->set[p->count - 1].is_list;

	for (size_t i = 0; i < p->count; i++)
		if (p->set[i].is_list != is_list)
			return edit_refuse(p->t, p->set[p->count - 1].at, e,
					   "%s is a %s here, and a %s in line %zu: bash takes the "
					   "text as one word; write both in one way",
					   p->name, is_list ? "list" : "text",
					   is_list ? "text" : "list",
					   edit_line_of(p->t, p->set[i].at));
	return 0;
}

static int find(struct shell_place *p, struct edit *t, const char *name, const struct names *words,
		struct err *e)
{
	int r = shell_place_find(p, t, name, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < words->count; i++)
		if (!shell_is_one_word(words->name[i]))
			return shell_place_refuse(p, e, "'%s' is not one word", words->name[i]);
	r = refuse_mixed(p, e);
	if (r == 0 && p->count && shell_inside(t, &p->set[p->count - 1]).quotes == QUOTES_MIXED &&
	    !p->v->is_list)
		return shell_place_refuse(p, e, "%s is put together from several quoted parts",
					  name);
	return r;
}

/* Those that are not there yet, each once. */
static struct names missing(const struct shell_place *p, const struct names *words)
{
	struct names have = shell_words(p->t->arena, p->v), out = { 0 };
	size_t room = 0;

	for (size_t i = 0; i < words->count; i++)
		if (!names_have(&have, words->name[i]) && !names_have(&out, words->name[i]))
			names_add(p->t->arena, &out, &room, words->name[i]);
	return out;
}

static const char *joined(const struct shell_place *p, const struct names *words, bool is_list)
{
	const char *out = "";

	for (size_t i = 0; i < words->count; i++) {
		enum shell_quotes how = is_list ? QUOTES_NONE : QUOTES_DOUBLE;
		const char *word = shell_inside_quotes(p->t->arena, how, words->name[i]);
		if (!word)
			word = arena_printf(
			    p->t->arena, "\"%s\"",
			    shell_inside_quotes(p->t->arena, QUOTES_DOUBLE, words->name[i]));
		out = arena_printf(p->t->arena, "%s%s%s", out, i ? " " : "", word);
	}
	return out;
}

/* dracut.conf(5) has texts for lists, with blanks at both ends. */
static int add_line(struct shell_place *p, const struct names *words, struct err *e)
{
	bool is_list = !strstr(p->t->file, "dracut");
	const struct shell_want want = { .word = *words, .as_words = true };

	return shell_place_add_line(p,
				    arena_printf(p->t->arena, is_list ? "%s=(%s)" : "%s+=\" %s \"",
						 p->name, joined(p, words, is_list)),
				    &want, e);
}

int shell_list_add(struct edit *t, const char *name, const struct names *words, struct err *e)
{
	struct shell_place p;
	int r = find(&p, t, name, words, e);
	if (r < 0)
		return r;

	struct names new = missing(&p, words);
	if (!new.count)
		return 0;
	if (!p.count)
		return add_line(&p, &new, e);

	struct edit after = *t;
	struct names old = shell_words(t->arena, p.v);
	struct shell_want want = { .as_words = true };
	size_t room = 0;
	for (size_t i = 0; i < old.count; i++)
		names_add(t->arena, &want.word, &room, old.name[i]);
	for (size_t i = 0; i < new.count; i++)
		names_add(t->arena, &want.word, &room, new.name[i]);
	if (!shell_tokens_add(&after, &p.set[p.count - 1], &new))
		return shell_place_refuse(&p, e, "a word does not fit into the quotes of %s", name);
	return shell_place_take(&p, &after, &want, e);
}

int shell_list_remove(struct edit *t, const char *name, const struct names *words, struct err *e)
{
	struct shell_place p;
	int r = find(&p, t, name, words, e);
	if (r < 0)
		return r;
	if (p.v && p.v->is_open)
		return shell_place_refuse(&p, e,
					  "what %s holds depends on another variable or a "
					  "command",
					  name);

	struct names old = shell_words(t->arena, p.v);
	struct shell_want want = { .as_words = true };
	size_t room = 0;
	for (size_t i = 0; i < old.count; i++)
		if (!names_have(words, old.name[i]))
			names_add(t->arena, &want.word, &room, old.name[i]);
	if (want.word.count == old.count)
		return 0;

	struct edit after = *t;
	for (size_t i = p.count; i-- > 0;)
		shell_tokens_remove(&after, &p.set[i], words);
	return shell_place_take(&p, &after, &want, e);
}

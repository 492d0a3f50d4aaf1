/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "format/shell-edit.h"
#include "format/shell/place.h"

enum kind { KIND_DROP, KIND_SET, KIND_ADD, KIND_COUNT };

static const struct names *words_of(const struct cmdline_change *c, enum kind kind)
{
	return kind == KIND_DROP ? &c->drop : kind == KIND_SET ? &c->set : &c->add;
}

static bool same(struct bytes a, struct bytes b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* The change of one word alone: so each is one place in the text, and the rest stays. */
static struct bytes one_changed(struct arena *a, struct bytes line, enum kind kind,
				const char *word)
{
	struct cmdline_change c = { 0 };
	const struct names one = { &word, 1 };

	*(kind == KIND_DROP ? &c.drop : kind == KIND_SET ? &c.set : &c.add) = one;
	return cmdline_changed(a, line, &c);
}

/* The same for a text whose blanks at both ends stay, since they keep it apart from others. */
static struct bytes inner_changed(struct arena *a, struct bytes line, enum kind kind,
				  const char *word)
{
	size_t lead = strspn(line.data, " "), end = line.size;

	while (end > lead && line.data[end - 1] == ' ')
		end--;
	const struct bytes inner = bytes_of(str_ndup(a, line.data + lead, end - lead));
	struct bytes changed = one_changed(a, inner, kind, word);
	if (same(inner, changed))
		return line;
	return bytes_of(arena_printf(a, "%.*s%.*s%s", (int)lead, line.data, (int)changed.size,
				     changed.data, line.data + end));
}

/* A continued line's end: it is none of the value, and one blank for each of its bytes here. */
static bool is_continuation(struct bytes raw, size_t i)
{
	return i + 1 < raw.size && raw.data[i] == '\\' && raw.data[i + 1] == '\n';
}

/* The text inside the quotes as one line, each byte in its place. */
static struct bytes one_line(struct arena *a, struct bytes raw, enum shell_quotes quotes)
{
	char *out = str_ndup(a, raw.data, raw.size);

	for (size_t i = 0; i < raw.size; i++) {
		if (quotes == QUOTES_DOUBLE && is_continuation(raw, i))
			out[i] = ' ';
		else if (quotes == QUOTES_DOUBLE && out[i] == '\\' && i + 1 < raw.size)
			i++;
		if (strchr("\t\n", out[i]))
			out[i] = ' ';
	}
	return (struct bytes){ out, raw.size };
}

/* Puts into the text what differs between the two lines; *size is the inside's, and grows with it.
 */
static void put_difference(struct edit *t, size_t at, size_t *size, struct bytes line,
			   struct bytes changed)
{
	struct bytes raw = { t->text.data + at, *size };
	size_t from = 0, same_end = 0,
	       shorter = line.size < changed.size ? line.size : changed.size;

	while (from < shorter && line.data[from] == changed.data[from])
		from++;
	bool splits = from && is_continuation(raw, from - 1);
	from -= splits;
	while (same_end < shorter - from &&
	       line.data[line.size - 1 - same_end] == changed.data[changed.size - 1 - same_end])
		same_end++;
	size_t end = line.size - same_end;
	same_end -= same_end && end && is_continuation(raw, end - 1);
	const char *put = str_ndup(t->arena, changed.data + from, changed.size - same_end - from);
	if (splits && from && raw.data[from - 1] == ' ')
		put += strspn(put, " "); /* there is one */
	edit_splice(t, at + from, line.size - same_end - from, put);
	*size += strlen(put) - (line.size - same_end - from);
}

/* A text without quotes gets some first. */
static void quote(struct edit *t, struct shell_assignment *a)
{
	if (shell_inside(t, a).quotes != QUOTES_NONE)
		return;
	edit_splice(t, a->value + a->value_size, 0, "\"");
	edit_splice(t, a->value, 0, "\"");
	a->value_size += 2;
}

/* False: the word does not go into the quotes. */
static bool change_word(struct edit *t, struct shell_assignment *a, enum kind kind,
			const char *word)
{
	struct edit before = *t;
	struct shell_assignment old = *a;

	quote(t, a);
	struct shell_inside in = shell_inside(t, a);
	const char *escaped = shell_inside_quotes(t->arena, in.quotes, word);
	if (!escaped)
		return kind == KIND_DROP;
	struct bytes line =
	    one_line(t->arena, (struct bytes){ t->text.data + in.at, in.size }, in.quotes);
	struct bytes changed = inner_changed(t->arena, line, kind, escaped);
	if (same(line, changed)) {
		*t = before;
		*a = old;
		return true;
	}
	if (!line.size && a->appends) { /* before it stands something else */
		const char *apart =
		    arena_printf(t->arena, " %.*s", (int)changed.size, changed.data);
		changed = (struct bytes){ apart, changed.size + 1 };
	}
	size_t size = in.size;
	put_difference(t, in.at, &size, line, changed);
	a->value_size += size - in.size;
	return true;
}

/* A value as one line: the kernel takes a tab or a line feed for a blank. */
static struct bytes line_of(struct arena *a, const char *value)
{
	return one_line(a, bytes_of(value), QUOTES_SINGLE);
}

/* What the value is after it, opened out; NULL: that cannot be told. */
static const char *value_of(const struct edit *t, const char *name)
{
	struct shell s = { .arena = t->arena, .keeps_unknown = true };

	shell_read(&s, &(struct shell_piece){ t->file, t->text }, 1);
	const struct shell_variable *v = shell_variable(&s, name);
	return v && !v->is_list && v->word.count ? v->word.name[0] : NULL;
}

/* The words of a line, however many blanks stand between them. */
static const char *plain(struct arena *a, const char *line)
{
	struct names word = str_split(a, line, " \t\n", strlen(line) / 2 + 1);
	const char *out = "";

	for (size_t i = 0; i < word.count; i++)
		out = arena_printf(a, "%s%s%s", out, i ? " " : "", word.name[i]);
	return out;
}

/* Drops, then sets and adds; or the drops alone. */
static const char *wanted(struct arena *a, const char *value, const struct cmdline_change *c,
			  enum kind end)
{
	struct bytes line = line_of(a, value);

	for (enum kind kind = KIND_DROP; kind < end; kind++)
		for (size_t i = 0; i < words_of(c, kind)->count; i++)
			line = one_changed(a, line, kind, words_of(c, kind)->name[i]);
	return plain(a, str_ndup(a, line.data, line.size));
}

/*
 * Whether the value is the old one changed: as it would be had it stood in one
 * place, or with a later word in front of which an earlier one does not count.
 */
static bool is_wanted(struct arena *a, const char *old, const char *new,
		      const struct cmdline_change *c)
{
	const char *dropped = wanted(a, old, c, KIND_SET), *is = plain(a, new);
	size_t n = strlen(dropped);

	if (str_eq(is, wanted(a, old, c, KIND_COUNT)))
		return true;
	if (!same(cmdline_changed(a, line_of(a, new), c), line_of(a, new)) ||
	    !str_starts(is, dropped))
		return false;
	struct names more = str_split(a, is + n, " ", strlen(is) / 2 + 1);
	for (size_t i = 0; i < more.count; i++)
		if (!names_have(&c->set, more.name[i]) && !names_have(&c->add, more.name[i]))
			return false;
	return !n || !is[n] || is[n] == ' ';
}

static int check_words(const struct shell_place *p, const struct cmdline_change *c, struct err *e)
{
	for (enum kind kind = KIND_DROP; kind < KIND_COUNT; kind++)
		for (size_t i = 0; i < words_of(c, kind)->count; i++) {
			const char *word = words_of(c, kind)->name[i];
			bool is_good = *word != '\0';
			for (const char *at = word; *at; at++)
				is_good &= (unsigned char)*at >= ' ' && *at != 0x7f;
			if (!is_good)
				return shell_place_refuse(p, e, "a parameter that is none");
		}
	return 0;
}

static int find(struct shell_place *p, struct edit *t, const char *name,
		const struct cmdline_change *c, struct err *e)
{
	int r = shell_place_find(p, t, name, e);
	if (r == 0)
		r = check_words(p, c, e);
	for (size_t i = 0; i < p->count && r == 0; i++) {
		if (p->set[i].is_list)
			r = shell_place_refuse(p, e, "%s is a list, not a text", name);
		else if (shell_inside(t, &p->set[i]).quotes == QUOTES_MIXED)
			r = edit_refuse(t, p->set[i].at, e,
					"%s is put together from several quoted parts", name);
	}
	return r;
}

static int add_line(struct shell_place *p, const struct cmdline_change *c, struct err *e)
{
	struct arena *a = p->t->arena;
	const char *value = wanted(a, "", c, KIND_COUNT);
	const struct shell_want want = { .word = { &value, 1 } };

	if (!*value)
		return 0;
	if (strchr(p->name, '['))
		return shell_place_refuse(p, e, "%s is not set here", p->name);
	return shell_place_add_line(
	    p, arena_printf(a, "%s=\"%s\"", p->name, shell_inside_quotes(a, QUOTES_DOUBLE, value)),
	    &want, e);
}

/* Each word that is not so yet: dropped wherever it stands, set and added in the last place. */
static bool change(struct shell_place *p, struct edit *t, const struct cmdline_change *c)
{
	struct bytes old = line_of(t->arena, p->v->word.name[0]);

	for (enum kind kind = KIND_DROP; kind < KIND_COUNT; kind++)
		for (size_t i = 0; i < words_of(c, kind)->count; i++) {
			const char *word = words_of(c, kind)->name[i];
			size_t first = kind == KIND_DROP ? 0 : p->count - 1;
			if (same(one_changed(t->arena, old, kind, word), old))
				continue;
			for (size_t n = p->count; n-- > first;) {
				size_t size = t->text.size;
				if (!change_word(t, &p->set[n], kind, word))
					return false;
				for (size_t later = n + 1; later < p->count; later++)
					p->set[later].value += t->text.size - size;
			}
		}
	return true;
}

int shell_cmdline(struct edit *t, const char *name, const struct cmdline_change *c, struct err *e)
{
	struct shell_place p;
	int r = find(&p, t, name, c, e);
	if (r < 0)
		return r;
	if (!p.count)
		return add_line(&p, c, e);
	if (p.v->is_open && c->drop.count)
		return shell_place_refuse(
		    &p, e, "what %s holds depends on another variable or a command", name);

	struct edit after = *t;
	const char *old = p.v->word.name[0];
	if (!change(&p, &after, c))
		return shell_place_refuse(&p, e, "a parameter does not fit into the quotes of %s",
					  name);
	const char *new = value_of(&after, name);
	if (!new || !is_wanted(t->arena, old, new, c))
		return shell_place_refuse(
		    &p, e,
		    "%s is built from other variables, or ends with words for "
		    "init: what it needs has to be changed by hand",
		    name);
	if (same(after.text, t->text))
		return 0;
	const struct shell_want want = { .word = { &new, 1 } };
	return shell_place_take(&p, &after, &want, e);
}

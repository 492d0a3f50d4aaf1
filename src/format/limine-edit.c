/* SPDX-License-Identifier: MIT */
/* Limine: CONFIG.md and common/lib/config.c of its source. */
#include <string.h>

#include "format/cmdline-place.h"

/* "KEY: value"; a key is NULL where the entry lacks it. */
struct assigned {
	bool is_there;
	struct text_line line;
	size_t value; /* past the blanks */
};

struct entry {
	struct assigned protocol, path, cmdline;
};

/* What an edit knows on its way down the file. */
struct menu {
	struct edit *t;
	const struct names *kernels; /* NULL: all */
	const struct cmdline_change *change;
	struct cmdline_gathered changes;
	const char *fresh;
	size_t count; /* of entries that concern us */
	bool has_macro;
};

static size_t skip_blanks(struct bytes text, size_t at, size_t end)
{
	while (at < end && (text.data[at] == ' ' || text.data[at] == '\t'))
		at++;
	return at;
}

static const char *value_of(const struct menu *m, const struct assigned *of)
{
	struct bytes text = m->t->text;

	return of->is_there ? str_trim(m->t->arena, text.data + of->value, of->line.end - of->value)
			    : "";
}

/* Limine takes keys in either case, with the colon right behind them. */
static bool read_key(struct bytes text, struct text_line line, const char *key,
		     struct assigned *ret)
{
	size_t at = skip_blanks(text, line.at, line.end), n = strlen(key);

	if (line.end - at <= n || strncasecmp(text.data + at, key, n) != 0 ||
	    text.data[at + n] != ':')
		return false;
	*ret = (struct assigned){ true, line, skip_blanks(text, at + n + 1, line.end) };
	return true;
}

/* limine.cfg up to version 7: ":Entry" and "KEY=value", which later versions do not read. */
static bool is_old(struct bytes text, struct text_line line)
{
	static const char *const key[] = {
		"protocol", "cmdline", "kernel_cmdline", "kernel_path",
		"path",     "timeout", "module_path",    "default_entry"
	};
	size_t at = skip_blanks(text, line.at, line.end), size = line.end - at;

	for (size_t i = 0; i < COUNT_OF(key); i++) {
		size_t n = strlen(key[i]);
		if (size > n && strncasecmp(text.data + at, key[i], n) == 0 &&
		    text.data[at + n] == '=')
			return true;
	}
	return size && text.data[at] == ':';
}

/* "boot():/vmlinuz-linux#CHECKSUM": vmlinuz-linux. */
static const char *kernel_of(const struct menu *m, const struct entry *entry)
{
	const char *path = value_of(m, &entry->path), *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return str_ndup(m->t->arena, name, strcspn(name, "#"));
}

static bool has_macro(const char *value)
{
	return strstr(value, "${") != NULL;
}

/* Into the line that is there: behind the colon where it has no value yet. */
static int edit_value(struct menu *m, const struct assigned *cmdline, struct err *e)
{
	struct arena *a = m->t->arena;
	struct cmdline_places place = { 0 };
	size_t from = cmdline->value;

	cmdline_place_add(a, &place, cmdline->line, from);
	int r = cmdline_places_check(m->t, &place, e);
	if (r < 0)
		return r;
	m->has_macro |= has_macro(value_of(m, cmdline));
	if (from < cmdline->line.end) {
		cmdline_places_change(m->t, &place, m->change, " ", &m->changes);
	} else if (*m->fresh) {
		bool is_glued = m->t->text.data[from - 1] == ':';
		cmdline_gather(
		    a, &m->changes,
		    (struct cmdline_splice){
			from, 0, arena_printf(a, "%s%s", is_glued ? " " : "", m->fresh) });
	}
	return 0;
}

static void add_below_path(struct menu *m, const struct text_line *path)
{
	struct bytes text = m->t->text;
	size_t key = skip_blanks(text, path->at, path->end);
	const char *put = arena_printf(m->t->arena, "%s%.*scmdline: %s", edit_line_end(m->t),
				       (int)(key - path->at), text.data + path->at, m->fresh);

	if (*m->fresh)
		cmdline_gather(m->t->arena, &m->changes,
			       (struct cmdline_splice){ path->end, 0, put });
}

static int finish(struct menu *m, const struct entry *entry, struct err *e)
{
	const char *kernel = kernel_of(m, entry);

	if (!str_eq(value_of(m, &entry->protocol), "linux") || !entry->path.is_there)
		return 0;
	if (m->kernels && has_macro(kernel))
		return edit_refuse(
		    m->t, entry->path.line.at, e,
		    "the kernel's name is behind a '${', so it is not known which it is");
	if (m->kernels && !names_have(m->kernels, kernel))
		return 0;
	m->count++;
	if (entry->cmdline.is_there)
		return edit_value(m, &entry->cmdline, e);
	add_below_path(m, &entry->path.line);
	return 0;
}

static int read_line(const struct menu *m, struct text_line line, struct entry *entry,
		     struct err *e)
{
	struct bytes text = m->t->text;
	struct assigned found;

	if (is_old(text, line))
		return edit_refuse(
		    m->t, line.at, e,
		    "written as up to Limine 7, which is not edited: write 'key: value'");
	if (!entry->protocol.is_there)
		read_key(text, line, "protocol", &entry->protocol);
	if (!entry->path.is_there && !read_key(text, line, "path", &entry->path))
		read_key(text, line, "kernel_path", &entry->path);
	if (!read_key(text, line, "cmdline", &found) &&
	    !read_key(text, line, "kernel_cmdline", &found))
		return 0;
	if (entry->cmdline.is_there)
		return edit_refuse(
		    m->t, line.at, e,
		    "a second command line in one entry: take out the one that is not "
		    "meant");
	entry->cmdline = found;
	return 0;
}

/* A "${NAME}=words" that holds a word of ours would have to be changed as well. */
static int macros_check(const struct menu *m, struct err *e)
{
	struct arena *a = m->t->arena;
	struct cmdline_change ours = { 0 };
	size_t room = 0;

	for (size_t i = 0; i < m->change->drop.count; i++)
		names_add(a, &ours.drop, &room, m->change->drop.name[i]);
	for (size_t i = 0; i < m->change->set.count; i++) {
		const char *word = m->change->set.name[i];
		names_add(a, &ours.drop, &room, str_ndup(a, word, strcspn(word, "=")));
	}
	for (struct text_line line = { 0 }; text_line(m->t->text, &line);) {
		struct bytes text = { m->t->text.data + line.at, line.end - line.at };
		const char *is =
		    bytes_start(text, "${") ? memmem(text.data, text.size, "}=", 2) : NULL;
		if (!is)
			continue;
		struct bytes words = { is + 2, text.size - (size_t)(is + 2 - text.data) };
		if (cmdline_changed(a, words, &ours).data != words.data)
			return edit_refuse(
			    m->t, line.at, e,
			    "sets a parameter for several entries, which is not edited: "
			    "change it here by hand");
	}
	return 0;
}

static int read_menu(struct menu *m, struct err *e)
{
	struct entry entry = { 0 };
	int r = 0;

	for (struct text_line line = { 0 }; r >= 0 && text_line(m->t->text, &line);) {
		size_t at = skip_blanks(m->t->text, line.at, line.end);
		char first = at < line.end ? m->t->text.data[at] : '#';
		if (first == '/') {
			r = finish(m, &entry, e);
			entry = (struct entry){ 0 };
		} else if (first != '#') {
			r = read_line(m, line, &entry, e);
		}
	}
	return r < 0 ? r : finish(m, &entry, e);
}

int limine_edit(struct edit *t, const struct names *kernels, const struct cmdline_change *c,
		struct err *e)
{
	struct menu m = { .t = t, .kernels = kernels, .change = c };
	int r = cmdline_text_check(t, e);

	if (r < 0)
		return r;
	m.fresh = cmdline_fresh(t->arena, c);
	r = read_menu(&m, e);
	if (r >= 0 && m.has_macro)
		r = macros_check(&m, e);
	if (r < 0)
		return r;
	if (!m.count)
		return edit_refuse(t, 0, e, "no entry starts %s",
				   kernels ? "one of these kernels" : "a Linux");
	return cmdline_apply(t, &m.changes, e);
}

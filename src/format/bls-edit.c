/* SPDX-License-Identifier: MIT */
/* The Boot Loader Specification, and how systemd-boot reads it: line_get_key_value() in boot.c. */
#include <string.h>

#include "format/cmdline-place.h"

/* A line with a key; key_size 0: none yet. */
struct key_line {
	struct text_line line;
	size_t key, key_size;
	size_t value; /* line.end: it has none */
};

struct entry {
	struct cmdline_places options;
	struct key_line last;
	bool is_linux, is_efi;
};

static size_t skip(struct bytes text, size_t at, size_t end, const char *over)
{
	while (at < end && strchr(over, text.data[at]))
		at++;
	return at;
}

static struct key_line key_line(struct bytes text, struct text_line line)
{
	struct key_line k = { .line = line, .key = skip(text, line.at, line.end, " \t") };
	size_t end = k.key;

	while (end < line.end && text.data[end] != ' ' && text.data[end] != '\t')
		end++;
	k.key_size = end > k.key && text.data[k.key] == '#' ? 0 : end - k.key;
	k.value = skip(text, end, line.end, " \t");
	return k;
}

static bool is_key(const struct edit *t, const struct key_line *k, const char *key)
{
	return k->key_size == strlen(key) && memcmp(t->text.data + k->key, key, k->key_size) == 0;
}

static struct entry entry_of(const struct edit *t)
{
	struct entry out = { 0 };

	for (struct text_line line = { 0 }; text_line(t->text, &line);) {
		struct key_line k = key_line(t->text, line);
		if (!k.key_size || k.value == line.end)
			continue;
		out.last = k;
		out.is_linux |= is_key(t, &k, "linux") || is_key(t, &k, "uki");
		out.is_efi |= is_key(t, &k, "efi");
		if (is_key(t, &k, "options"))
			cmdline_place_add(t->arena, &out.options, line, k.value);
	}
	return out;
}

/* systemd-boot takes quotes off that stand around all of a value, and the kernel never sees them.
 */
static int quotes_check(const struct edit *t, const struct entry *entry, struct err *e)
{
	for (size_t i = 0; i < entry->options.count; i++) {
		const struct cmdline_place *p = &entry->options.place[i];
		const char *value =
		    str_trim(t->arena, t->text.data + p->value, p->line.end - p->value);
		if (value[0] == '"' && value[1] && str_ends(value, "\""))
			return edit_refuse(
			    t, p->value, e,
			    "systemd-boot takes the quotes off options that begin and "
			    "end with one: put another word first");
	}
	return 0;
}

/* Between key and value: as the last line has it, or up to the column where its value stands. */
static const char *separator(const struct edit *t, const struct key_line *last)
{
	size_t from = last->key + last->key_size, width = last->value - last->key;
	size_t key = strlen("options");
	const char *blanks = str_ndup(t->arena, t->text.data + from, last->value - from);

	if (strchr(blanks, '\t') || !blanks[1])
		return blanks;
	return arena_printf(t->arena, "%*s", width > key ? (int)(width - key) : 1, "");
}

static struct cmdline_splice new_line(const struct edit *t, const struct key_line *last,
				      const char *words)
{
	const char *start = t->text.data + last->line.at;

	return (struct cmdline_splice){
		last->line.end, 0,
		arena_printf(t->arena, "%s%.*soptions%s%s", edit_line_end(t),
			     (int)(last->key - last->line.at), start, separator(t, last), words)
	};
}

static int entry_check(const struct edit *t, const struct entry *entry, struct err *e)
{
	int r = quotes_check(t, entry, e);

	if (!entry->is_linux)
		return edit_refuse(t, 0, e, "%s",
				   entry->is_efi
				       ? "starts an EFI program, which takes no kernel's options"
				       : "no 'linux' line, so this is no entry of a Linux");
	return r < 0 ? r : cmdline_places_check(t, &entry->options, e);
}

int bls_edit(struct edit *t, const struct cmdline_change *c, struct err *e)
{
	struct cmdline_gathered changes = { 0 };
	struct bytes before = t->text;
	int r = cmdline_text_check(t, e);

	if (r < 0)
		return r;
	struct entry entry = entry_of(t);
	r = entry_check(t, &entry, e);
	if (r < 0)
		return r;

	const char *fresh = cmdline_fresh(t->arena, c);
	if (entry.options.count)
		cmdline_places_change(t, &entry.options, c, " ", &changes);
	else if (*fresh)
		cmdline_gather(t->arena, &changes, new_line(t, &entry.last, fresh));
	int changed = cmdline_apply(t, &changes, e);
	entry = entry_of(t);
	r = quotes_check(t, &entry, e);
	if (r < 0)
		t->text = before;
	return r < 0 ? r : changed;
}

/* SPDX-License-Identifier: MIT */
/* GRUB: what grub-mkconfig wrote, and the environment block that outlives a boot. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/boot/bls.h"
#include "collect/boot/loader.h"

enum { DEPTH_MAX = 16, WORDS_MAX = 64, LINE_MAX = 8192, OPTIONS_MAX = 4096 };

enum block { BLOCK_OTHER, BLOCK_MENU, BLOCK_ENTRY };

/* Where in the file's braces the reader is. The outermost is the menu itself, without a place. */
struct walk {
	enum block block[DEPTH_MAX];
	const struct grub_place *place[DEPTH_MAX];
	unsigned next[DEPTH_MAX]; /* index of the next entry in it */
	size_t depth;
};

/* Words of a line as GRUB splits them: blanks, and both kinds of quotes. */
static struct names split(struct arena *a, const char *s)
{
	struct names out = { arena_alloc(a, WORDS_MAX * sizeof(*out.name)), 0 };
	char word[LINE_MAX];

	while (out.count < WORDS_MAX && *(s += strspn(s, " \t"))) {
		char quote = 0;
		size_t n = 0;
		for (; *s && n < sizeof(word) && (quote || (*s != ' ' && *s != '\t')); s++) {
			if (quote && quote == *s)
				quote = 0;
			else if (!quote && (*s == '\'' || *s == '"'))
				quote = *s;
			else if (quote != '\'' && *s == '\\' && s[1])
				word[n++] = *++s;
			else
				word[n++] = *s;
		}
		out.name[out.count++] = str_ndup(a, word, n);
	}
	return out;
}

/* The value of --id, or of the variable that stands for it. */
static const char *id_of(const struct names *words)
{
	for (size_t i = 0; i + 1 < words->count; i++)
		if (str_eq(words->name[i], "--id") ||
		    str_eq(words->name[i], "$menuentry_id_option") ||
		    str_eq(words->name[i], "${menuentry_id_option}"))
			return words->name[i + 1];
	return "";
}

static size_t innermost_menu(const struct walk *w)
{
	size_t i = w->depth;
	while (i > 0 && w->block[i] != BLOCK_MENU)
		i--;
	return i;
}

/* As grub-reboot(8) takes it: "gnulinux-advanced>gnulinux-6.1", or "1>2" without ids. */
static const char *place_text(struct arena *a, const struct grub_place *p)
{
	const char *own = *p->id ? p->id : arena_printf(a, "%u", p->index);
	return p->menu ? arena_printf(a, "%s>%s", place_text(a, p->menu), own) : own;
}

static void add_entry(struct grub_menu *m, struct arena *a, const struct grub_place *p)
{
	struct kernel *k = m->kernel;

	if (k->entry_count == ENTRIES_MAX)
		return;
	m->place[k->entry_count] = p;
	loader_add(k, a, (struct boot_entry){ .id = place_text(a, p), .title = p->title });
}

static void open_block(struct grub_menu *m, struct arena *a, struct walk *w,
		       const struct names *words, enum block block)
{
	size_t menu = innermost_menu(w);
	struct grub_place *p = NULL;

	if (block != BLOCK_OTHER) {
		p = arena_alloc(a, sizeof(*p));
		*p = (struct grub_place){ w->next[menu]++, id_of(words),
					  words->count > 1 ? words->name[1] : "", w->place[menu] };
	}
	if (w->depth + 1 < DEPTH_MAX)
		w->depth++;
	w->block[w->depth] = block;
	w->place[w->depth] = p;
	w->next[w->depth] = 0;
	if (block == BLOCK_ENTRY)
		add_entry(m, a, p);
}

static enum block block_of(const char *first)
{
	if (str_eq(first, "menuentry"))
		return BLOCK_ENTRY;
	return str_eq(first, "submenu") ? BLOCK_MENU : BLOCK_OTHER;
}

/* "linux /vmlinuz root=..." inside of an entry. */
static void set_kernel(struct grub_menu *m, const struct walk *w, const char *line,
		       const struct names *words)
{
	struct kernel *k = m->kernel;
	struct boot_entry *e = k->entry_count ? &k->entry[k->entry_count - 1] : NULL;

	if (!e || w->block[w->depth] != BLOCK_ENTRY || *e->kernel || words->count < 2)
		return;
	for (int skipped = 0; skipped < 2; skipped++) {
		line += strcspn(line, " \t");
		line += strspn(line, " \t");
	}
	e->kernel = words->name[1];
	e->options = line;
}

/* "initrd /amd-ucode.img /initramfs-linux.img" inside of an entry. */
static void set_initrd(struct grub_menu *m, const struct walk *w, struct arena *a,
		       const struct names *words)
{
	struct kernel *k = m->kernel;
	struct boot_entry *e = k->entry_count ? &k->entry[k->entry_count - 1] : NULL;

	if (!e || w->block[w->depth] != BLOCK_ENTRY || *e->initrd)
		return;
	for (size_t i = 1; i < words->count; i++)
		e->initrd =
		    arena_printf(a, "%s%s%s", e->initrd, *e->initrd ? " " : "", words->name[i]);
}

static bool is_initrd(const char *word)
{
	return str_eq(word, "initrd") || str_eq(word, "initrdefi") || str_eq(word, "initrd16");
}

static bool is_linux(const char *word)
{
	return str_eq(word, "linux") || str_eq(word, "linuxefi") || str_eq(word, "linux16");
}

/* `set default=`, but for the entry that is chosen for one boot: the environment has that. */
static void set_default(struct grub_menu *m, const struct names *words)
{
	if (words->count > 1 && str_starts(words->name[1], "default=") &&
	    !str_eq(words->name[1], "default=${next_entry}"))
		m->chosen = words->name[1] + strlen("default=");
}

void grub_parse(struct grub_menu *m, struct arena *a, struct bytes text)
{
	struct walk w = { .block = { BLOCK_MENU } };

	m->chosen = "0";
	for (struct bytes bytes; bytes_line(&text, &bytes);) {
		const char *line =
		    str_trim(a, bytes.data, bytes.size < LINE_MAX ? bytes.size : LINE_MAX);
		struct names words = split(a, line);
		const char *first = words.count ? words.name[0] : "#";
		if (*first == '#')
			continue;
		if (str_eq(first, "}"))
			w.depth -= w.depth > 0;
		else if (str_eq(words.name[words.count - 1], "{"))
			open_block(m, a, &w, &words, block_of(first));
		else if (is_linux(first))
			set_kernel(m, &w, line, &words);
		else if (is_initrd(first))
			set_initrd(m, &w, a, &words);
		else if (str_eq(first, "set"))
			set_default(m, &words);
		else if (str_eq(first, "blscfg"))
			m->reads_bls = true;
	}
}

const char *grub_variable(struct arena *a, struct bytes env, const char *name)
{
	size_t n = strlen(name);

	for (struct bytes line; bytes_line(&env, &line);)
		if (bytes_start(line, name) && line.size > n && line.data[n] == '=')
			return str_trim(a, line.data + n + 1, line.size - n - 1);
	return "";
}

/* "$name" or "${name}", from the environment block; others are taken to be empty. */
static const char *filled_in_word(struct arena *a, struct bytes env, const char *word)
{
	if (*word != '$')
		return word;
	word += 1 + (word[1] == '{');
	return grub_variable(a, env, str_ndup(a, word, strcspn(word, "}")));
}

static const char *filled_in(struct arena *a, struct bytes env, const char *options)
{
	struct names words = str_split(a, options, " \t", 256);
	const char *out = "";

	for (size_t i = 0; i < words.count && strlen(out) < OPTIONS_MAX; i++) {
		const char *word = filled_in_word(a, env, words.name[i]);
		if (*word)
			out = arena_printf(a, "%s%s%s", out, *out ? " " : "", word);
	}
	return out;
}

static bool is_one(const struct grub_place *p, const char *wish, size_t size)
{
	char index[16];

	snprintf(index, sizeof(index), "%u", p->index);
	const char *const name[] = { index, p->id, p->title };
	for (size_t i = 0; i < COUNT_OF(name); i++)
		if (size && strlen(name[i]) == size && strncmp(name[i], wish, size) == 0)
			return true;
	return false;
}

/* "MENU>ENTRY", each by its index, id or title. */
static bool is_chosen(const struct grub_place *p, const char *wish, size_t size)
{
	const char *last = memrchr(wish, '>', size);
	size_t head = last ? (size_t)(last - wish) : 0;
	const char *own = last ? last + 1 : wish;

	if (!is_one(p, own, size - (size_t)(own - wish)))
		return false;
	return p->menu ? is_chosen(p->menu, wish, head) : !last;
}

/* GRUB takes the first entry where there is none of that name. */
static struct maybe_text choose(const struct grub_menu *m, struct arena *a, struct bytes env,
				const char *from)
{
	const struct kernel *k = m->kernel;
	const char *wish = grub_variable(a, env, "next_entry");

	if (!*wish)
		wish = filled_in_word(a, env, m->chosen);
	if (strchr(wish, '$'))
		return unknown_text(UNREADABLE, from);
	for (size_t i = 0; *wish && i < k->entry_count; i++)
		if (is_chosen(m->place[i], wish, strlen(wish)))
			return known_text(k->entry[i].id, from);
	return k->entry_count ? known_text(k->entry[0].id, from) : unknown_text(ABSENT, from);
}

/* Fedora: `blscfg` puts the entries of loader/entries where it stands. */
static int read_bls(struct grub_menu *m, struct arena *a, struct host *h)
{
	struct bls_entry *e = arena_alloc(a, BLS_ENTRIES_MAX * sizeof(*e));
	struct kernel *k = m->kernel;
	size_t count = 0;
	int r = bls_read(h, a, "/boot/loader/entries", e, &count);

	for (size_t i = 0; i < count; i++)
		e[i].sort_key = "";
	qsort(e, count, sizeof(*e), bls_compare);
	k->entry_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct grub_place *p = arena_alloc(a, sizeof(*p));
		const char *id = str_ndup(a, e[i].id, strlen(e[i].id) - strlen(".conf"));
		*p = (struct grub_place){ (unsigned)i, id, *e[i].title ? e[i].title : id, NULL };
		add_entry(m, a, p);
		k->entry[i].kernel = e[i].kernel;
		k->entry[i].release = e[i].version;
		k->entry[i].options = e[i].options;
		k->entry[i].initrd = e[i].initrd;
	}
	return r;
}

void loader_grub(struct kernel *k, struct arena *a, struct host *h)
{
	static const char *const dirs[] = { "/boot/grub", "/boot/grub2" };
	struct bytes text, env = { "", 0 };
	struct grub_menu m = { .kernel = k };
	int r = -1;

	for (size_t i = 0; r < 0 && i < COUNT_OF(dirs); i++) {
		k->boot_from = arena_printf(a, "%s/grub.cfg", dirs[i]);
		r = host_read(h, a, k->boot_from, &text, NULL);
		if (r < 0 && know_of_errno(r) != ABSENT)
			break;
		host_read(h, a, arena_printf(a, "%s/grubenv", dirs[i]), &env, NULL);
	}
	if (r == 0)
		grub_parse(&m, a, text);
	if (r == 0 && m.reads_bls)
		r = read_bls(&m, a, h);
	if (r == 0 && !m.reads_bls)
		grub_settings(k, a, h);
	k->boot_know = r < 0 ? know_of_errno(r) : KNOWN;
	for (size_t i = 0; i < k->entry_count; i++)
		k->entry[i].options = filled_in(a, env, k->entry[i].options);
	k->next_entry =
	    r < 0 ? unknown_text(k->boot_know, k->boot_from) : choose(&m, a, env, k->boot_from);
}

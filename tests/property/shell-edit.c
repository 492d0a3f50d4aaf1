/* SPDX-License-Identifier: MIT */
/*
 * Edits of files that a shell sources, judged by bash: over generated files,
 * and over real ones beside the checkout. A refusal is counted, and never one of what has passed.
 */
#include "format/shell-edit.h"

#include <dirent.h>
#include <errno.h>

#include "bash.h"
#include "format/shell.h"
#include "shell-file.h"

/* Of real files: what others are built from (GRUB_RECORDFAIL_TIMEOUT=$GRUB_TIMEOUT), a list that is
 * to be a text. */
enum { FILES = 250, CASES_MAX = 2048, REFUSED_PERCENT_MAX = 5 };

static struct arena arena;

enum kind { LIST, CMDLINE, SET };

struct edit_case {
	enum kind kind;
	const char *file, *name;
	struct bytes text, after;
	struct names words; /* to be added, or set; one value */
	bool is_sourced;
	size_t asked; /* of the oracle: before, and one more after */
};

struct tally {
	struct edit_case of[CASES_MAX];
	size_t count, edited, refused, same, came_back, sourced;
};

static int edit(struct edit *t, const struct edit_case *c, struct err *e)
{
	const struct cmdline_change change = { .set = c->words };

	if (c->kind == SET)
		return shell_set(t, c->name, c->words.name[0], e);
	return c->kind == LIST ? shell_list_add(t, c->name, &c->words, e)
			       : shell_cmdline(t, c->name, &change, e);
}

static int edit_back(struct edit *t, const struct edit_case *c)
{
	const struct cmdline_change change = { .drop = c->words };

	return c->kind == LIST ? shell_list_remove(t, c->name, &c->words, NULL)
			       : shell_cmdline(t, c->name, &change, NULL);
}

static bool same(struct bytes a, struct bytes b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

#define HOLDS(c, x) ((x) ? (void)0 : broken(c, #x, __LINE__))

static void broken(const struct edit_case *c, const char *what, int line)
{
	printf("# %s: %s, line %d: %s\n# ---- before\n%.*s\n# ---- after\n%.*s\n# ----\n", c->file,
	       c->name, line, what, (int)c->text.size, c->text.data, (int)c->after.size,
	       c->after.data ? c->after.data : "");
	exit(1);
}

/* Only one place is another, and of what stood there no line. */
static void check_one_place(const struct edit_case *c)
{
	size_t from = 0, end = 0;
	struct bytes a = c->text, b = c->after;

	while (from < a.size && from < b.size && a.data[from] == b.data[from])
		from++;
	while (end < a.size - from && end < b.size - from &&
	       a.data[a.size - 1 - end] == b.data[b.size - 1 - end])
		end++;
	size_t gone = a.size - from - end;
	HOLDS(c, gone < 256 && (c->kind == SET || !memchr(a.data + from, '\n', gone)));
	HOLDS(c, b.size - from - end < 256);
}

static void check_twice(const struct edit_case *c)
{
	struct edit t = { &arena, c->file, c->after };
	HOLDS(c, edit(&t, c, NULL) == 0 && same(t.text, c->after));
}

/* An edit without anything in it: the same bytes. */
static void check_nothing(const struct edit_case *c)
{
	struct edit t = { &arena, c->file, c->text };
	struct edit_case none = *c;

	none.words.count = 0;
	HOLDS(c, c->kind == SET || (edit(&t, &none, NULL) == 0 && same(t.text, c->text)));
}

/* Edits; asks the oracle where the file may be sourced. Returns what the editor did. */
static int run_case(struct tally *n, struct oracle *o, struct edit_case *c)
{
	struct edit t = { &arena, c->file, c->text };
	struct err e = { 0 };
	int r = edit(&t, c, &e);

	c->after = t.text;
	if (r < 0) {
		HOLDS(c, r == -EINVAL && same(c->text, c->after));
		HOLDS(c, str_starts(e.text, c->file) && e.text[strlen(c->file)] == ':' &&
			     e.text[strlen(c->file) + 1] >= '1');
		if (!str_eq(c->file, "generated"))
			printf("# %s\n", e.text);
		n->refused++;
		return r;
	}
	check_nothing(c);
	if (r == 0) {
		HOLDS(c, same(c->text, c->after));
		n->same++;
		return 0;
	}
	HOLDS(c, r == 1 && !same(c->text, c->after));
	check_one_place(c);
	check_twice(c);
	n->edited++;
	if (c->is_sourced) {
		c->asked = oracle_ask(o, c->text, c->name);
		oracle_ask(o, c->after, c->name);
		n->sourced++;
		CHECK(n->count < CASES_MAX);
		n->of[n->count++] = *c;
	}
	return 1;
}

static struct names words_of(const struct sourced *s, bool as_words)
{
	if (!as_words || s->is_list || !s->word.count)
		return s->word;
	return str_split(&arena, s->word.name[0], " \t\n", strlen(s->word.name[0]) + 1);
}

/* With '_' for '-', which is the same in names of parameters. */
static const char *joined(const struct names *w)
{
	char *out = arena_printf(&arena, "%s", "");
	for (size_t i = 0; i < w->count; i++)
		out = arena_printf(&arena, "%s<%s>", out, w->name[i]);
	for (char *c = out; *c; c++)
		*c = *c == '-' ? '_' : *c;
	return out;
}

static bool is_named(const char *word, const char *set)
{
	size_t n = strcspn(set, "=");
	for (size_t i = 0; i < n; i++)
		if ((word[i] == '-' ? '_' : word[i]) != (set[i] == '-' ? '_' : set[i]))
			return false;
	return !word[n] || word[n] == '=';
}

/* What the variable ought to be: new words at the end; a parameter in place of its last, if so. */
static const char *expected(const struct edit_case *c, const struct names *old, bool in_place)
{
	struct names out = { 0 };
	size_t room = 0;

	for (size_t i = 0; i < old->count && c->kind != SET; i++)
		names_add(&arena, &out, &room, old->name[i]);
	for (size_t i = 0; i < c->words.count; i++) {
		size_t at = out.count;
		if (names_have(&out, c->words.name[i]))
			continue;
		for (size_t k = 0; k < out.count && in_place && c->kind == CMDLINE; k++)
			at = is_named(out.name[k], c->words.name[i]) ? k : at;
		if (at < out.count)
			out.name[at] = c->words.name[i];
		else
			names_add(&arena, &out, &room, c->words.name[i]);
	}
	return joined(&out);
}

static void judge(const struct tally *n, const struct oracle *o)
{
	oracle_run(o);
	for (size_t i = 0; i < n->count; i++) {
		const struct edit_case *c = &n->of[i];
		struct sourced before = oracle_told(o, c->asked),
			       after = oracle_told(o, c->asked + 1);
		struct names old = words_of(&before, c->kind != SET);
		struct names new = words_of(&after, c->kind != SET);
		const char *got = joined(&new);

		if (!str_eq(got, expected(c, &old, true)) && !str_eq(got, expected(c, &old, false)))
			printf("# got %s\n# not %s\n", got, expected(c, &old, true));
		HOLDS(c, str_eq(got, expected(c, &old, true)) ||
			     str_eq(got, expected(c, &old, false)));
		HOLDS(c, !before.word.count || before.is_list == after.is_list);
		HOLDS(c, str_eq(before.others, after.others));
	}
	oracle_done(o);
}

static void tell(const struct tally *n)
{
	printf("# edited %zu, refused %zu, already so %zu; by bash %zu, taken back %zu\n",
	       n->edited, n->refused, n->same, n->sourced, n->came_back);
}

static void take_back(struct tally *n, const struct edit_case *c)
{
	struct edit t = { &arena, c->file, c->after };
	int r = edit_back(&t, c);

	HOLDS(c, r == 1);
	HOLDS(c, same(t.text, c->text));
	n->came_back++;
}

static void generated(struct tally *n, struct oracle *o, struct dice *d, enum kind kind)
{
	static const char *const words[] = { "nvidia", "nvidia_uvm", "thunderbolt", "a",
					     "i2c-dev" };
	static const char *const sets[] = { "nvidia_drm.modeset=1", "pci=realloc", "quiet" };
	struct shell_file f =
	    kind == LIST ? shell_file(&arena, d, "MODULES", list_traits, COUNT_OF(list_traits))
			 : shell_file(&arena, d, "CMDLINE", text_traits, COUNT_OF(text_traits));
	struct edit_case c = { .kind = kind, .file = "generated", .name = f.name, .text = f.text };
	bool is_new = roll(d, 3) != 0;
	size_t room = 0, count = 1 + roll(d, 3);

	c.is_sourced = true;
	for (size_t i = 0; i < count; i++)
		names_add(&arena, &c.words, &room,
			  is_new ? arena_printf(&arena, kind == LIST ? "new%zu" : "new%zu.x=1", i)
			  : kind == LIST ? PICK(d, words)
					 : PICK(d, sets));
	if (kind == SET) {
		c.words.count = 1;
		c.words.name[0] = roll(d, 2) ? "/boot/x" : "a \"b\" $c 'd'";
		f.is_plain = false;
	}
	int r = run_case(n, o, &c);
	HOLDS(&c, r >= 0 || !f.is_plain);
	if (r == 1 && f.is_set && f.comes_back && is_new && kind != SET)
		take_back(n, &c);
}

TEST(generated_lists_get_their_words_and_nothing_else_is_another)
{
	struct tally *n = arena_alloc(&arena, sizeof(*n));
	struct oracle o = oracle_new(&arena);
	struct dice d = { 1 };

	for (size_t i = 0; i < FILES; i++)
		generated(n, &o, &d, LIST);
	judge(n, &o);
	tell(n);
	CHECK(n->edited > FILES / 2 && n->came_back > FILES / 4);
}

TEST(generated_command_lines_get_their_parameters_and_nothing_else_is_another)
{
	struct tally *n = arena_alloc(&arena, sizeof(*n));
	struct oracle o = oracle_new(&arena);
	struct dice d = { 2 };

	for (size_t i = 0; i < FILES; i++)
		generated(n, &o, &d, CMDLINE);
	judge(n, &o);
	tell(n);
	CHECK(n->edited > FILES / 2 && n->came_back > FILES / 4);
}

TEST(generated_values_are_replaced_and_nothing_else_is_another)
{
	struct tally *n = arena_alloc(&arena, sizeof(*n));
	struct oracle o = oracle_new(&arena);
	struct dice d = { 3 };

	for (size_t i = 0; i < FILES; i++)
		generated(n, &o, &d, SET);
	judge(n, &o);
	tell(n);
	CHECK(n->edited > FILES / 2);
}

/* Nothing in it that would do more than set variables. */
static bool may_be_sourced(struct bytes text)
{
	struct shell s = { .arena = &arena };

	shell_read(&s, &(struct shell_piece){ "f", text }, 1);
	for (struct bytes line; bytes_line(&text, &line);)
		if (line.data[strspn(line.data, " \t")] != '#' && memchr(line.data, '>', line.size))
			return false;
	bool is_told = !s.trouble && !s.commands;
	for (size_t i = 0; i < s.count; i++)
		is_told &=
		    !s.variable[i].trouble || !strstr(s.variable[i].trouble, "needs a shell");
	return is_told;
}

static void real_case(struct tally *n, struct oracle *o, const char *path, struct edit_case c,
		      const char *words)
{
	c.file = path;
	c.text = oracle_read(&arena, path);
	c.words = str_split(&arena, words, c.kind == SET ? "\n" : " ", 8);
	c.is_sourced = may_be_sourced(c.text);
	bool is_set = bytes_have(c.text, arena_printf(&arena, "\n%s", c.name));
	if (run_case(n, o, &c) == 1 && c.kind != SET && is_set && strstr(words, "egpu"))
		n->came_back += edit_back(&(struct edit){ &arena, path, c.after }, &c) == 1;
}

static void edit_real(struct tally *n, struct oracle *o, const char *path, const char *kind)
{
	if (str_eq(kind, "grub")) {
		real_case(n, o, path, (struct edit_case){ CMDLINE, .name = "GRUB_CMDLINE_LINUX" },
			  "egpu.test=1 nvidia_drm.modeset=1");
		real_case(n, o, path,
			  (struct edit_case){ CMDLINE, .name = "GRUB_CMDLINE_LINUX_DEFAULT" },
			  "nvidia_drm.modeset=0");
		real_case(n, o, path, (struct edit_case){ SET, .name = "GRUB_TIMEOUT" }, "77");
	} else if (str_eq(kind, "dracut")) {
		real_case(n, o, path, (struct edit_case){ LIST, .name = "add_drivers" },
			  "egpu nvidia nvidia_uvm");
		real_case(n, o, path, (struct edit_case){ LIST, .name = "omit_dracutmodules" },
			  "egpu");
		real_case(n, o, path, (struct edit_case){ CMDLINE, .name = "kernel_cmdline" },
			  "egpu.test=1");
	} else if (str_ends(path, ".preset")) {
		real_case(n, o, path, (struct edit_case){ LIST, .name = "PRESETS" }, "egpu");
		real_case(n, o, path, (struct edit_case){ SET, .name = "ALL_config" },
			  "/etc/egpu.conf");
		real_case(n, o, path, (struct edit_case){ SET, .name = "default_options" },
			  "-S autodetect -c /x");
	} else {
		real_case(n, o, path, (struct edit_case){ LIST, .name = "MODULES" },
			  "nvidia nvidia_modeset nvidia_uvm nvidia_drm egpu");
		real_case(n, o, path, (struct edit_case){ LIST, .name = "HOOKS" }, "egpu");
		real_case(n, o, path, (struct edit_case){ SET, .name = "COMPRESSION" }, "lz4");
	}
}

static void real_folder(const char *kind)
{
	const char *dir = arena_printf(&arena, "%s/%s", shared_configs(&arena), kind);
	DIR *d = opendir(dir);

	if (!d) {
		printf("# no %s here: nothing edited\n", dir);
		return;
	}
	struct tally *n = arena_alloc(&arena, sizeof(*n));
	struct oracle o = oracle_new(&arena);
	for (struct dirent *de; (de = readdir(d));)
		if (de->d_name[0] != '.')
			edit_real(n, &o, arena_printf(&arena, "%s/%s", dir, de->d_name), kind);
	closedir(d);
	judge(n, &o);
	tell(n);
	CHECK(n->refused * 100 <= (n->edited + n->same + n->refused) * REFUSED_PERCENT_MAX);
}

TEST(real_files_of_mkinitcpio_are_edited)
{
	real_folder("mkinitcpio");
}

TEST(real_files_of_dracut_are_edited)
{
	real_folder("dracut");
}

TEST(real_files_of_grub_are_edited)
{
	real_folder("grub");
}

/* SPDX-License-Identifier: MIT */
/*
 * Editors of kernel command lines: whatever the file, an edit changes what the
 * file's reader says by the wanted words and by nothing else, in one place,
 * once; what was added can be dropped, and then every byte is as before.
 */
#include "boot-draft.h"
#include "cmdline-model.h"
#include "collect/boot/bls.h"
#include "collect/boot/loader.h"
#include "shared.h"

enum { LINES_MAX = 64, RUNS = 3000 };

/* A file as its reader has it: its command lines, and all else as one text. */
struct reading {
	struct names line[LINES_MAX];
	size_t count;
	const char *rest;
};

struct format {
	const char *name;
	int (*edit)(struct edit *t, const struct cmdline_change *c, struct err *e);
	void (*read)(struct arena *a, struct bytes text, struct reading *ret);
	bool has_one; /* command line, so that an edit has one place */
};

struct tally {
	size_t edited, already, refused;
};

static void keep(struct arena *a, struct reading *r, const char *what)
{
	r->rest = arena_printf(a, "%s%s\n", r->rest, what ? what : "");
}

/* Lines for which `is` holds, as the rest. */
static void keep_lines(struct arena *a, struct bytes text, struct reading *r,
		       bool (*is)(const char *line))
{
	for (struct bytes line; bytes_line(&text, &line);) {
		const char *one = str_ndup(a, line.data, line.size);
		if (one[strspn(one, " \t")] && is(one))
			keep(a, r, one);
	}
}

static bool is_comment(const char *line)
{
	return *line == '#';
}

static bool is_no_options(const char *line)
{
	line += strspn(line, " \t");
	return !str_starts(line, "options ") && !str_starts(line, "options\t");
}

static bool is_no_cmdline(const char *line)
{
	line += strspn(line, " \t");
	return !str_starts(line, "cmdline:") && !str_starts(line, "kernel_cmdline:");
}

static void read_kernel(struct arena *a, struct bytes text, struct reading *r)
{
	const char *all = "";

	for (struct bytes line, rest = text; bytes_line(&rest, &line);)
		if (!line.size || *line.data != '#')
			all = arena_printf(a, "%s %s", all, str_ndup(a, line.data, line.size));
	r->line[r->count++] = parameters(a, all);
	keep_lines(a, text, r, is_comment);
}

static void read_bls(struct arena *a, struct bytes text, struct reading *r)
{
	struct bls_entry e = bls_parse(a, text, "x.conf");

	r->line[r->count++] = parameters(a, e.options);
	keep(a, r, e.title);
	keep(a, r, e.version);
	keep(a, r, e.sort_key);
	keep(a, r, e.machine_id);
	keep(a, r, e.kernel);
	keep_lines(a, text, r, is_no_options);
}

static void read_limine(struct arena *a, struct bytes text, struct reading *r)
{
	struct kernel k = { 0 };

	limine_parse(&k, a, text, "limine.conf");
	for (size_t i = 0; i < k.entry_count; i++) {
		const struct boot_entry *e = &k.entry[i];
		if (str_ends(e->kernel, ".efi"))
			keep(a, r, e->options);
		else
			r->line[r->count++] = parameters(a, e->options ? e->options : "");
		keep(a, r, e->id);
		keep(a, r, e->kernel);
	}
	keep(a, r, k.next_entry.v);
	keep_lines(a, text, r, is_no_cmdline);
}

/* rEFInd's documentation: two texts in quotes; one inside of them is written twice. */
static const char *take_text(struct arena *a, const char **line)
{
	const char *at = strchr(*line, '"');
	char *out = arena_alloc(a, strlen(*line) + 1), *end = out;

	for (at = at ? at + 1 : ""; *at && (*at != '"' || at[1] == '"'); at++) {
		at += *at == '"';
		*end++ = *at;
	}
	*line = *at ? at + 1 : at;
	return out;
}

static void read_refind(struct arena *a, struct bytes text, struct reading *r)
{
	keep_lines(a, text, r, is_comment);
	for (struct bytes line; bytes_line(&text, &line);) {
		const char *trimmed = str_trim(a, line.data, line.size);
		if (!*trimmed || *trimmed == '#')
			continue;
		keep(a, r, take_text(a, &trimmed));
		r->line[r->count++] = parameters(a, take_text(a, &trimmed));
		keep(a, r, trimmed);
	}
}

static int edit_limine(struct edit *t, const struct cmdline_change *c, struct err *e)
{
	return limine_edit(t, NULL, c, e);
}

static const struct format kernel = { "cmdline", kernel_cmdline_edit, read_kernel, true };
static const struct format bls = { "loader", bls_edit, read_bls, true };
static const struct format limine = { "limine", edit_limine, read_limine, false };
static const struct format refind = { "refind", refind_edit, read_refind, false };

/* How many bytes differ, between what both begin with and what both end with. */
struct differing {
	size_t old, new;
};

static struct differing differing(struct bytes a, struct bytes b)
{
	size_t least = a.size < b.size ? a.size : b.size, start = 0, end = 0;

	while (start < least && a.data[start] == b.data[start])
		start++;
	while (end < least - start && a.data[a.size - 1 - end] == b.data[b.size - 1 - end])
		end++;
	return (struct differing){ a.size - start - end, b.size - start - end };
}

static void fail(const char *file, struct bytes text, struct bytes after,
		 const struct cmdline_change *c, const char *why)
{
	const struct names *kind[] = { &c->set, &c->add, &c->drop };
	const char *verb[] = { "set", "add", "drop" };

	for (size_t i = 0; i < COUNT_OF(kind); i++)
		for (size_t k = 0; k < kind[i]->count; k++)
			printf("# %s %s\n", verb[i], kind[i]->name[k]);
	printf("--- before\n%.*s\n--- after\n%.*s\n", (int)text.size, text.data, (int)after.size,
	       after.data);
	TAP_FAIL("%s: %s", file, why);
}

/* One word put in is one insertion, one taken out one deletion. */
static const char *place_trouble(const struct names *before, const struct names *after,
				 const struct cmdline_change *c, struct differing d)
{
	size_t word = c->set.count   ? strlen(c->set.name[0])
		      : c->add.count ? strlen(c->add.name[0])
				     : 0;

	if (after->count > before->count && (d.old || d.new > word + 64))
		return "an added word is not one insertion";
	if (after->count + 1 == before->count && d.new)
		return "a dropped word is not one deletion";
	if (after->count == before->count && d.new > word + 2)
		return "more is replaced than the word";
	return NULL;
}

/* The same for each line of a file with several command lines, where none came or went. */
static const char *lines_trouble(struct bytes text, struct bytes after,
				 const struct cmdline_change *c)
{
	size_t word = c->set.count ? strlen(c->set.name[0]) : 0;
	struct bytes rest = text, rest_after = after, old, new;

	while (bytes_line(&rest, &old) && bytes_line(&rest_after, &new)) {
		struct differing d = differing(old, new);
		if (d.old && d.new &&d.new > 2 * word)
			return "a line changed in several places";
	}
	return NULL;
}

static size_t line_count(struct bytes text)
{
	size_t count = 0;

	for (struct bytes line; bytes_line(&text, &line);)
		count++;
	return count;
}

static const char *trouble(struct arena *a, const struct format *f, struct bytes text,
			   struct bytes after, const struct cmdline_change *c)
{
	struct reading *old = arena_alloc(a, 2 * sizeof(*old)), *new = old + 1;

	old->rest = new->rest = "";
	f->read(a, text, old);
	f->read(a, after, new);
	if (!str_eq(old->rest, new->rest))
		return "something else changed";
	if (old->count != new->count)
		return "a command line came or went";
	for (size_t i = 0; i < old->count; i++) {
		struct names wanted = model_changed(a, &old->line[i], c);
		if (!same_names(&wanted, &new->line[i]))
			return arena_printf(a, "reads %s, not %s", listed(a, &new->line[i]),
					    listed(a, &wanted));
	}
	if (f->has_one)
		return place_trouble(&old->line[0], &new->line[0], c, differing(text, after));
	bool is_countable = !c->drop.count && line_count(text) == line_count(after);
	return is_countable ? lines_trouble(text, after, c) : NULL;
}

/* 1, 0 or -EINVAL, all that the answer promises being so. */
static int check(const struct format *f, const char *file, struct bytes text,
		 const struct cmdline_change *c, struct err *e)
{
	ARENA arena = { 0 };
	struct edit t = { &arena, file, text };
	int r = f->edit(&t, c, e);
	const char *why = r < 0 ? NULL : trouble(&arena, f, text, t.text, c);
	unsigned line;

	if (r == 1 ? same_bytes(t.text, text) : !same_bytes(t.text, text))
		why = "the answer does not say whether it changed";
	if (r < 0 && sscanf(e->text + strlen(file), ":%u: ", &line) != 1)
		why = "refused without a place";
	struct bytes once = t.text;
	if (r >= 0 && (f->edit(&t, c, e) != 0 || !same_bytes(once, t.text)))
		why = "twice is not once";
	if (why)
		fail(file, text, once, c, why);
	return r;
}

static void check_way_back(const struct format *f, const char *file, struct bytes text)
{
	ARENA arena = { 0 };
	struct edit t = { &arena, file, text };
	struct err e;

	CHECK_INT(f->edit(&t, ADD("egpu_property.word=1"), &e), 1);
	struct bytes added = t.text;
	CHECK_INT(f->edit(&t, DROP("egpu-property.word"), &e), 1);
	if (!same_bytes(t.text, text))
		fail(file, text, added, DROP("egpu-property.word"), "the way back leads elsewhere");
}

/* Each parameter that is there dropped and set, and some that are not. */
static int check_all(const struct format *f, const char *file, struct bytes text, struct err *e)
{
	ARENA arena = { 0 };
	struct reading *r = arena_alloc(&arena, sizeof(*r));
	const struct cmdline_change *always[] = {
		SET("nvidia_drm.modeset=0"), SET("dyndbg=\"file a.c +p\""),
		ADD("pci=realloc"),          DROP("quiet"),
		DROP("pci=realloc"),         ADD("-"),
	};

	if (check(f, file, text, &(struct cmdline_change){ 0 }, e) < 0)
		return -EINVAL;
	for (size_t i = 0; i < COUNT_OF(always); i++)
		if (check(f, file, text, always[i], e) < 0)
			return -EINVAL;
	r->rest = "";
	f->read(&arena, text, r);
	for (size_t i = 0; r->count && i < r->line[0].count && i < LINES_MAX; i++) {
		const char *word = r->line[0].name[i];
		const char *name = str_ndup(&arena, word, strcspn(word, "="));
		if (!*name)
			continue;
		if (check(f, file, text, DROP(word), e) < 0 ||
		    check(f, file, text, DROP(name), e) < 0 ||
		    check(f, file, text, SET(arena_printf(&arena, "%s=egpu", name)), e) < 0 ||
		    check(f, file, text, ADD(arena_printf(&arena, "%s=egpu", name)), e) < 0)
			return -EINVAL;
	}
	check_way_back(f, file, text);
	return 1;
}

static void run_drafts(const struct format *f, void (*make)(struct draft *d))
{
	struct tally tally = { 0 };
	struct dice dice = { 7 };

	for (size_t i = 0; i < RUNS; i++) {
		ARENA arena = { 0 };
		struct err e = { 0 };
		struct draft d = { &arena, &dice, roll(&dice, 4) ? "\n" : "\r\n", "" };
		make(&d);
		struct bytes text = bytes_of(d.text);
		if (text.size && !roll(&dice, 3))
			text = bytes_of(str_ndup(&arena, d.text, text.size - strlen(d.end)));
		if (check_all(f, "drafted", text, &e) > 0)
			tally.edited++;
		else if (strstr(e.text, "systemd-boot takes the quotes off") ||
			 strstr(e.text, "make it a comment"))
			tally.refused++;
		else
			fail("drafted", text, text, &(struct cmdline_change){ 0 }, e.text);
	}
	printf("# %s: %zu edited, %zu refused\n", f->name, tally.edited, tally.refused);
	CHECK(tally.refused < RUNS / 10);
}

TEST(drafted_command_lines_change_by_the_wanted_word)
{
	run_drafts(&kernel, draft_kernel);
}

TEST(drafted_loader_entries_change_by_the_wanted_word)
{
	run_drafts(&bls, draft_bls);
}

TEST(drafted_limine_menus_change_by_the_wanted_word)
{
	run_drafts(&limine, draft_limine);
}

TEST(drafted_refind_lines_change_by_the_wanted_word)
{
	run_drafts(&refind, draft_refind);
}

/* Real files. */

static struct tally real;

/* Which of them no editor may touch: what starts no Linux, and templates. */
static bool must_be_refused(struct arena *a, const struct format *f, const struct real_file *file)
{
	if (f == &kernel)
		return bytes_have(file->text, "{{");
	for (struct bytes line, rest = file->text; bytes_line(&rest, &line);) {
		const char *text = str_trim(a, line.data, line.size);
		if (f == &bls ? str_starts(text, "linux") || str_starts(text, "uki")
			      : str_eq(text, "protocol: linux"))
			return false;
	}
	return true;
}

static void run_real(struct arena *a, const struct format *f, const struct real_file *file)
{
	struct err e = { 0 };
	bool is_refused = check_all(f, file->path, file->text, &e) < 0;

	real.refused += is_refused;
	real.edited += !is_refused;
	if (is_refused)
		printf("# refused: %s\n", e.text);
	if (is_refused != must_be_refused(a, f, file))
		TAP_FAIL("%s %s", file->path, is_refused ? "is refused" : "is edited");
}

static void run_kernel(struct arena *a, const struct real_file *file)
{
	if (!str_ends(file->where, "install.conf"))
		run_real(a, &kernel, file);
}

static void run_bls(struct arena *a, const struct real_file *file)
{
	run_real(a, &bls, file);
}

static void run_limine(struct arena *a, const struct real_file *file)
{
	run_real(a, &limine, file);
}

TEST(real_files_change_by_the_wanted_word)
{
	ARENA arena = { 0 };
	size_t count = each_real_file(&arena, "cmdline", run_kernel);

	count += each_real_file(&arena, "loader", run_bls);
	count += each_real_file(&arena, "limine", run_limine);
	printf("# %zu real files: %zu edited, %zu refused\n", count, real.edited, real.refused);
}

/* SPDX-License-Identifier: MIT */
/*
 * Pastes and what they give away. A file holds blocks:
 *
 *	## a title
 *	= first-cause other-cause ...	or "= healthy" or "= not-known"
 *	the pasted text, up to the next "## "
 *
 * The first cause must be the first answer, the others must be named too. With
 * --covered and all files: does every cause that has signs stand first somewhere?
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sign/answer.h"

enum { TEXT_MAX = 1 << 20 };

struct block {
	const char *title, *wanted;
	struct bytes text;
};

static struct bytes load(struct arena *a, const char *path)
{
	char *text = arena_alloc(a, TEXT_MAX + 1);
	FILE *f = fopen(path, "re");
	if (!f)
		printf("Bail out! %s: no such file\n", path), exit(1);
	size_t size = fread(text, 1, TEXT_MAX, f);
	fclose(f);
	return (struct bytes){ text, size };
}

/* Takes the next block off *rest; false: no more. */
static bool next_block(struct arena *a, struct bytes *rest, struct block *ret)
{
	struct bytes line = { 0 };

	while (bytes_line(rest, &line))
		if (bytes_start(line, "## "))
			break;
	if (!bytes_start(line, "## ") || rest->size == 0)
		return false;
	ret->title = str_ndup(a, line.data + 3, line.size - 3);
	if (!bytes_line(rest, &line) || !bytes_start(line, "= "))
		printf("Bail out! \"%s\" has no line \"= CAUSE\"\n", ret->title), exit(1);
	ret->wanted = str_ndup(a, line.data + 2, line.size - 2);
	ret->text = *rest;
	for (struct bytes look = *rest; bytes_line(&look, &line); *rest = look)
		if (bytes_start(line, "## "))
			break;
	ret->text.size = (size_t)(rest->data - ret->text.data);
	return true;
}

static const char *said(struct arena *a, const struct answer *an)
{
	const char *out = an->count ? "" : an->good_count ? "healthy" : "not-known";
	for (size_t i = 0; i < an->count; i++)
		out = arena_printf(a, "%s%s%s", out, i ? " " : "", an->named[i].cause->id);
	return out;
}

/* The first word of wanted is the first of got; the others are anywhere. */
static bool is_met(struct arena *a, const char *wanted, const char *got)
{
	struct names want = str_split(a, wanted, " ", 64), have = str_split(a, got, " ", 64);

	if (!want.count || !have.count || !str_eq(want.name[0], have.name[0]))
		return false;
	for (size_t i = 1; i < want.count; i++)
		if (!names_have(&have, want.name[i]))
			return false;
	return true;
}

static bool check(const struct book *book, const struct block *b, unsigned number)
{
	ARENA arena = { 0 };
	struct reading *r = reading_new(&arena, book);

	reading_feed(r, b->text);
	const struct answer *an = answer_of(&arena, r, "");
	const char *got = said(&arena, an);
	bool ok = is_met(&arena, b->wanted, got);
	printf("%sok %u - %s\n", ok ? "" : "not ", number, b->title);
	if (!ok)
		printf("# wanted: %s\n# got:    %s\n", b->wanted, got);
	for (size_t i = 0; !ok && i < an->count; i++)
		printf("#   %s %u %% by line %llu: %s\n", an->named[i].cause->id, an->named[i].sure,
		       (unsigned long long)an->named[i].said->first_line, an->named[i].said->line);
	return ok;
}

static int check_file(const char *path)
{
	ARENA arena = { 0 };
	const struct book *book = book_open(&arena);
	struct bytes rest = load(&arena, path);
	struct block b;
	unsigned count = 0, failed = 0;

	while (next_block(&arena, &rest, &b))
		failed += !check(book, &b, ++count);
	printf("1..%u\n", count);
	return failed ? 1 : 0;
}

static int check_covered(int count, char *paths[])
{
	ARENA arena = { 0 };
	const struct cause *c;
	const char *all = " ";
	unsigned number = 0, failed = 0;

	for (int i = 0; i < count; i++) {
		struct bytes rest = load(&arena, paths[i]);
		for (struct block b; next_block(&arena, &rest, &b);)
			all = arena_printf(&arena, "%s%.*s ", all, (int)strcspn(b.wanted, " "),
					   b.wanted);
	}
	for (size_t i = 0; (c = cause_at(i)); i++) {
		if (!c->sign)
			continue;
		bool ok = strstr(all, arena_printf(&arena, " %s ", c->id)) != NULL;
		printf("%sok %u - %s stands first in a paste\n", ok ? "" : "not ", ++number, c->id);
		failed += !ok;
	}
	printf("1..%u\n", number);
	return failed ? 1 : 0;
}

int main(int argc, char *argv[])
{
	if (argc > 2 && str_eq(argv[1], "--covered"))
		return check_covered(argc - 2, argv + 2);
	if (argc == 2)
		return check_file(argv[1]);
	fputs("usage: explain FILE | explain --covered FILE...\n", stderr);
	return 64;
}

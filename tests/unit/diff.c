/* SPDX-License-Identifier: MIT */
#include "view/diff.h"

#include "scratch.h"
#include "tap.h"

static struct arena arena;

static const char *diff(const char *before, const char *after)
{
	struct diff d = diff_of(&arena, bytes_of(before), bytes_of(after));
	return diff_text(&arena, &d).data;
}

TEST(same_texts_have_no_diff)
{
	CHECK_INT(diff_of(&arena, bytes_of("a\nb"), bytes_of("a\nb")).count, 0);
	CHECK_INT(diff_of(&arena, (struct bytes){ 0 }, (struct bytes){ 0 }).count, 0);
}

TEST(a_change_stands_between_three_lines_of_context)
{
	CHECK_STR(diff("1\n2\n3\n4\nold\n6\n7\n8\n9\n", "1\n2\n3\n4\nnew\n6\n7\n8\n9\n"),
		  "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-old\n+new\n 6\n 7\n 8\n");
}

TEST(a_new_text_has_only_lines_that_come_and_an_emptied_one_only_lines_that_go)
{
	CHECK_STR(diff("", "a\nb\n"), "@@ -0,0 +1,2 @@\n+a\n+b\n");
	CHECK_STR(diff("a\n", ""), "@@ -1 +0,0 @@\n-a\n");
}

TEST(changes_that_are_six_lines_apart_share_a_hunk_and_seven_do_not)
{
	const char *near = diff("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n");
	const char *far = diff("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n");

	CHECK_STR(near, "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
	CHECK_STR(far, "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n"
		       "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}

TEST(a_missing_final_line_feed_is_told_of_the_side_that_lacks_it)
{
	CHECK_STR(diff("a", "a\n"), "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
	CHECK_STR(diff("a\nb", "A\nb"), "@@ -1,2 +1,2 @@\n-a\n+A\n b\n"
					"\\ No newline at end of file\n");
}

TEST(line_ends_are_part_of_a_line)
{
	CHECK_STR(diff("a\r\nb\r\n", "a\r\nb\n"), "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+b\n");
}

TEST(lines_are_moved_by_the_fewest_that_change)
{
	CHECK_STR(diff("x\na\nb\nc\n", "a\nb\nc\nx\n"), "@@ -1,4 +1,4 @@\n-x\n a\n b\n c\n+x\n");
}

static struct bytes numbers(const char *before, unsigned count, const char *each)
{
	char *out = arena_alloc(&arena, count * 16 + 32), *at = out;

	at += sprintf(at, "%s\n", before);
	for (unsigned i = 0; i < count; i++)
		at += sprintf(at, i == count / 2 ? "in both\n" : "%s%u\n", each, i);
	return (struct bytes){ out, (size_t)(at - out) };
}

TEST(where_too_much_differs_all_between_is_replaced)
{
	struct diff few = diff_of(&arena, numbers("a", 1000, "x"), numbers("a", 1000, "y"));
	struct diff many = diff_of(&arena, numbers("a", 1100, "x"), numbers("a", 1100, "y"));

	CHECK_INT(few.count, 1 + 1 + 999 + 999 + 1);
	CHECK_INT(many.count, 1 + 1 + 1100 + 1100);
}

/* Beside the tools. Texts of few different lines, so that some are common in odd places. */

static unsigned random_below(unsigned limit)
{
	static unsigned state = 1;
	state = state * 1103515245 + 12345;
	return (state >> 16) % limit;
}

static char *random_text(unsigned lines)
{
	static const char *const some[] = {
		"a\n", "b\n", "a\r\n", "\n", "-- c\n", "@@ -1 +1 @@\n", "\\ d\n", "\te \n",
	};
	char *out = arena_alloc(&arena, lines * 16 + 1);

	for (unsigned i = 0; i < lines; i++)
		strcat(out, some[random_below(COUNT_OF(some))]);
	if (*out && random_below(3) == 0)
		out[strlen(out) - 1] = '\0';
	return out;
}

/* Takes some lines out of a text and puts some in. */
static char *edited(const char *text)
{
	char *out = arena_alloc(&arena, 2 * strlen(text) + 64);
	struct bytes rest = bytes_of(text);

	while (rest.size) {
		const char *end = memchr(rest.data, '\n', rest.size);
		size_t n = end ? (size_t)(end - rest.data) + 1 : rest.size;
		if (random_below(8))
			strncat(out, rest.data, n);
		if (random_below(8) == 0)
			strcat(out, random_text(1));
		rest = (struct bytes){ rest.data + n, rest.size - n };
	}
	return out;
}

static char *output_of(const char *command)
{
	char *out = arena_alloc(&arena, 1 << 16);
	FILE *f = popen(command, "re");

	if (!f)
		abort();
	out[fread(out, 1, (1 << 16) - 1, f)] = '\0';
	int status = pclose(f);
	if (WEXITSTATUS(status) > 1)
		TAP_FAIL("%s: exit %d: %s", command, WEXITSTATUS(status), out);
	return out;
}

static void need(const char *tool)
{
	if (system(arena_printf(&arena, "command -v %s >/dev/null", tool)) != 0)
		TAP_SKIP("no %s here", tool);
}

static size_t changed_lines(const char *text)
{
	size_t n = 0;
	for (struct bytes rest = bytes_of(text), line; bytes_line(&rest, &line);)
		n += bytes_start(line, "-") || bytes_start(line, "+");
	return n;
}

TEST(diff_finds_no_fewer_lines_that_change)
{
	need("diff");
	for (unsigned i = 0; i < 60; i++) {
		const char *before = random_text(random_below(60)), *after = edited(before);
		scratch_text("before", before);
		scratch_text("after", after);
		char *theirs = output_of(arena_printf(
		    &arena, "cd %s && diff --minimal -u before after | tail -n +3", scratch()));
		CHECK_INT(changed_lines(diff(before, after)), changed_lines(theirs));
	}
}

TEST(a_plain_edit_is_told_word_for_word_as_diff_does)
{
	const char *before = "# comment\nA=1\nB=2\n\nC=3\nD=4\nE=5\nF=6\nG=7\nH=8\nI=9";
	const char *after = "# comment\nA=1\nB=20\n\nC=3\nD=4\nE=5\nF=6\nG=7\nH=8\nI=9\nJ=10\n";

	need("diff");
	scratch_text("before", before);
	scratch_text("after", after);
	CHECK_STR(diff(before, after),
		  output_of(arena_printf(&arena, "cd %s && diff -u before after | tail -n +3",
					 scratch())));
}

TEST(patch_makes_the_second_text_from_the_first)
{
	need("patch");
	for (unsigned i = 0; i < 60; i++) {
		const char *before = random_text(random_below(40)), *after = edited(before);
		if (strcmp(before, after) == 0)
			continue;
		scratch_text("before", before);
		scratch_text("after", after);
		scratch_text("patch", arena_printf(&arena, "--- before\n+++ before\n%s",
						   diff(before, after)));
		CHECK_STR(
		    output_of(arena_printf(
			&arena,
			"cd %s && patch -s -F0 -o out before patch 2>&1 && cmp out after 2>&1",
			scratch())),
		    "");
	}
}

/* SPDX-License-Identifier: MIT */
#include "format/cmdline-edit.h"

#include "edit.h"
#include "tap.h"

static struct arena arena;

static const char *changed(const char *line, const struct cmdline_change *c)
{
	struct bytes before = bytes_of(line), after = cmdline_changed(&arena, before, c);
	struct bytes again = cmdline_changed(&arena, after, c);

	CHECK(again.data == after.data); /* twice = once, and says so by the same pointer */
	return after.data;
}

TEST(value_is_replaced_where_the_name_stands_as_it_is_spelt)
{
	CHECK_STR(changed("rw nvidia-drm.modeset=1  quiet", SET("nvidia_drm.modeset=0")),
		  "rw nvidia-drm.modeset=0  quiet");
	CHECK_STR(changed("a=1\ta=2 b", SET("a=3")), "a=1\ta=3 b");
	CHECK_STR(changed("a b", SET("a=3")), "a=3 b");
	CHECK_STR(changed("a=3 b", SET("a")), "a b");
}

TEST(what_stands_already_leaves_the_very_line)
{
	struct bytes line = bytes_of("rw \"a=1\" nvidia-drm.modeset=0 pci=x");

	CHECK(cmdline_changed(&arena, line, SET("nvidia_drm.modeset=0", "a=1")).data == line.data);
	CHECK(cmdline_changed(&arena, line, ADD("pci=x")).data == line.data);
	CHECK(cmdline_changed(&arena, line, DROP("pci=y", "xpci", "pc")).data == line.data);
	CHECK(cmdline_changed(&arena, line, &(struct cmdline_change){ 0 }).data == line.data);
}

TEST(value_is_compared_exactly)
{
	CHECK_STR(changed("a=x-y", SET("a=x_y")), "a=x_y");
	CHECK_STR(changed("a=x-y", ADD("a=x_y")), "a=x-y a=x_y");
	CHECK_STR(changed("a=x-y", DROP("a=x_y")), "a=x-y");
}

TEST(new_words_come_last_before_what_is_for_init)
{
	CHECK_STR(changed("", SET("a=1")), "a=1");
	CHECK_STR(changed("rw", SET("a=1", "b=2")), "rw a=1 b=2");
	CHECK_STR(changed("rw  ", ADD("a=1")), "rw a=1  ");
	CHECK_STR(changed("rw -- a=1", SET("a=1")), "rw a=1 -- a=1");
	CHECK_STR(changed("-- x", ADD("a")), "a -- x");
	CHECK_STR(changed("rw -- a=1", DROP("a")), "rw -- a=1");
}

TEST(added_words_leave_others_of_their_name)
{
	CHECK_STR(changed("pci=nommconf rw", ADD("pci=realloc", "pci=realloc")),
		  "pci=nommconf rw pci=realloc");
}

TEST(dropped_words_take_one_blank_along)
{
	CHECK_STR(changed("a b c", DROP("b")), "a c");
	CHECK_STR(changed("a b c", DROP("a")), "b c");
	CHECK_STR(changed("a b c", DROP("c")), "a b");
	CHECK_STR(changed("a  b\tc", DROP("b")), "a \tc");
	CHECK_STR(changed("pci=a pci=b pci", DROP("pci")), "");
	CHECK_STR(changed("pci=a pci=b pci", DROP("pci=b")), "pci=a pci");
	CHECK_STR(changed("a -- b", DROP("a")), "-- b");
}

TEST(dropping_what_was_added_gives_the_line_back)
{
	static const char *const line[] = { "",           " ",           "rw",     "rw \t",
					    "  rw",       "-- x",        "  -- x", "a b -- c",
					    "a=\"open b", "x a=\"open b" };

	for (size_t i = 0; i < COUNT_OF(line); i++)
		CHECK_STR(changed(changed(line[i], ADD("new=1")), DROP("new=1")), line[i]);
}

TEST(quotes_belong_to_the_word)
{
	CHECK_STR(changed("dyndbg=\"file a.c +p\" rw", SET("dyndbg=\"file b.c +p\"")),
		  "dyndbg=\"file b.c +p\" rw");
	CHECK_STR(changed("\"m.dyndbg=file a.c +p\" rw", SET("m.dyndbg=x")), "m.dyndbg=x rw");
	CHECK_STR(changed("dyndbg=\"file a.c +p\" rw", DROP("dyndbg=file a.c +p")), "rw");
	CHECK_STR(changed("rw", SET("dyndbg=file a.c +p")), "rw dyndbg=\"file a.c +p\"");
	CHECK_STR(changed("a=\" -- \" b", ADD("c")), "a=\" -- \" b c");
	CHECK_STR(changed("\"a b=c\" rw", SET("a b=d")), "\"a b=d\" rw");
	CHECK_STR(changed("rw", SET("a b=d")), "rw \"a b=d\"");
}

TEST(an_open_quote_swallows_nothing_new)
{
	CHECK_STR(changed("rw a=\"open b", ADD("c")), "rw c a=\"open b");
	CHECK_STR(changed("a=\"open b", ADD("c")), "c a=\"open b");
	CHECK_STR(changed("rw a=\"open b", SET("a=1", "c=1")), "rw a=1 c=1");
	CHECK_STR(changed("a=\"open b", SET("a=1", "c=1")), "a=1 c=1");
}

TEST(one_word_can_go_as_another_comes)
{
	struct cmdline_change c = { .add = NAMES("b=2"), .drop = NAMES("b=1") };

	CHECK_STR(changed("b=1", &c), "b=2");
	CHECK_STR(changed("x b=1", &c), "x b=2");
	CHECK_STR(changed("b=1 -- x", &c), "b=2 -- x");
	CHECK_STR(changed("b=1 x", &c), "x b=2");
}

static int run(struct edit *t, const struct an_edit *how, struct err *e)
{
	return kernel_cmdline_edit(t, how->change, e);
}

static const char *edited(const char *text, const struct cmdline_change *c)
{
	return edit_run(&arena, text, &(struct an_edit){ .run = run, .change = c });
}

TEST(file_keeps_its_end_and_glues_nothing)
{
	CHECK_STR(edited("rw quiet\n", SET("a=1")), "rw quiet a=1\n");
	CHECK_STR(edited("rw quiet", SET("a=1")), "rw quiet a=1");
	CHECK_STR(edited("rw quiet \n", SET("a=1")), "rw quiet a=1 \n");
	CHECK_STR(edited("rw quiet\r\n", SET("a=1")), "rw quiet a=1\r\n");
}

TEST(empty_file_gets_one_line)
{
	CHECK_STR(edited("", SET("a=1", "b=2")), "a=1 b=2\n");
	CHECK_STR(edited("", DROP("a")), "");
	CHECK_STR(edited("# only words about it", SET("a=1")), "# only words about it\na=1");
	CHECK_STR(edited("# only words about it\r\n", SET("a=1")),
		  "# only words about it\r\na=1\r\n");
}

TEST(lines_are_one_command_line)
{
	CHECK_STR(edited("a=1 rw\na=2 x\n", SET("a=3")), "a=1 rw\na=3 x\n");
	CHECK_STR(edited("a=1 rw\nb x\n", SET("a=3")), "a=3 rw\nb x\n");
	CHECK_STR(edited("a rw\n\nb x\n\n", ADD("c")), "a rw\n\nb x c\n\n");
	CHECK_STR(edited("a -- b\nc\n", ADD("c")), "a c -- b\nc\n");
}

TEST(one_word_a_line_stays_so)
{
	CHECK_STR(edited("rw\nquiet\n# end\n", ADD("a", "b")), "rw\nquiet\na\nb\n# end\n");
	CHECK_STR(edited("rw\r\nquiet", ADD("a")), "rw\r\nquiet\r\na");
	CHECK_STR(edited("rw\nquiet\na\n# end\n", DROP("a")), "rw\nquiet\n# end\n");
	CHECK_STR(edited("rw\r\nquiet\r\na", DROP("a")), "rw\r\nquiet");
	CHECK_STR(edited("rw\nquiet\na", DROP("a", "quiet")), "rw");
}

TEST(comments_are_left_alone_and_begin_their_line)
{
	CHECK_STR(edited("#a=1\nrw b\n# a=1", SET("a=2")), "#a=1\nrw b a=2\n# a=1");
	CHECK_STR(edited("rw # a=1\n", SET("a=2")), "rw # a=2\n");
}

TEST(no_parameter_becomes_a_comment)
{
	CHECK(str_starts(edited("rw\na #b c\n", DROP("a")), "FILE:2: its '#' would"));
	CHECK_STR(edited("#b c\na #b c\n", DROP("c")), "#b c\na #b\n");
	CHECK(str_starts(edited("", ADD("#b")), "FILE:1: its '#' would"));
}

TEST(what_is_no_command_line_is_refused_with_its_line)
{
	CHECK_STR(
	    edited("# x\nroot={{ uuid }} rw\n", SET("a=1")),
	    "FILE:2: '{{' is a template's, not a command line's: edit what the template makes, "
	    "or the template by hand");
	CHECK(str_starts(edited("rw\nroot=${ROOT}\n", SET("a=1")), "FILE:2: a '$' that no"));
	CHECK_STR(edited("rw\na=\"b\nc\n", SET("a=1")),
		  "FILE:2: a quote is not closed in this line");
	CHECK_STR(edited("rw\nquiet\rx\n", SET("a=1")),
		  "FILE:2: a carriage return stands within the line");
	CHECK(str_starts(edited("\xef\xbb\xbfrw\n", SET("a=1")), "FILE:1: "));
}

TEST(many_words_are_dropped_in_no_time)
{
	char *text = arena_alloc(&arena, EDIT_MAX + 1);

	for (size_t i = 0; i < EDIT_MAX; i += 2)
		memcpy(text + i, i % 64 ? "a " : "b\n", 2);
	const char *left = edited(text, DROP("a"));
	CHECK_INT((long long)strlen(left),
		  2 * EDIT_MAX / 64 - 1); /* no final line feed, as before */
}

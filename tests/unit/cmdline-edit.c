/* SPDX-License-Identifier: MIT */
#include "format/cmdline-edit.h"

#include "tap.h"

static struct arena arena;

#define NAMES(...)                                                                                 \
	{                                                                                          \
		(const char *[]){ __VA_ARGS__ }, COUNT_OF(((const char *[]){ __VA_ARGS__ }))       \
	}
#define SET(...) (&(struct cmdline_change){ .set = NAMES(__VA_ARGS__) })
#define ADD(...) (&(struct cmdline_change){ .add = NAMES(__VA_ARGS__) })
#define DROP(...) (&(struct cmdline_change){ .drop = NAMES(__VA_ARGS__) })

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

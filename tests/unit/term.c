/* SPDX-License-Identifier: MIT */
#include "base/term.h"

#include <stdlib.h>

#include "base/str.h"
#include "tap.h"

static const char *wrapped(const char *text, const char *prefix, unsigned columns)
{
	static char *out;
	size_t size;
	FILE *f = open_memstream(&out, &size);
	term_wrap(f, text, prefix, columns);
	fclose(f);
	return out;
}

TEST(wraps_at_blanks_and_begins_each_line_with_the_prefix)
{
	CHECK_STR(wrapped("one two three", "# ", 10), "one two\n# three\n");
}

TEST(width_is_counted_in_characters)
{
	CHECK_STR(wrapped("\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4", "", 6),
		  "\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4\n");
}

TEST(long_word_stands_alone)
{
	CHECK_STR(wrapped("a aaaaaaaaaaaa b", "", 5), "a\naaaaaaaaaaaa\nb\n");
}

static const char *cleaned(const char *s)
{
	static struct arena a;
	return str_clean(&a, s, strlen(s), 100);
}

TEST(escape_codes_and_bad_utf8_cannot_reach_a_terminal)
{
	CHECK_STR(cleaned("a\033[2Jb"), "a?[2Jb");
	CHECK_STR(cleaned("\xc2\x9b\x31m"), "??1m");
	CHECK_STR(cleaned("x\xe2\x80\xaey"), "x???y");
	CHECK_STR(cleaned("\xff\xc3"), "??");
	CHECK_STR(cleaned("gr\xc3\xbc\xc3\x9f\n"), "gr\xc3\xbc\xc3\x9f ");
}

TEST(cleaning_cuts_between_characters)
{
	ARENA a = { 0 };
	CHECK_STR(str_clean(&a, "ab\xc3\xa4", 4, 3), "ab");
}

TEST(numbers_are_whole_or_none)
{
	uint64_t v = 7;
	CHECK(str_u64("18446744073709551615", 10, UINT64_MAX, &v) && v == UINT64_MAX);
	CHECK(!str_u64("18446744073709551616", 10, UINT64_MAX, &v));
	CHECK(!str_u64("", 10, 9, &v) && !str_u64("1 ", 10, 9, &v) && !str_u64("-1", 10, 9, &v));
	CHECK(str_u64("0x1F", 16, 255, &v) && v == 31);
	CHECK(!str_u64("0x", 16, 255, &v));
}

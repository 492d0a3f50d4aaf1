/* SPDX-License-Identifier: MIT */
#include "base/json-pick.h"

#include "tap.h"

static struct arena arena;

static const struct json_pick inner[] = { { "x" }, { 0 } };
static const struct json_pick each[] = { { "y" }, { "*", inner }, { 0 } };
static const struct json_pick wanted[] = { { "a" }, { "b", inner }, { "c", each }, { 0 } };

static const char *pick(const char *text)
{
	struct bytes got = json_pick(&arena, bytes_of(text), wanted);
	return str_ndup(&arena, got.data, got.size);
}

TEST(what_nobody_reads_is_left_out)
{
	CHECK_STR(pick("{\"a\":1,\"z\":2}"), "{\"a\":1}");
	CHECK_STR(pick("{\"z\":{\"a\":[1,{}]},\"a\":\"}]\\\"\",\"y\":null}"), "{\"a\":\"}]\\\"\"}");
	CHECK_STR(pick("{\"z\":1}"), "{}");
	CHECK_STR(pick("{}"), "{}");
}

TEST(of_a_member_only_what_is_wanted_below_it)
{
	CHECK_STR(pick("{\"b\":{\"x\":[1],\"y\":2},\"a\":{\"y\":3}}"),
		  "{\"b\":{\"x\":[1]},\"a\":{\"y\":3}}");
	CHECK_STR(pick("{\"b\":[{\"y\":2}],\"a\":1}"), "{\"b\":[{\"y\":2}],\"a\":1}");
}

TEST(a_star_is_each_member_that_nothing_names)
{
	CHECK_STR(pick("{\"c\":{\"p\":{\"x\":1,\"z\":2},\"y\":{\"z\":3},\"q\":{\"z\":4}}}"),
		  "{\"c\":{\"p\":{\"x\":1},\"y\":{\"z\":3},\"q\":{}}}");
}

TEST(each_of_an_array_is_picked_from)
{
	CHECK_STR(pick(" [ { \"z\" : 1 , \"a\" : 2 } , 3 , {} ]\n"), "[{\"a\":2 },3 ,{}]");
	CHECK_STR(pick("[]"), "[]");
}

TEST(duplicates_and_escaped_keys_are_the_parsers)
{
	CHECK_STR(pick("{\"a\":1,\"z\":0,\"a\":2}"), "{\"a\":1,\"a\":2}");
	CHECK_STR(pick("{\"\\u0061\":1,\"z\":0}"), "{\"\\u0061\":1}");
}

TEST(what_is_no_json_stays_none)
{
	static const char *const bad[] = { "",        "{",          "[",          "{\"a\"",
					   "{\"a\":", "{\"a\":1",   "{\"z\":1,}", "{\"z\" 1}",
					   "{\"a",    "[{\"z\":1}", "{}{}",       "{\"z\":[}",
					   "{a:1}",   "{\"z\":\"\\" };

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		CHECK_STR(pick(bad[i]), bad[i]);
}

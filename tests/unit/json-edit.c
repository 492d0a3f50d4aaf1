/* SPDX-License-Identifier: MIT */
#include "format/json-edit.h"

#include "edit.h"
#include "tap.h"

static struct arena arena;

static int run_set(struct edit *t, const struct an_edit *how, struct err *e)
{
	return json_edit_set(t, how->path, how->value, e);
}

static int run_remove(struct edit *t, const struct an_edit *how, struct err *e)
{
	return json_edit_remove(t, how->path, e);
}

static int run_append(struct edit *t, const struct an_edit *how, struct err *e)
{
	return json_edit_append(t, how->path, how->value, e);
}

static const char *set(const char *text, const char *const *path, const char *value)
{
	return edit_run(&arena, text,
			&(struct an_edit){ .run = run_set, .path = path, .value = value });
}

static const char *removed(const char *text, const char *const *path)
{
	return edit_run(&arena, text, &(struct an_edit){ .run = run_remove, .path = path });
}

static const char *append(const char *text, const char *const *path, const char *value)
{
	return edit_run(&arena, text,
			&(struct an_edit){ .run = run_append, .path = path, .value = value });
}

#define A JSON_PATH("a")
#define NVIDIA JSON_PATH("runtimes", "nvidia")
#define RUNTIME "{\"path\": \"n\", \"args\": []}"

TEST(member_is_put_last_in_the_style_of_its_neighbours)
{
	CHECK_STR(set("{\n  \"b\" : 1\n}", A, "true"), "{\n  \"b\" : 1,\n  \"a\" : true\n}");
	CHECK_STR(set("{\n\t\"b\": [1,\n\t\t2]\n}\n", A, "\"x\""),
		  "{\n\t\"b\": [1,\n\t\t2],\n\t\"a\": \"x\"\n}\n");
	CHECK_STR(set("{\r\n \"b\": 1\r\n}\r\n", A, "1"), "{\r\n \"b\": 1,\r\n \"a\": 1\r\n}\r\n");
	CHECK_STR(set("{\n  \"b\": 1\n\n}", A, "[\"x\", \"y\"]"),
		  "{\n  \"b\": 1,\n  \"a\": [\"x\", \"y\"]\n\n}");
}

TEST(an_object_in_one_line_stays_in_it)
{
	CHECK_STR(set("{\"b\": 1}\n", A, "2"), "{\"b\": 1, \"a\": 2}\n");
	CHECK_STR(set("{\"b\":1}", NVIDIA, RUNTIME),
		  "{\"b\":1,\"runtimes\":{\"nvidia\":{\"path\":\"n\",\"args\":[]}}}");
	CHECK_STR(set("{ \"b\": 1 , \"c\": {} }", JSON_PATH("c", "a"), "2"),
		  "{ \"b\": 1 , \"c\": {\"a\": 2} }");
}

TEST(an_empty_object_opens_out)
{
	CHECK_STR(set("{}", A, "1"), "{\n    \"a\": 1\n}");
	CHECK_STR(set("{\n}\n", A, "1"), "{\n    \"a\": 1\n}\n");
	CHECK_STR(set("{\n  \"runtimes\": {}\n}\n", NVIDIA, "1"),
		  "{\n  \"runtimes\": {\n    \"nvidia\": 1\n  }\n}\n");
}

TEST(an_empty_file_becomes_an_object)
{
	CHECK_STR(set("", NVIDIA, RUNTIME),
		  "{\n    \"runtimes\": {\n        \"nvidia\": {\n            \"path\": \"n\",\n"
		  "            \"args\": []\n        }\n    }\n}\n");
	CHECK_STR(set(" \n\n", A, "1"), "{\n    \"a\": 1\n}\n");
	CHECK_STR(removed("", A), "");
}

TEST(other_runtimes_stay_as_they_are)
{
	CHECK_STR(
	    set("{\n  \"runtimes\": {\n    \"x\": { \"path\": \"\\u0061\" }\n  },\n  \"z\": 1\n}",
		NVIDIA, RUNTIME),
	    "{\n  \"runtimes\": {\n    \"x\": { \"path\": \"\\u0061\" },\n    \"nvidia\": {\n"
	    "      \"path\": \"n\",\n      \"args\": []\n    }\n  },\n  \"z\": 1\n}");
}

TEST(only_a_value_that_differs_is_replaced)
{
	CHECK_STR(set("{\n  \"a\":  1 ,\n  \"b\": 2\n}", A, "3"),
		  "{\n  \"a\":  3 ,\n  \"b\": 2\n}");
	CHECK_STR(
	    set("{\"a\": {\"y\": [1,2], \"x\":\"\\u0061\"}}", A, "{\"x\": \"a\", \"y\": [1, 2]}"),
	    "{\"a\": {\"y\": [1,2], \"x\":\"\\u0061\"}}");
	CHECK_STR(set("{\"\\u0061\": 1}", A, "2"), "{\"\\u0061\": 2}");
}

TEST(brackets_and_quotes_in_strings_are_text)
{
	CHECK_STR(set("{\"x\": \"\\\"}], \\\\\", \"b\": [{\"a\": \"{\"}]}", A, "1"),
		  "{\"x\": \"\\\"}], \\\\\", \"b\": [{\"a\": \"{\"}], \"a\": 1}");
}

TEST(member_goes_with_its_comma)
{
	CHECK_STR(removed("{\n  \"a\": 1,\n  \"b\": 2\n}", A), "{\n  \"b\": 2\n}");
	CHECK_STR(removed("{\n  \"b\": 2,\n  \"a\": 1\n}", A), "{\n  \"b\": 2\n}");
	CHECK_STR(removed("{\"b\": 2, \"a\": {\"a\": 1}, \"c\": 3}", A), "{\"b\": 2, \"c\": 3}");
	CHECK_STR(removed("{\n  \"a\": 1\n}\n", A), "{}\n");
	CHECK_STR(removed("{\"runtimes\": {\"nvidia\": 1}}", NVIDIA), "{\"runtimes\": {}}");
	CHECK_STR(removed("{\"b\": 2}", A), "{\"b\": 2}");
	CHECK_STR(removed("{\"b\": 2}", NVIDIA), "{\"b\": 2}");
}

TEST(string_is_appended_once)
{
	CHECK_STR(append("{\"a\": [\"x\",\"y\"]}", A, "z"), "{\"a\": [\"x\",\"y\",\"z\"]}");
	CHECK_STR(append("{\n \"a\": [\n  \"x\"\n ]\n}", A, "y\""),
		  "{\n \"a\": [\n  \"x\",\n  \"y\\\"\"\n ]\n}");
	CHECK_STR(append("{\"a\": [ ]}", A, "x"), "{\"a\": [\"x\"]}");
	CHECK_STR(append("{\"a\": [\"x\"]}", A, "x"), "{\"a\": [\"x\"]}");
	CHECK_STR(append("{\n  \"b\": 1\n}", JSON_PATH("f", "a"), "x"),
		  "{\n  \"b\": 1,\n  \"f\": {\n    \"a\": [\"x\"]\n  }\n}");
}

TEST(what_is_not_strict_json_is_refused_with_its_place)
{
	static const char *const bad[] = { "{\n  \"b\": 1,\n}",
					   "{\"b\": 1} x",
					   "{'b': 1}",
					   "{\n  \"b\": 1\n  \"c\": 2\n}",
					   "{ // x\n}",
					   "<html>",
					   "{",
					   "{\"b\": 01}",
					   "{\"b\": \"\t\"}",
					   "{\"b\": \"\xff\"}",
					   "[1]",
					   "3",
					   "{\"a\": \"\\u0000\"}",
					   "\xef\xbb\xbf{}" };
	unsigned line, column;

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const char *why = set(bad[i], A, "1");
		CHECK_INT(sscanf(why, "FILE:%u:%u: ", &line, &column), 2);
	}
	CHECK(str_starts(set("{\n  \"b\": 1,\n}", A, "1"), "FILE:3:"));
}

TEST(what_stands_in_the_way_is_refused_with_its_place)
{
	CHECK_STR(set("{\n  \"runtimes\": [1]\n}", NVIDIA, "1"),
		  "FILE:2:15: the value of 'runtimes' is not an object");
	CHECK_STR(set("{\n  \"a\": 1, \"\\u0061\": 2\n}", A, "1"),
		  "FILE:2:11: 'a' stands here a second time: take one out");
	CHECK_STR(set("{\"x\": 1, \"x\": 2}", A, "1"), "{\"x\": 1, \"x\": 2, \"a\": 1}");
	CHECK_STR(append("{\"\xc3\xa4\": 1, \"a\": 1}", A, "x"),
		  "FILE:1:15: the value of 'a' is not an array");
	CHECK_STR(removed("{\"runtimes\": null}", NVIDIA),
		  "FILE:1:14: the value of 'runtimes' is not an object");
}

TEST(a_text_nested_without_end_is_refused)
{
	char *deep = arena_alloc(&arena, EDIT_MAX + 2);

	memset(deep, '[', EDIT_MAX);
	CHECK(str_starts(set(deep, A, "1"), "FILE:1:"));
	deep[EDIT_MAX] = ' ';
	CHECK(str_starts(set(deep, A, "1"), "FILE:1: longer"));
}

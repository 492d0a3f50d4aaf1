/* SPDX-License-Identifier: MIT */
#include "store/remote/fetch.h"
#include "store/remote/url.h"

#include "tap.h"

static struct arena arena;

TEST(whom_a_token_is_for)
{
	static const char hub[] = "https://huggingface.co";
	static const char *const same[] = { "https://huggingface.co/o/r/resolve/main/x.gguf",
					    "https://HuggingFace.co:443/",
					    "HTTPS://huggingface.co?x" };
	static const char *const other[] = {
		"http://huggingface.co/",
		"https://huggingface.co:8443/",
		"https://cdn.huggingface.co/",
		"https://huggingface.com/",
		"https://huggingface.co.evil.example/",
		"https://huggingface.c/",
		"https://huggingface.co@evil.example/",
	};

	for (size_t i = 0; i < COUNT_OF(same); i++)
		CHECK(url_same_origin(same[i], hub));
	for (size_t i = 0; i < COUNT_OF(other); i++)
		CHECK(!url_same_origin(other[i], hub));
	CHECK(!url_same_origin("http://localhost:1/", "http://127.0.0.1:1/"));
	CHECK(!url_same_origin("http://[::1]:1/", "http://[::1]:2/"));
	CHECK(url_same_origin("http://[::1]:80/", "http://[::1]/"));
}

TEST(what_is_shown_of_an_address)
{
	CHECK_STR(url_shown(&arena, "https://h/x.gguf?sig=a#b"), "https://h/x.gguf");
	CHECK_STR(url_shown(&arena, "https://h/x.gguf#b?c"), "https://h/x.gguf");
	CHECK_STR(url_shown(&arena, "https://me:secret@h/x.gguf"), "@h/x.gguf");
	CHECK_STR(url_shown(&arena, "https://h/\x1b[2J\n"), "https://h/?[2J ");
	CHECK_STR(url_file(&arena, "https://h/a/x.gguf?b=/c"), "x.gguf");
	CHECK_STR(url_file(&arena, "https://h/"), "h");
	CHECK_STR(url_file(&arena, "https://h"), "h");
}

TEST(paths_from_a_listing)
{
	static const char *const safe[] = { "x.gguf", "a/b c/x.gguf", "...x", "a..b/c",
					    "\xc3\xa4" };
	static const char *const not [] = { "",     "/x",   "x/",        "a//b", ".",
					    "..",   "../x", "a/..",      "a/.",  "a\nb",
					    "a\\b", "\x7f", "a/../../b", "\x1b" };

	for (size_t i = 0; i < COUNT_OF(safe); i++)
		CHECK(url_path_safe(safe[i]));
	for (size_t i = 0; i < COUNT_OF(not ); i++)
		CHECK(!url_path_safe(not [i]));
	CHECK_STR(url_path(&arena, "a b/x?y#z%41.gguf"), "a%20b/x%3Fy%23z%2541.gguf");
	CHECK_STR(url_path(&arena, "\xc3\xa4@:"), "%C3%A4%40%3A");
}

static void range_is(const char *text, uint64_t begin, uint64_t end, uint64_t total)
{
	uint64_t b, e, t;

	CHECK(content_range(text, &b, &e, &t));
	CHECK_INT((long long)b, (long long)begin);
	CHECK_INT((long long)e, (long long)end);
	CHECK(t == total);
}

TEST(content_ranges)
{
	static const char *const not [] = {
		"",
		"bytes",
		"bytes */100",
		"bytes 0-1",
		"bytes 0-1/",
		"bytes 0-1/1x",
		"bytes 0-1/ 5",
		"bytes 5-4/10",
		"bytes 0-9/9",
		"bytes -1-5/10",
		"bytes 0-5/*1",
		"items 0-5/10",
		"bytes 0-5/10 x",
		"bytes 0-18446744073709551615/*",
		"bytes 0x0-0x5/16",
		"bytes 0-99999999999999999999999/*",
	};
	uint64_t b, e, t;

	range_is("bytes 0-65559/4920000000", 0, 65560, 4920000000);
	range_is("bytes 5-5/6", 5, 6, 6);
	range_is("bytes 5-9/*", 5, 10, UINT64_MAX);
	for (size_t i = 0; i < COUNT_OF(not ); i++)
		CHECK(!content_range(not [i], &b, &e, &t));
}

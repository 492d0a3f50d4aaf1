/* SPDX-License-Identifier: MIT */
#include "store/remote/hub.h"

#include <errno.h>

#include "tap.h"

static struct arena arena;
static struct err err;

/* A listing as /api/models/.../tree/main has it, of these paths with blanks between them. */
static struct bytes listing(const char *paths)
{
	struct names n = str_split(&arena, paths, " ", 1000);
	const char *out = "[{\"type\":\"directory\",\"path\":\"dir.gguf\"}";

	for (size_t i = 0; i < n.count; i++)
		out = arena_printf(
		    &arena, "%s,{\"type\":\"file\",\"oid\":\"0\",\"size\":1,\"path\":\"%s\"}", out,
		    n.name[i]);
	return bytes_of(arena_printf(&arena, "%s]", out));
}

static int choose(struct bytes text, const char *quant, struct hub_choice *ret)
{
	const struct place p = { .name = "hf.co/o/r", .quant = quant };

	*ret = (struct hub_choice){ 0 };
	return hub_choose(&arena, text, &p, ret, &err);
}

static const char *model(const char *paths, const char *quant)
{
	struct hub_choice c;

	if (choose(listing(paths), quant, &c) < 0)
		TAP_FAIL("%s", err.text);
	return c.model;
}

static const char *projector(const char *paths, const char *quant)
{
	struct hub_choice c;

	if (choose(listing(paths), quant, &c) < 0)
		TAP_FAIL("%s", err.text);
	return c.projector ? c.projector : "none";
}

#define USUAL "README.md m-IQ4_XS.gguf m-Q2_K.gguf m-Q4_K_M.gguf m-Q4_K_S.gguf m-Q8_0.gguf"

TEST(the_quant_that_was_named)
{
	CHECK_STR(model(USUAL, "Q8_0"), "m-Q8_0.gguf");
	CHECK_STR(model(USUAL, "q8_0"), "m-Q8_0.gguf");
	CHECK_STR(model(USUAL, "IQ4_XS"), "m-IQ4_XS.gguf");
	CHECK_STR(model("m.Q4_K_M.gguf", "Q4_K_M"), "m.Q4_K_M.gguf");
}

TEST(a_folder_may_be_called_by_it)
{
	CHECK_STR(model("BF16/m-00001-of-00002.gguf Q8_0/m-00001-of-00002.gguf", "Q8_0"),
		  "Q8_0/m-00001-of-00002.gguf");
}

TEST(a_quant_is_a_word)
{
	struct hub_choice c;

	CHECK_INT(choose(listing("m-IQ4_XS.gguf m-Q4_K_M.gguf"), "Q4_XS", &c), -ENOENT);
	CHECK_INT(choose(listing(USUAL), "Q4_K", &c), -ENOENT);
	CHECK_STR(model("m-UD-Q4_K_XL.gguf m-Q4_K_XL.gguf", "UD-Q4_K_XL"), "m-UD-Q4_K_XL.gguf");
	CHECK_STR(model("m-F16.gguf m-BF16.gguf", "BF16"), "m-BF16.gguf");
	CHECK_STR(model("m-BF16.gguf m-F16.gguf", "F16"), "m-F16.gguf");
}

TEST(none_named)
{
	struct hub_choice c;

	CHECK_STR(model(USUAL, NULL), "m-Q4_K_M.gguf");
	CHECK_STR(model("only.gguf mmproj-F16.gguf", NULL), "only.gguf");
	CHECK_INT(choose(listing("m-Q2_K.gguf m-Q8_0.gguf m-Q8_0.gguf"), NULL, &c), -ENOENT);
	CHECK_STR(err.text, "hf.co/o/r has no Q4_K_M; it has: Q2_K, Q8_0");
	CHECK(!c.model);
}

TEST(what_there_is_is_said_within_bounds)
{
	struct hub_choice c;
	const char *many = "";

	CHECK_INT(choose(listing(USUAL), "Q5_K_M", &c), -ENOENT);
	CHECK_STR(err.text, "hf.co/o/r has no Q5_K_M; it has: IQ4_XS, Q2_K, Q4_K_M, Q4_K_S, Q8_0");
	for (int i = 0; i < 500; i++)
		many = arena_printf(&arena, "%s m-Q%d_K.gguf", many, i);
	CHECK_INT(choose(listing(many), "Q5_K_M", &c), -ENOENT);
	CHECK(str_ends(err.text, "Q8_K, Q9_K, ..."));
	CHECK_INT(choose(listing("m.safetensors"), NULL, &c), -ENOENT);
	CHECK_STR(err.text, "hf.co/o/r has no GGUF file; look for one whose name ends in -GGUF");
}

TEST(the_first_part_stands_for_a_split_model)
{
	CHECK_STR(model("Q8_0/m-Q8_0-00002-of-00002.gguf Q8_0/m-Q8_0-00001-of-00002.gguf "
			"m-Q4_K_M.gguf",
			"Q8_0"),
		  "Q8_0/m-Q8_0-00001-of-00002.gguf");
	CHECK_STR(model("Q8_0/m-00001-of-00002.gguf Q8_0/m-00002-of-00002.gguf", NULL),
		  "Q8_0/m-00001-of-00002.gguf");
}

TEST(what_is_no_model_is_not_taken_for_one)
{
	CHECK_STR(
	    model("imatrix-Q4_K_M.gguf mmproj-Q4_K_M.gguf mtp-Q4_K_M.gguf m-Q4_K_M.gguf", NULL),
	    "m-Q4_K_M.gguf");
}

TEST(the_projector_that_lies_nearest)
{
	CHECK_STR(projector(USUAL, NULL), "none");
	CHECK_STR(projector(USUAL " mmproj-F16.gguf mmproj-F32.gguf", NULL), "mmproj-F16.gguf");
	CHECK_STR(projector(USUAL " mmproj-F16.gguf mmproj-Q8_0.gguf", "Q8_0"), "mmproj-Q8_0.gguf");
	CHECK_STR(projector("a/m-Q4_K_M.gguf b/mmproj-F16.gguf mmproj-F32.gguf", NULL),
		  "mmproj-F32.gguf");
	CHECK_STR(projector("mmproj-Q4_0.gguf a/m-Q4_K_M.gguf a/mmproj-F16.gguf", NULL),
		  "a/mmproj-F16.gguf");
	CHECK_STR(projector("ab/m-Q4_K_M.gguf a/mmproj-F16.gguf", NULL), "none");
}

TEST(hostile_listings)
{
	static const char *const text[] = {
		"",
		"null",
		"{}",
		"{\"error\":\"x\"}",
		"[",
		"\"x\"",
		"<html>",
		"[]",
		"[1,null,[],{}]",
		"[{\"type\":\"file\",\"path\":1}]",
		"[{\"type\":\"file\",\"path\":\"../x.gguf\"}]",
		"[{\"type\":\"file\",\"path\":\"/x.gguf\"}]",
		"[{\"type\":\"file\",\"path\":\"a/../x.gguf\"}]",
		"[{\"type\":\"file\",\"path\":\"x\\n.gguf\"}]",
		"[{\"type\":\"directory\",\"path\":\"x.gguf\"}]",
		"[{\"path\":\"x.gguf\"}]",
	};
	struct hub_choice c;

	for (size_t i = 0; i < COUNT_OF(text); i++) {
		int code = choose(bytes_of(text[i]), NULL, &c);
		CHECK(code == -EINVAL || code == -ENOENT);
		CHECK(!c.model && !c.projector);
	}
	CHECK_INT(choose(bytes_of("[{\"type\":\"file\",\"path\":\"\\u001b[2J-Q2_K.gguf\"},"
				  "{\"type\":\"file\",\"path\":\"m-\\u202eQ3_K.gguf\"},"
				  "{\"type\":\"file\",\"path\":\"m-Q2_K.gguf\"}]"),
			 NULL, &c),
		  -ENOENT);
	for (const char *at = err.text; *at; at++)
		CHECK((unsigned char)*at >= ' ');
}

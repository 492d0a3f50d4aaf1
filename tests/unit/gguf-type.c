/* SPDX-License-Identifier: MIT */
#include "gguf/type.h"
#include "tap.h"

TEST(types_that_were_removed_are_unknown)
{
	static const uint32_t removed[] = { 4, 5, 31, 32, 33, 36, 37, 38, 43, 1000, UINT32_MAX };

	for (size_t i = 0; i < sizeof(removed) / sizeof(*removed); i++)
		CHECK(!ggml_type(removed[i]));
}

TEST(all_others_are_found_by_number_and_name)
{
	unsigned count = 0;

	for (uint32_t id = 0; id < 43; id++) {
		const struct ggml_type *t = ggml_type(id);
		if (!t)
			continue;
		CHECK_INT(t->id, id);
		CHECK(ggml_type_named(t->name) == t);
		CHECK(t->block_elements && t->block_bytes);
		count++;
	}
	CHECK_INT(count, 35);
}

TEST(names_are_found_in_any_case)
{
	CHECK_INT(ggml_type_named("Q4_K")->id, 12);
	CHECK_INT(ggml_type_named("q8_0")->id, 8);
	CHECK_INT(ggml_type_named("BF16")->id, 30);
	CHECK_INT(ggml_type_named("mxfp4")->block_bytes, 17);
	CHECK(!ggml_type_named("q4"));
	CHECK(!ggml_type_named(""));
	CHECK(!ggml_type_named(NULL));
}

TEST(rows_are_counted_in_whole_blocks)
{
	const struct ggml_type *q4_0 = ggml_type(2);

	CHECK_INT(ggml_row_bytes(q4_0, 0), 0);
	CHECK_INT(ggml_row_bytes(q4_0, 1), 18);
	CHECK_INT(ggml_row_bytes(q4_0, 32), 18);
	CHECK_INT(ggml_row_bytes(q4_0, 33), 36);
	CHECK(ggml_row_bytes(ggml_type(0), UINT64_MAX) == UINT64_MAX);
}

TEST(tensors_have_the_sizes_that_ggml_gives_them)
{
	uint64_t bytes = 0;

	CHECK(ggml_bytes(ggml_type(12), (uint64_t[]){ 4096, 128256, 1, 1 }, &bytes));
	CHECK_INT(bytes, 4096 / 256 * 144 * 128256LL);
	CHECK(ggml_bytes(ggml_type(1), (uint64_t[]){ 3, 5, 7, 9 }, &bytes));
	CHECK_INT(bytes, 2 * 3 * 5 * 7 * 9);
}

TEST(tensors_that_fit_in_nothing_have_none)
{
	static const uint64_t ne[][GGML_DIMS] = {
		{ 100, 1, 1, 1 }, /* no whole number of blocks */
		{ (uint64_t)1 << 62, 4, 1, 1 },
		{ (uint64_t)INT64_MAX + 1, 1, 1, 1 },
		{ (uint64_t)1 << 32, (uint64_t)1 << 32, (uint64_t)1 << 32, 1 },
		{ (uint64_t)1 << 16, (uint64_t)1 << 16, (uint64_t)1 << 16, (uint64_t)1 << 16 },
	};
	uint64_t bytes = 7;

	for (size_t i = 0; i < sizeof(ne) / sizeof(*ne); i++)
		CHECK(!ggml_bytes(ggml_type(2), ne[i], &bytes));
	CHECK(!ggml_bytes(ggml_type(28), (uint64_t[]){ INT64_MAX, 1, 1, 1 }, &bytes));
	CHECK_INT(bytes, 7);
}

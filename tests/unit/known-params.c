/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>

#include "gguf/known/known.h"
#include "tap.h"

static double number(const char *text)
{
	double n = -1;
	if (!known_params(text, &n))
		TAP_FAIL("%s is no number of parameters", text);
	return n;
}

static struct gguf of(struct arena *a, double params, const char **title)
{
	struct known_for wanted = { .params = params };
	struct gguf g = { 0 };
	struct err e = { 0 };
	bool exact = true;

	if (known_model(a, &wanted, &g, title, &exact, &e) < 0)
		TAP_FAIL("%s", e.text);
	CHECK(!exact);
	return g;
}

static double params_of(const struct gguf *g)
{
	double sum = 0;
	for (size_t i = 0; i < g->tensor_count; i++) {
		const uint64_t *ne = g->tensor[i].ne;
		sum += (double)ne[0] * (double)ne[1] * (double)ne[2] * (double)ne[3];
	}
	return sum;
}

TEST(numbers_are_read_as_people_write_them)
{
	CHECK(number("33B") == 33e9);
	CHECK(number("1.5b") == 1.5e9);
	CHECK(number("350M") == 350e6);
	CHECK(number("1T") == 1e12);
	CHECK(fabs(number("8x7B") - 46.7e9) < 0.1e9);
	CHECK(fabs(number("8x22b") - 140.6e9) < 0.1e9);
}

TEST(what_is_no_number_is_none)
{
	static const char *const wrong[] = { "",      "B",      "33",           "-3B",  "33 B",
					     "33BB",  "1e9B",   "0x7B",         "8x",   "x7B",
					     "1x7B",  "999x7B", "nanB",         "infB", "0B",
					     "8x7Bx", " 7B",    "99999999999T", "0x1B", "1.B.",
					     "8x7x7B" };
	double n;
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		if (known_params(wrong[i], &n))
			TAP_FAIL("'%s' is taken for %g", wrong[i], n);
}

TEST(a_size_that_a_family_has_takes_its_shape)
{
	ARENA a = { 0 };
	const char *title;

	CHECK_INT(of(&a, 33e9, &title).tensor_count, 62 * 9 + 3);
	CHECK_STR(title, "a dense model of 33 B, shaped as DeepSeek Coder 33B");
	of(&a, 70e9, &title);
	CHECK_STR(title, "a dense model of 70 B, shaped as Llama 3.1 70B");
	of(&a, 13e9, &title);
	CHECK_STR(title, "a dense model of 13 B, shaped as Llama 2 13B");
	of(&a, 8.03e9, &title);
	CHECK_STR(title, "a dense model of 8.03 B, shaped as Llama 3.1 8B");
}

TEST(other_sizes_are_scaled_to_the_number)
{
	static const double sizes[] = { 50e6, 350e6, 2e9, 5.5e9, 18e9, 50e9, 100e9, 250e9, 1e12 };

	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		ARENA a = { 0 };
		const char *title;
		struct gguf g = of(&a, sizes[i], &title);
		double off = params_of(&g) / sizes[i] - 1;
		if (fabs(off) > (sizes[i] < 1e9 ? 0.1 : 0.03))
			TAP_FAIL("%g parameters became %g", sizes[i], params_of(&g));
	}
}

TEST(a_mixture_is_known_again)
{
	ARENA a = { 0 };
	const char *title;
	struct gguf g = of(&a, number("8x7B"), &title);

	CHECK_STR(title, "a mixture of 8 x 7 B, shaped as Mixtral 8x7B");
	CHECK_INT(gguf_arch_key(&g, "expert_count")->whole, 8);
	g = of(&a, number("4x8B"), &title);
	CHECK_STR(title, "a mixture of 4 x 8 B, shaped as Llama 3.1 8B");
	CHECK_INT(gguf_arch_key(&g, "expert_count")->whole, 4);
	CHECK_INT(gguf_arch_key(&g, "expert_used_count")->whole, 2);
}

TEST(no_model_is_so_small_or_so_large)
{
	static const double wrong[] = { 0, -1, 1e6, 1e13, NAN, INFINITY };

	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		ARENA a = { 0 };
		struct known_for wanted = { .params = wrong[i] };
		struct gguf g;
		const char *title;
		bool exact;
		CHECK_INT(known_model(&a, &wanted, &g, &title, &exact, NULL), -EINVAL);
	}
}

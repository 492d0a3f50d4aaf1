/* SPDX-License-Identifier: MIT */
#include "gguf/known/mix.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"

/* Best first, then those that nobody proposes. */
static const struct mix mixes[] = {
	{ "F16", 1, "f16", false, true },           { "Q8_0", 7, "q8_0", false, true },
	{ "Q6_K", 18, "q6_K", false, true },        { "Q5_K_M", 17, "q5_K", false, true },
	{ "Q5_K_S", 16, "q5_K", false, true },      { "Q4_K_M", 15, "q4_K", false, true },
	{ "Q4_K_S", 14, "q4_K", false, true },      { "IQ4_NL", 25, "iq4_nl", true, true },
	{ "Q4_0", 2, "q4_0", false, true },         { "IQ4_XS", 30, "iq4_xs", true, true },
	{ "Q3_K_L", 13, "q3_K", false, true },      { "Q3_K_M", 12, "q3_K", false, true },
	{ "IQ3_M", 27, "iq3_s", true, true },       { "IQ3_S", 26, "iq3_s", true, true },
	{ "Q3_K_S", 11, "q3_K", false, true },      { "IQ3_XS", 22, "iq3_s", true, true },
	{ "IQ3_XXS", 23, "iq3_xxs", true, true },   { "Q2_K", 10, "q2_K", false, true },
	{ "Q2_K_S", 21, "q2_K", true, true },       { "IQ2_M", 29, "iq2_s", true, true },
	{ "IQ2_S", 28, "iq2_xs", true, true },      { "IQ2_XS", 20, "iq2_xs", true, true },
	{ "IQ2_XXS", 19, "iq2_xxs", true, true },   { "IQ1_M", 31, "iq1_m", true, true },
	{ "IQ1_S", 24, "iq1_s", true, true },       { "F32", 0, "f32", false, false },
	{ "BF16", 32, "bf16", false, false },       { "Q5_1", 9, "q5_1", false, false },
	{ "Q5_0", 8, "q5_0", false, false },        { "Q4_1", 3, "q4_1", false, false },
	{ "TQ2_0", 37, "tq2_0", false, false },     { "TQ1_0", 36, "tq1_0", false, false },
	{ "MXFP4_MOE", 38, "mxfp4", false, false },
};

static const struct {
	const char *as, *name;
} others[] = {
	{ "FP16", "F16" },    { "FP32", "F32" },    { "MXFP4", "MXFP4_MOE" },
	{ "Q4_K", "Q4_K_M" }, { "Q5_K", "Q5_K_M" }, { "Q3_K", "Q3_K_M" },
};

static bool same(const char *a, const char *b)
{
	size_t i = 0;
	for (; a[i] && b[i]; i++) {
		char x = a[i] == '-' ? '_' : a[i];
		if (strncasecmp(&x, &b[i], 1) != 0)
			return false;
	}
	return a[i] == b[i];
}

const struct mix *mix_named(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (same(name, others[i].as))
			name = others[i].name;
	for (size_t i = 0; i < COUNT_OF(mixes); i++)
		if (same(name, mixes[i].name))
			return &mixes[i];
	return NULL;
}

const struct mix *mix_at(size_t i)
{
	return i < COUNT_OF(mixes) ? &mixes[i] : NULL;
}

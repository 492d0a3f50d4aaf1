/* SPDX-License-Identifier: MIT */
/*
 * llama-quantize's choices as a table: for a part of the model the first line that holds says the
 * type; where none does it is the file type's own. llama.cpp: src/llama-quant.cpp,
 * llama_tensor_get_type_impl and tensor_type_fallback.
 */
#include "gguf/known/choice.h"

#include <string.h>

#include "base/str.h"

enum file_type {
	Q4_0 = 2,
	Q5_0 = 8,
	Q2_K = 10,
	Q3_K_S,
	Q3_K_M,
	Q3_K_L,
	Q4_K_S,
	Q4_K_M,
	Q5_K_S,
	Q5_K_M,
	IQ2_XXS = 19,
	IQ2_XS,
	Q2_K_S,
	IQ3_XS,
	IQ3_XXS,
	IQ1_S,
	IQ4_NL,
	IQ3_S,
	IQ3_M,
	IQ2_S,
	IQ2_M,
	IQ4_XS,
	IQ1_M,
	TQ1_0 = 36,
	TQ2_0,
	MXFP4_MOE,
};

#define M(type) (UINT64_C(1) << (type))
#define IQ12 (M(IQ2_XXS) | M(IQ2_XS) | M(IQ1_S) | M(IQ2_S) | M(IQ2_M) | M(IQ1_M))
#define IQ2SM (M(IQ2_S) | M(IQ2_M))
#define ANY UINT64_MAX

/* Layers whose errors weigh most: the first and last eighth, and each third between. */
static bool more_bits(const struct place *p)
{
	uint32_t eighth = p->of / 8;
	return p->at < eighth || p->at >= 7 * p->of / 8 || (p->at - eighth) % 3 == 2;
}

static bool first_eighth(const struct place *p)
{
	return p->at < p->of / 8;
}

static bool first_16th(const struct place *p)
{
	return p->at < p->of / 16;
}

static bool first_eighth_unweighed(const struct place *p)
{
	return !p->mix->weighed && first_eighth(p);
}

static bool first_eighth_or_8_experts(const struct place *p)
{
	return first_eighth(p) || (p->experts == 8 && more_bits(p));
}

static bool first_2(const struct place *p)
{
	return p->at < 2;
}

static bool first_4(const struct place *p)
{
	return p->at < 4;
}

static bool middle(const struct place *p)
{
	return p->at >= p->of / 8 && p->at < 7 * p->of / 8;
}

static bool shared_by_4(const struct place *p)
{
	return p->gqa >= 4;
}

static bool shared_by_4_or_4_experts(const struct place *p)
{
	return p->gqa >= 4 || p->experts >= 4;
}

static bool of_8_experts(const struct place *p)
{
	return p->experts == 8;
}

static bool unweighed(const struct place *p)
{
	return !p->mix->weighed;
}

static bool falcon(const struct place *p)
{
	return p->falcon;
}

static bool falcon_first_16th(const struct place *p)
{
	return p->falcon && first_16th(p);
}

static bool falcon_more_bits(const struct place *p)
{
	return p->falcon && more_bits(p);
}

static const struct choice {
	enum part part;
	uint64_t mixes;
	bool (*when)(const struct place *p); /* NULL: always */
	const char *type;                    /* NULL: the file type's own */
} choices[] = {
	{ PART_OUTPUT, M(MXFP4_MOE), NULL, "q8_0" },
	{ PART_OUTPUT, ANY, falcon, "q8_0" },
	{ PART_OUTPUT, IQ12 | M(IQ3_XXS), NULL, "q5_K" },
	{ PART_OUTPUT, ANY, NULL, "q6_K" },

	{ PART_EMBD, M(IQ2_XXS) | M(IQ2_XS) | M(IQ1_S) | M(IQ1_M), NULL, "q2_K" },
	{ PART_EMBD, IQ2SM | M(IQ3_XXS), NULL, "iq3_s" },
	{ PART_EMBD, M(TQ1_0) | M(TQ2_0), NULL, "q4_K" },

	{ PART_V, IQ12, shared_by_4_or_4_experts, "q4_K" },
	{ PART_V, IQ2SM, NULL, "iq3_s" },
	{ PART_V, IQ12, NULL, "q2_K" },
	{ PART_V, ANY, of_8_experts, "q8_0" },
	{ PART_V, M(Q2_K) | M(Q2_K_S) | M(IQ3_XXS), shared_by_4, "q4_K" },
	{ PART_V, M(Q2_K), NULL, "q3_K" },
	{ PART_V, M(IQ3_XXS), unweighed, "iq3_s" },
	{ PART_V, M(IQ3_XS) | M(IQ3_S), shared_by_4, "q4_K" },
	{ PART_V, M(IQ3_M), NULL, "q4_K" },
	{ PART_V, M(Q3_K_M), first_2, "q5_K" },
	{ PART_V, M(Q3_K_M), NULL, "q4_K" },
	{ PART_V, M(Q3_K_L), NULL, "q5_K" },
	{ PART_V, M(IQ4_NL) | M(IQ4_XS), shared_by_4, "q5_K" },
	{ PART_V, M(Q4_K_M) | M(Q5_K_M), more_bits, "q6_K" },
	{ PART_V, M(Q4_K_S), first_4, "q5_K" },

	{ PART_QKV, M(Q3_K_M) | M(Q3_K_L) | M(IQ3_M), NULL, "q4_K" },
	{ PART_QKV, M(Q4_K_M), NULL, "q5_K" },
	{ PART_QKV, M(Q5_K_M), NULL, "q6_K" },

	{ PART_K, IQ12, of_8_experts, "q4_K" },
	{ PART_K, IQ12, NULL, NULL },
	{ PART_K, ANY, of_8_experts, "q8_0" },
	{ PART_K, M(IQ3_XS), NULL, "iq3_xxs" },
	{ PART_K, M(IQ3_XXS), NULL, "iq2_s" },
	{ PART_Q, M(IQ3_XS), NULL, "iq3_xxs" },
	{ PART_Q, M(IQ3_XXS), NULL, "iq2_s" },

	{ PART_DOWN, IQ2SM, first_eighth, "iq3_s" },
	{ PART_DOWN, IQ12, first_eighth, "q2_K" },
	{ PART_DOWN, M(Q2_K), NULL, "q3_K" },
	{ PART_DOWN, M(Q2_K_S), first_eighth, "q4_K" },
	{ PART_DOWN, M(IQ3_XXS), first_eighth_unweighed, "q4_K" },
	{ PART_DOWN, M(IQ3_XXS), unweighed, "q3_K" },
	{ PART_DOWN, M(Q3_K_M), first_16th, "q5_K" },
	{ PART_DOWN, M(Q3_K_M), falcon_more_bits, "q4_K" },
	{ PART_DOWN, M(Q3_K_M), falcon, "q3_K" },
	{ PART_DOWN, M(Q3_K_M), NULL, "q4_K" },
	{ PART_DOWN, M(IQ3_M), first_eighth_or_8_experts, "q4_K" },
	{ PART_DOWN, M(Q3_K_L), falcon, "q4_K" },
	{ PART_DOWN, M(Q3_K_L), NULL, "q5_K" },
	{ PART_DOWN, M(Q4_K_M), falcon_first_16th, "q6_K" },
	{ PART_DOWN, M(Q4_K_M), falcon_more_bits, "q5_K" },
	{ PART_DOWN, M(Q4_K_M), falcon, "q4_K" },
	{ PART_DOWN, M(Q4_K_M) | M(Q5_K_M), more_bits, "q6_K" },
	{ PART_DOWN, M(IQ4_NL) | M(IQ4_XS), first_eighth_unweighed, "q5_K" },
	{ PART_DOWN, M(Q4_K_S), falcon, "q4_K" },
	{ PART_DOWN, M(Q4_K_S), first_eighth, "q5_K" },

	{ PART_ATTN_OUT, IQ12, of_8_experts, "q5_K" },
	{ PART_ATTN_OUT, M(IQ1_S) | M(IQ1_M), NULL, "iq2_xxs" },
	{ PART_ATTN_OUT, IQ2SM, NULL, "iq3_s" },
	{ PART_ATTN_OUT, M(Q3_K_L), falcon, "q4_K" },
	{ PART_ATTN_OUT, ANY, falcon, NULL },
	{ PART_ATTN_OUT,
	  M(Q2_K) | M(IQ3_XS) | M(IQ3_XXS) | M(Q3_K_S) | M(Q3_K_M) | M(IQ4_NL) | M(Q4_K_S) |
	      M(Q4_K_M) | M(IQ3_S) | M(IQ3_M) | M(IQ4_XS),
	  of_8_experts, "q5_K" },
	{ PART_ATTN_OUT, ANY, of_8_experts, NULL },
	{ PART_ATTN_OUT, M(Q2_K), NULL, "q3_K" },
	{ PART_ATTN_OUT, M(IQ3_XXS), NULL, "iq3_s" },
	{ PART_ATTN_OUT, M(Q3_K_M) | M(IQ3_M), NULL, "q4_K" },
	{ PART_ATTN_OUT, M(Q3_K_L), NULL, "q5_K" },

	{ PART_GATE, M(IQ3_XS), middle, "iq3_xxs" },
	{ PART_UP, M(IQ3_XS), middle, "iq3_xxs" },
};

/* What a row that is no whole number of blocks of 256 becomes. */
static const struct {
	const char *type, *instead;
} fallbacks[] = {
	{ "iq1_s", "iq4_nl" },  { "iq1_m", "iq4_nl" },  { "iq2_xxs", "iq4_nl" },
	{ "iq2_xs", "iq4_nl" }, { "iq2_s", "iq4_nl" },  { "iq3_xxs", "iq4_nl" },
	{ "iq3_s", "iq4_nl" },  { "iq4_xs", "iq4_nl" }, { "q2_K", "q4_0" },
	{ "q3_K", "q4_0" },     { "tq1_0", "q4_0" },    { "tq2_0", "q4_0" },
	{ "q4_K", "q5_0" },     { "q5_K", "q5_1" },     { "q6_K", "q8_0" },
};

static bool whole_blocks(const char *type, uint64_t row)
{
	const struct ggml_type *t = ggml_type_named(type);
	return t && row % t->block_elements == 0;
}

static const char *fallback(const char *type, uint64_t row)
{
	if (whole_blocks(type, row))
		return type;
	for (size_t i = 0; i < COUNT_OF(fallbacks); i++)
		if (str_eq(fallbacks[i].type, type) && whole_blocks(fallbacks[i].instead, row))
			return fallbacks[i].instead;
	return "f16";
}

static const char *first_choice(const struct place *p, enum part part)
{
	for (const struct choice *c = choices; c < choices + COUNT_OF(choices); c++)
		if (c->part == part && c->mixes & M(p->mix->file_type) && (!c->when || c->when(p)))
			return c->type ? c->type : p->mix->base;
	return p->mix->base;
}

static const char *choose(const struct place *p)
{
	bool as_output = p->part == PART_OUTPUT || (p->tied && p->part == PART_EMBD);

	if (as_output && !whole_blocks(p->mix->base, p->row))
		return "q8_0";
	if (as_output)
		return str_eq(p->mix->base, "q8_0") ? "q8_0" : first_choice(p, PART_OUTPUT);
	if (p->mix->file_type == MXFP4_MOE)
		return p->stacked ? "mxfp4" : "q8_0";

	const char *type = first_choice(p, p->part);
	bool low = str_eq(type, "q3_K") || str_eq(type, "q4_K");
	if (p->part == PART_V && p->seventy && low && !(M(p->mix->file_type) & IQ12))
		return "q5_K";
	return type;
}

const char *choice_type(const struct place *p)
{
	if (strchr("fb", p->mix->base[0])) /* f32, f16, bf16: no mixture */
		return p->mix->base;
	return fallback(choose(p), p->row);
}

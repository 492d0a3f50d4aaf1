/* SPDX-License-Identifier: MIT */
#include "gguf/speed/cost.h"

/*
 * How much of what a card could do llama.cpp reaches on it. Fitted by least absolute error of the
 * logarithm to 106 figures of llama-bench on one GPU, 2024 and 2025, and rounded. The same form,
 * fitted without a card, is off by 9 % in the median on that card. Most of them are of Ampere and
 * Ada; Turing and Blackwell rest on a few, Pascal on runs of a P40 that llama.cpp's changes quote,
 * and Maxwell, Volta, GA100 and Hopper on less: HBM is so wide that a single token does not keep
 * enough reads under way to use it.
 */
static const struct generation generations[] = {
	/* newest first: capability, memory, arithmetic, 10^9 weights/s a multiprocessor */
	{ 120, 0.85, 0.5, 26 },  /* Blackwell */
	{ 90, 0.5, 0.27, 26 },   /* Hopper, and Blackwell with HBM */
	{ 89, 0.93, 0.7, 26 },   /* Ada */
	{ 86, 0.82, 0.57, 26 },  /* Ampere */
	{ 80, 0.62, 0.4, 26 },   /* GA100 */
	{ 75, 0.78, 0.45, 26 },  /* Turing */
	{ 70, 0.7, 0.45, 26 },   /* Volta */
	{ 61, 0.8, 1.15, 12.5 }, /* Pascal: four products of bytes in one instruction */
	{ 60, 0.65, 0.4, 14 },   /* GP100 has no such instruction */
	{ 0, 0.75, 0.6, 10 },    /* Maxwell */
};
/* Turing without tensor cores counts as FP32, and has Pascal's instruction. */
static const struct generation turing_without = { 75, 0.8, 1.15, 20 };
/* Only the bandwidth was told. */
static const struct generation middling = { 0, 0.8, 0, 26 };

static bool lacks_tensor_cores(const struct card *c)
{
	return c->capability == 75 && c->fp16_tflops < c->sm_count;
}

const struct generation *generation_of(const struct card *c)
{
	size_t i = 0;

	if (!c)
		return &middling;
	if (lacks_tensor_cores(c))
		return &turing_without;
	while (c->capability < generations[i].capability)
		i++;
	return &generations[i];
}

static double between(double from, double to, double x)
{
	return x <= from ? 0 : x >= to ? 1 : (x - from) / (to - from);
}

/*
 * llama.cpp of 2024 turned weights into f16 for each batch and launched each small step by itself;
 * quantised kernels for tensor cores and fused steps came by and by until autumn 2025.
 */
double build_modernity(const struct build *b)
{
	if (b->engine == ENGINE_OLLAMA)
		return b->version ? between(4000, 12000, b->version) : 0.5;
	return b->number ? between(4000, 6500, b->number) : 0.5;
}

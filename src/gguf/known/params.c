/* SPDX-License-Identifier: MIT */
#include "gguf/known/params.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "gguf/known/known.h"

/* Those whose shape stands for others of their size; said: what people call that size. */
static const struct {
	double said;
	const char *name;
} families[] = {
	{ 135e6, "smollm2:135m" },  { 360e6, "smollm2:360m" },      { 0.5e9, "qwen2.5:0.5b" },
	{ 1e9, "llama3.2:1b" },     { 1.5e9, "qwen2.5:1.5b" },      { 3e9, "llama3.2:3b" },
	{ 4e9, "qwen3:4b" },        { 7e9, "mistral:7b" },          { 8e9, "llama3.1:8b" },
	{ 9e9, "yi:9b" },           { 12e9, "mistral-nemo:12b" },   { 13e9, "llama2:13b" },
	{ 14e9, "qwen2.5:14b" },    { 22e9, "mistral-small:22b" },  { 24e9, "mistral-small:24b" },
	{ 32e9, "qwen2.5:32b" },    { 33e9, "deepseek-coder:33b" }, { 34e9, "yi:34b" },
	{ 70e9, "llama3.1:70b" },   { 72e9, "qwen2.5:72b" },        { 123e9, "mistral-large:123b" },
	{ 405e9, "llama3.1:405b" },
};

enum { EXPERTS_MAX = 128, EXPERTS_USED = 2 };

double shape_params(struct arena *a, const struct shape *s)
{
	struct gguf g;
	double sum = 0;

	shape_gguf(a, s, &g);
	for (size_t i = 0; i < g.tensor_count; i++) {
		const uint64_t *ne = g.tensor[i].ne;
		sum += (double)ne[0] * (double)ne[1] * (double)ne[2] * (double)ne[3];
	}
	return sum;
}

static const struct shape *family(size_t i)
{
	return shape_called(families[i].name);
}

static double off(double is, double wanted)
{
	return fabs(is / wanted - 1);
}

/* The family that people mean by that number, else the nearest. */
static const struct shape *nearest(double params)
{
	const struct shape *best = NULL;
	double least = INFINITY;

	for (size_t i = 0; i < COUNT_OF(families); i++) {
		if (off(families[i].said, params) < 0.005)
			return family(i);
		double d = fabs(log(families[i].said / params));
		if (d < least) {
			least = d;
			best = family(i);
		}
	}
	return best;
}

static bool said(double params)
{
	for (size_t i = 0; i < COUNT_OF(families); i++)
		if (off(families[i].said, params) < 0.005)
			return true;
	return false;
}

/* As wide and as deep as needed: a model grows with the cube of its scale. */
static void scale(struct arena *a, struct shape *s, double params)
{
	double by = cbrt(params / shape_params(a, s));
	uint32_t head = s->head ? s->head : s->embd / s->heads;

	s->head = head;
	s->layers = (uint32_t)fmax(1, round(s->layers * by));
	s->heads = (uint32_t)fmax(1, round(s->heads * by / s->kv_heads)) * s->kv_heads;
	uint32_t grain = s->embd < 1024 ? 64 : 256;
	s->embd = (uint32_t)fmax(1, round(s->embd * by / grain)) * grain;
	s->ff = (uint32_t)fmax(1, round(s->ff * by / 256)) * 256;
	/* what rounding made of it is put right in the FFN */
	double miss = params - shape_params(a, s);
	double rows = miss / (3.0 * s->layers * s->embd);
	s->ff = (uint32_t)fmax(1, round((s->ff + rows) / 256)) * 256;
}

/* A mixture that shares all but the FFN; 8x7B is Mixtral. */
static struct shape mixture(const struct shape *dense, uint32_t count)
{
	struct shape s = *dense;

	if (count == 8 && str_eq(s.name, "mistral:7b"))
		return *shape_called("mixtral:8x7b");
	if (count == 8 && str_eq(s.name, "mistral-small:22b"))
		return *shape_called("mixtral:8x22b");
	s.experts = count;
	s.used = EXPERTS_USED;
	s.expert_ff = s.ff;
	return s;
}

static bool number(const char *text, double *ret)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	*ret = strtod(text, &end);
	if (end == text || !end[0] || end[1] || strspn(text, "0123456789.") + 1 != strlen(text))
		return false;
	switch (*end) {
	case 'k':
	case 'K':
		*ret *= 1e3;
		break;
	case 'm':
	case 'M':
		*ret *= 1e6;
		break;
	case 'b':
	case 'B':
		*ret *= 1e9;
		break;
	case 't':
	case 'T':
		*ret *= 1e12;
		break;
	default:
		return false;
	}
	return *ret > 0 && *ret < 1e15;
}

bool known_params(const char *text, double *ret)
{
	ARENA a = { 0 };
	const char *x = strpbrk(text, "xX");
	uint64_t count;
	double each;

	if (!x)
		return number(text, ret);
	if (!str_u64(str_ndup(&a, text, (size_t)(x - text)), 10, EXPERTS_MAX, &count) ||
	    count < 2 || !number(x + 1, &each))
		return false;
	if (!said(each))
		return false;
	struct shape s = mixture(nearest(each), (uint32_t)count);
	*ret = shape_params(&a, &s);
	return true;
}

/* Was the number made from "8x7B"? */
static bool mixture_of(struct arena *a, double params, struct shape *ret, const char **title)
{
	for (size_t i = 0; i < COUNT_OF(families); i++) {
		const struct shape *dense = family(i);
		struct shape two = mixture(dense, 2);
		double one = shape_params(a, dense);
		/* the count that would give it, and the next: routers weigh a little */
		double each = shape_params(a, &two) - one;
		uint32_t guess = (uint32_t)fmin(EXPERTS_MAX, 1 + (params - one) / each);
		for (uint32_t n = guess < 2 ? 2 : guess; n <= guess + 1 && n <= EXPERTS_MAX; n++) {
			struct shape s = mixture(dense, n);
			if (fabs(shape_params(a, &s) - params) > 0.5)
				continue;
			*ret = s;
			*title = arena_printf(a, "a mixture of %u x %g B, shaped as %s", n,
					      families[i].said / 1e9, s.title);
			return true;
		}
	}
	return false;
}

bool params_shape(struct arena *a, double params, struct shape *ret, const char **title)
{
	if (!(params >= 1e7 && params <= 2e12))
		return false;
	/* what people write is round */
	if (fmod(params, 1e5) != 0 && mixture_of(a, params, ret, title))
		return true;

	*ret = *nearest(params);
	const char *as = ret->title;
	if (!said(params) && off(shape_params(a, ret), params) > 0.03)
		scale(a, ret, params);
	*title =
	    arena_printf(a, "a dense model of %g B, shaped as %s", round(params / 1e6) / 1e3, as);
	return true;
}

/* SPDX-License-Identifier: MIT */
#include "gguf/known/known.h"

#include <errno.h>
#include <string.h>

#include "gguf/known/mix.h"
#include "gguf/known/name.h"
#include "gguf/known/params.h"

enum { SHOWN_MAX = 80, WORDS_MAX = 16 };

static int mix_wanted(struct arena *a, const char *quant, const struct mix **ret, struct err *e)
{
	*ret = mix_named(quant);
	if (*ret)
		return 0;
	return err_set(e, -EINVAL,
		       "no quantisation is called '%s': Q4_K_M, Q8_0 and F16 are, for three",
		       str_clean(a, quant, strlen(quant), SHOWN_MAX));
}

/* As asked for, as the name says, as it is published. */
static int mix_for(struct arena *a, const char *quant, const struct named *n,
		   const struct mix **ret, struct err *e)
{
	if (quant)
		return mix_wanted(a, quant, ret, e);
	*ret = n->mix ? n->mix : mix_named(n->shape->quant ? n->shape->quant : "Q4_K_M");
	return 0;
}

/* "13B" in a name that is not known; NULL: it does not say. */
static const char *size_in(struct arena *a, const char *name)
{
	struct names words = str_split(a, name, ":-_ /", WORDS_MAX);
	double params;

	for (size_t i = 0; i < words.count; i++)
		if (known_params(words.name[i], &params) && params >= 1e7)
			return words.name[i];
	return NULL;
}

static int not_known(struct arena *a, const char *name, struct err *e)
{
	const char *shown = str_clean(a, name, strlen(name), SHOWN_MAX);
	const char *size = size_in(a, shown);

	return err_say(e, -ENOENT, "%s is not a model that is known by name; nearest are %s%s%s",
		       shown, name_nearest(a, name), size ? "; by size: --params " : "",
		       size ? size : "");
}

static int by_name(struct arena *a, const char *name, struct named *ret, const char **title,
		   struct err *e)
{
	const char *shown = str_clean(a, name, strlen(name), SHOWN_MAX);

	*ret = name_read(a, name);
	if (!ret->shape)
		return not_known(a, name, e);
	*title = ret->kin ? arena_printf(a, "%s, shaped as %s", shown, ret->shape->title)
			  : ret->shape->title;
	return 0;
}

static int by_size(struct arena *a, double params, struct shape *made, struct named *ret,
		   const char **title, struct err *e)
{
	if (!params_shape(a, params, made, title))
		return err_set(e, -EINVAL, "no model has %g parameters: between 10M and 2T do",
			       params);
	*ret = (struct named){ .shape = made, .kin = true };
	return 0;
}

int known_model(struct arena *a, const struct known_for *wanted, struct gguf *ret,
		const char **title, bool *exact, struct err *e)
{
	struct named named = { 0 };
	struct shape made;
	const struct mix *mix;
	const char *called = NULL;

	int r = wanted->name ? by_name(a, wanted->name, &named, &called, e)
			     : by_size(a, wanted->params, &made, &named, &called, e);
	if (r < 0)
		return r;
	r = mix_for(a, wanted->quant, &named, &mix, e);
	if (r < 0)
		return r;

	shape_gguf(a, named.shape, ret);
	mix_apply(a, ret, mix);
	if (named.qat && str_eq(mix->name, "Q4_0"))
		mix_but(ret, "token_embd.weight", "f16");
	*title = called;
	*exact = !named.kin;
	return 0;
}

int known_requantised(struct arena *a, const struct gguf *g, const char *quant, struct gguf *ret,
		      struct err *e)
{
	const struct mix *mix;
	int r = mix_wanted(a, quant, &mix, e);
	if (r < 0)
		return r;

	*ret = *g;
	ret->tensor = arena_alloc(a, g->tensor_count * sizeof(*ret->tensor));
	ret->key = arena_alloc(a, g->key_count * sizeof(*ret->key));
	if (g->tensor_count)
		memcpy(ret->tensor, g->tensor, g->tensor_count * sizeof(*ret->tensor));
	if (g->key_count)
		memcpy(ret->key, g->key, g->key_count * sizeof(*ret->key));
	mix_apply(a, ret, mix);
	return 0;
}

const char *known_name(size_t i)
{
	const struct shape *s = shape_at(i);
	return s ? s->name : NULL;
}

const char *quant_name(size_t i)
{
	const struct mix *m = mix_at(i);
	return m && m->usual ? m->name : NULL;
}

/* SPDX-License-Identifier: MIT */
/* Values of egpu fit's options. */
#include "cmd/fit/fit.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "gguf/known/known.h"

enum { COUNT_MAX = 1 << 27, NUMBER_SIZE = 24 };

/* "11.5", the rest of the text in *end. Digits and one point only: strtod() takes more. */
static bool decimal(const char *text, double *ret, const char **end)
{
	size_t whole = strspn(text, "0123456789"), all = whole;
	char number[NUMBER_SIZE];

	if (text[whole] == '.')
		all += 1 + strspn(text + whole + 1, "0123456789");
	if (whole == 0 || all >= sizeof(number))
		return false;
	memcpy(number, text, all);
	number[all] = '\0';
	*ret = strtod(number, NULL);
	*end = text + all;
	return true;
}

/* 12G and 12GiB are the same, and so is 12GB: cards are sold so. A mere number is MiB. */
static bool unit(const char *text, double *ret_bytes)
{
	static const struct {
		const char *name;
		double bytes;
	} units[] = {
		{ "", 1048576 }, { "M", 1048576 }, { "G", 1073741824 }, { "T", 1099511627776.0 }
	};
	size_t i = 0;

	while (i < COUNT_OF(units) - 1 &&
	       (*text ? toupper((unsigned char)*text) : '\0') != *units[i].name)
		i++;
	*ret_bytes = units[i].bytes;
	if (*text && toupper((unsigned char)*text) != *units[i].name)
		return false;
	return !*text || !text[1] || strcasecmp(text + 1, "iB") == 0 ||
	       strcasecmp(text + 1, "B") == 0;
}

int fit_take_size(void *bytes, const char *text, struct err *e)
{
	const char *end;
	double number, each;

	if (!decimal(text, &number, &end) || !unit(end, &each) || number * each < 1 ||
	    number * each > 0x1p50)
		return err_set(e, -EINVAL, "a size is a number of MiB, or one like 12G, not '%s'",
			       text);
	*(uint64_t *)bytes = (uint64_t)(number * each);
	return 0;
}

static int take_number(uint32_t *to, const char *text, uint64_t least, struct err *e)
{
	uint64_t v;

	if (!str_u64(text, 10, COUNT_MAX, &v) || v < least)
		return err_set(e, -EINVAL, "a whole number from %u to %u is wanted, not '%s'",
			       (unsigned)least, COUNT_MAX, text);
	*to = (uint32_t)v;
	return 0;
}

int fit_take_count(void *count, const char *text, struct err *e)
{
	return take_number(count, text, 1, e);
}

int fit_take_moe(void *count, const char *text, struct err *e)
{
	return take_number(count, text, 0, e);
}

int fit_take_layers(void *settings, const char *text, struct err *e)
{
	struct settings *s = settings;

	s->has_gpu_layers = !str_eq(text, "auto");
	if (str_eq(text, "all") || str_eq(text, "-1"))
		s->gpu_layers = GGUF_LAYERS_MAX + 1;
	else if (s->has_gpu_layers)
		return take_number(&s->gpu_layers, text, 0, e);
	return 0;
}

int fit_take_flash(void *options, const char *text, struct err *e)
{
	static const struct {
		const char *name;
		enum flash flash;
	} words[] = { { "auto", FLASH_AUTO }, { "-1", FLASH_AUTO },  { "on", FLASH_ON },
		      { "1", FLASH_ON },      { "true", FLASH_ON },  { "off", FLASH_OFF },
		      { "0", FLASH_OFF },     { "false", FLASH_OFF } };
	struct fit_options *o = options;

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_eq(words[i].name, text)) {
			o->set.flash = words[i].flash;
			o->set_flash = true;
			return 0;
		}
	return err_set(e, -EINVAL, "on, off or auto, not '%s'", text);
}

/* Those that llama.cpp keeps a cache in: common/arg.cpp, kv_cache_types. */
static const char *const cache_types[] = { "f32",  "f16",    "bf16", "q8_0", "q4_0",
					   "q4_1", "iq4_nl", "q5_0", "q5_1" };

int fit_take_type(void *type, const char *text, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(cache_types); i++)
		if (strcasecmp(cache_types[i], text) == 0) {
			*(const struct ggml_type **)type = ggml_type_named(text);
			return 0;
		}
	return err_set(
	    e, -EINVAL,
	    "K and V are kept as f16, q8_0, q4_0, f32, bf16, q4_1, iq4_nl, q5_0 or q5_1, "
	    "not as '%s'",
	    text);
}

int fit_take_build(void *options, const char *text, struct err *e)
{
	struct fit_options *o = options;

	o->set_build = true;
	return build_parse(text, &o->set.build, e);
}

int fit_take_params(void *params, const char *text, struct err *e)
{
	if (known_params(text, params))
		return 0;
	return err_set(e, -EINVAL, "a number like 33B, 1.5B, 350M or 8x7B, not '%s'", text);
}

int fit_take_rate(void *gb_s, const char *text, struct err *e)
{
	const char *end;
	double v;

	if (!decimal(text, &v, &end) || (*end && strcasecmp(end, "GB/s") != 0) || v <= 0 ||
	    v > 100000)
		return err_set(e, -EINVAL, "GB/s, like 51.2, not '%s'", text);
	*(double *)gb_s = v;
	return 0;
}

int fit_take_gpu(void *options, const char *text, struct err *e)
{
	struct fit_options *o = options;

	if (o->gpu_count == GPUS_MAX)
		return err_set(e, -EINVAL, "there may be at most %d", GPUS_MAX);
	o->gpu[o->gpu_count++] = text;
	return 0;
}

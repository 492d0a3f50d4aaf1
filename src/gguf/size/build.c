/* SPDX-License-Identifier: MIT */
#include "gguf/size/build.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

enum {
	NUMBER_FIRST = 1000, /* smaller ones are of other programs: LM Studio, forks */
	NUMBER_MAX = 99999999,
	PART_MAX = 999,
};

/* Which llama.cpp is in which Ollama, newest first: its llama/ folder, LLAMA_CPP_VERSION. */
static const struct {
	uint32_t version, number;
} inside[] = {
	{ 32015, 10488 }, { 32003, 10091 }, { 31002, 9888 }, { 30010, 9672 }, { 30004, 9493 },
	{ 30001, 9479 },  { 30000, 9452 },  { 15005, 7847 }, { 13005, 7437 }, { 13002, 7108 },
	{ 12011, 6840 },  { 12004, 6646 },  { 11005, 6140 }, { 7000, 5350 },  { 6008, 5220 },
	{ 6006, 5130 },   { 5013, 4770 },   { 5008, 4590 },  { 0, 3600 },
};

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits to a number of at most max; NULL: there are none, or it is more. */
static const char *number(const char *s, uint32_t max, uint32_t *ret)
{
	uint64_t n = 0;

	if (!digit(*s))
		return NULL;
	for (; digit(*s); s++) {
		n = n * 10 + (uint64_t)(*s - '0');
		if (n > max)
			return NULL;
	}
	*ret = (uint32_t)n;
	return s;
}

/* "0.12.3", "0.12", "0.12.3-rc1" */
static bool version_of(const char *s, uint32_t *ret)
{
	uint32_t part[3] = { 0 };

	for (int i = 0; i < 3; i++) {
		s = number(s, PART_MAX, &part[i]);
		if (!s)
			return false;
		if (*s != '.')
			break;
		s++;
	}
	if (*s != '\0' && *s != '-' && *s != '+')
		return false;
	*ret = part[0] * 1000000 + part[1] * 1000 + part[2];
	return true;
}

static bool ollama(const char *s, struct build *ret)
{
	*ret = (struct build){ .engine = ENGINE_OLLAMA };
	if (*s == '\0')
		return true;
	if (*s != '-' && *s != ' ' && *s != '/' && *s != ':')
		return false;
	s++;
	s += *s == 'v' || *s == 'V';
	ret->known = version_of(s, &ret->version);
	return ret->known;
}

static bool llama_cpp(const char *s, struct build *ret)
{
	uint32_t n;

	*ret = (struct build){ .engine = ENGINE_LLAMA_CPP };
	s += *s == 'b' || *s == 'B';
	s = number(s, NUMBER_MAX, &n);
	if (!s || (*s != '\0' && *s != '-' && *s != ' '))
		return false;
	ret->number = n >= NUMBER_FIRST ? n : 0;
	ret->known = n >= NUMBER_FIRST;
	return true;
}

int build_parse(const char *text, struct build *ret, struct err *e)
{
	if (strncasecmp(text, "ollama", 6) == 0  ? ollama(text + 6, ret)
	    : strcasecmp(text, "llama.cpp") == 0 ? (*ret = (struct build){ 0 }, true)
						 : llama_cpp(text, ret))
		return 0;
	return err_set(e, -EINVAL, "'%.40s' is no build: say b5427, or ollama-0.12.3", text);
}

uint32_t build_ollama(const struct build *b)
{
	if (b->engine != ENGINE_OLLAMA)
		return 0;
	return b->known ? b->version : UINT32_MAX;
}

uint32_t build_rules(const struct build *b)
{
	if (b->engine == ENGINE_LLAMA_CPP)
		return b->known && b->number ? b->number : UINT32_MAX;
	if (!b->known)
		return UINT32_MAX;
	for (size_t i = 0; i < COUNT_OF(inside); i++)
		if (b->version >= inside[i].version)
			return inside[i].number;
	return inside[COUNT_OF(inside) - 1].number;
}

/* SPDX-License-Identifier: MIT */
#include "gguf/known/name.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { NAME_MAX_BYTES = 160, WORDS_MAX = 24 };

/* Words that say nothing of the shape. */
static const char *const fillers[] = {
	"instruct", "it",        "chat",  "text",   "base",      "hf",          "gguf",
	"latest",   "meta",      "model", "google", "mistralai", "ibm",         "openai",
	"ai",       "microsoft", "c",     "4ai",    "qat",       "abliterated", "preview",
	"original", "quantized", "dense", "lm",
};

struct words {
	const char *word[WORDS_MAX];
	size_t count;
};

static bool filler(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(fillers); i++)
		if (str_eq(fillers[i], word))
			return true;
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A digit begins a word of its own where only letters stand before it: "llama3.1", "r1". */
static size_t word_length(const char *s)
{
	bool letters = isalpha((unsigned char)*s);
	size_t n = 1;
	while (isalnum((unsigned char)s[n]) || (s[n] == '.' && isdigit((unsigned char)s[n + 1]))) {
		if (letters && isdigit((unsigned char)s[n]))
			break;
		letters = letters && isalpha((unsigned char)s[n]);
		n++;
	}
	return n;
}

/* Sorted: people write them in any order. */
static struct words words_of(struct arena *a, const char *s)
{
	struct words w = { .count = 0 };

	while (*s && w.count < WORDS_MAX) {
		if (!isalnum((unsigned char)*s)) {
			s++;
			continue;
		}
		size_t n = word_length(s);
		const char *word = str_ndup(a, s, n);
		if (!filler(word))
			w.word[w.count++] = word;
		s += n;
	}
	qsort(w.word, w.count, sizeof(*w.word), compare);
	return w;
}

static bool words_eq(const struct words *a, const struct words *b)
{
	if (a->count != b->count || a->count == 0)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!str_eq(a->word[i], b->word[i]))
			return false;
	return true;
}

/* In lower case, without the owner before it and ".gguf" behind it. */
static char *plain(struct arena *a, const char *name)
{
	const char *slash = strrchr(name, '/');
	char *s = str_clean(a, slash ? slash + 1 : name, strlen(slash ? slash + 1 : name),
			    NAME_MAX_BYTES);

	for (char *c = s; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (str_ends(s, ".gguf"))
		s[strlen(s) - strlen(".gguf")] = '\0';
	return s;
}

static bool between(const char *begin, const char *at, size_t size)
{
	return (at == begin || !isalnum((unsigned char)at[-1])) &&
	       !isalnum((unsigned char)at[size]) && at[size] != '_';
}

/* The longest name of a quantisation in it, which is blanked out. */
static const struct mix *take_quant(struct arena *a, char *s)
{
	const struct mix *found = NULL;
	char *at = NULL;
	size_t size = 0;

	for (char *c = s; *c; c++)
		for (size_t n = 3; n <= 9 && n <= strlen(c); n++) {
			const struct mix *m =
			    n > size && between(s, c, n) ? mix_named(str_ndup(a, c, n)) : NULL;
			if (m) {
				found = m;
				at = c;
				size = n;
			}
		}
	if (at)
		memset(at, ' ', size);
	return found;
}

static bool listed(struct arena *a, const char *list, const struct words *w)
{
	struct names n = str_split(a, list ? list : "", ",", 256);

	for (size_t i = 0; i < n.count; i++) {
		struct words one = words_of(a, n.name[i]);
		if (words_eq(&one, w))
			return true;
	}
	return false;
}

static void look_up(struct arena *a, const struct words *w, struct named *ret)
{
	const struct shape *s;

	for (size_t i = 0; !ret->shape && (s = shape_at(i)); i++)
		if (listed(a, s->name, w) || listed(a, s->also, w))
			ret->shape = s;
	for (size_t i = 0; !ret->shape && (s = shape_at(i)); i++)
		if (listed(a, s->kin, w)) {
			ret->shape = s;
			ret->kin = true;
		}
}

/* "v1.5" and dates such as "2407" and "1124". */
static bool version(const struct words *w, size_t i)
{
	const char *s = w->word[i];
	bool number = strspn(s, "0123456789.") == strlen(s);
	bool after_v = false;

	for (size_t k = 0; k < w->count; k++)
		after_v = after_v || str_eq(w->word[k], "v");
	return str_eq(s, "v") || (number && after_v && strchr(s, '.')) ||
	       (number && strlen(s) == 4 && !strchr(s, '.'));
}

static struct words unversioned(const struct words *w)
{
	struct words ret = { .count = 0 };
	for (size_t i = 0; i < w->count; i++)
		if (!version(w, i))
			ret.word[ret.count++] = w->word[i];
	return ret;
}

struct named name_read(struct arena *a, const char *name)
{
	char *s = plain(a, name);
	struct named ret = { .mix = take_quant(a, s), .qat = strstr(s, "qat") != NULL };
	struct words w = words_of(a, s);

	if (ret.qat && !ret.mix)
		ret.mix = mix_named("Q4_0");
	look_up(a, &w, &ret);
	if (!ret.shape) {
		struct words less = unversioned(&w);
		look_up(a, &less, &ret);
		ret.kin = true;
	}
	return ret;
}

const char *name_nearest(struct arena *a, const char *name)
{
	enum { NEAREST = 3 };
	const char *wanted = plain(a, name), *best[NEAREST] = { 0 };
	size_t far[NEAREST] = { SIZE_MAX, SIZE_MAX, SIZE_MAX };
	const struct shape *s;

	for (size_t i = 0; (s = shape_at(i)); i++) {
		size_t d = str_distance(wanted, s->name);
		for (int k = 0; k < NEAREST; k++) {
			if (d >= far[k])
				continue;
			memmove(&far[k + 1], &far[k], (NEAREST - 1 - k) * sizeof(*far));
			memmove(&best[k + 1], &best[k], (NEAREST - 1 - k) * sizeof(*best));
			far[k] = d;
			best[k] = s->name;
			break;
		}
	}
	struct names n = { .name = best, .count = NEAREST };
	return names_join(a, &n, ", ");
}

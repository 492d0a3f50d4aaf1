/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "gguf/speed/speed.h"

enum { KEY_MAX = 64 };

/* A name without all that spellings differ in: "rtx3060", and its memory apart. */
struct key {
	char text[KEY_MAX];
	uint32_t mib; /* 0: the name does not say */
};

/* How much is let go of a name before another is its equal, a step further each. */
enum loose {
	LOOSE_SPELLING,
	LOOSE_SOCKET, /* A100 for A100-PCIE */
	LOOSE_SERIES, /* 3060 for RTX 3060 */
	LOOSE_LAPTOP, /* before 2021 a laptop's card had the same name */
	LOOSE_END,
};

static const char *const nothing[] = { "nvidia", "corporation", "geforce", "quadro",   "tesla",
				       "with",   "design",      "gpu",     "graphics", "generation",
				       "lite",   "hash",        "rate",    "edition" };
static const char *const socket[] = { "pcie", "sxm", "sxm2", "sxm4", "sxm5", "hbm2", "hbm3" };
static const char *const series[] = { "rtx", "gtx" };
static const char *const laptop[] = { "laptop", "mobile" };

static bool one_of(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

#define ONE_OF(word, list) one_of(word, list, COUNT_OF(list))

/* "12GB", "8.0 GB", "11.94GiB" at s: how long it is, 0 where there is none. */
static size_t memory_at(const char *s, uint32_t *mib)
{
	double gib = 0, unit = 1;
	size_t i = 0;

	for (; isdigit((unsigned char)s[i]) && i < 4; i++)
		gib = gib * 10 + (s[i] - '0');
	if (i == 0)
		return 0;
	if (s[i] == '.')
		for (i++; isdigit((unsigned char)s[i]) && unit > 1e-3; i++)
			gib += (s[i] - '0') * (unit /= 10);
	if (s[i] == ' ')
		i++;
	if (tolower((unsigned char)s[i]) != 'g')
		return 0;
	i += tolower((unsigned char)s[i + 1]) == 'i' ? 2 : 1;
	if (tolower((unsigned char)s[i]) != 'b' || isalnum((unsigned char)s[i + 1]))
		return 0;
	*mib = (uint32_t)(gib * 1024);
	return i + 1;
}

static void add_word(struct key *k, const char *word, enum loose loose)
{
	size_t have = strlen(k->text);

	if (ONE_OF(word, nothing) || (loose >= LOOSE_SOCKET && ONE_OF(word, socket)) ||
	    (loose >= LOOSE_LAPTOP && ONE_OF(word, laptop)))
		return;
	if (ONE_OF(word, laptop))
		word = laptop[0];
	snprintf(k->text + have, sizeof(k->text) - have, "%s", word);
}

static size_t take_word(const char *s, char *word, size_t room)
{
	size_t i = 0;

	for (; isalnum((unsigned char)s[i]) && i + 1 < room; i++)
		word[i] = (char)tolower((unsigned char)s[i]);
	word[i] = '\0';
	return i;
}

static void without_series(char *text)
{
	for (size_t i = 0; i < COUNT_OF(series); i++)
		if (str_starts(text, series[i])) {
			memmove(text, text + 3, strlen(text + 3) + 1);
			return;
		}
}

/* pci.ids: "GA106M [GeForce RTX 3060 Mobile / Max-Q]" */
static struct key key_of(const char *name, enum loose loose)
{
	struct key k = { 0 };
	const char *bracket = strchr(name, '[');
	char word[KEY_MAX];

	for (const char *s = bracket ? bracket + 1 : name; *s && *s != ']' && *s != '/';) {
		size_t n = memory_at(s, &k.mib);
		if (n == 0 && (n = take_word(s, word, sizeof(word))) > 0)
			add_word(&k, word, loose);
		s += n > 0 ? n : 1;
	}
	if (loose >= LOOSE_SERIES)
		without_series(k.text);
	return k;
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static const struct card *nearest(const char *name, uint64_t vram_mib, enum loose loose)
{
	struct key want = key_of(name, loose);
	const struct card *best = NULL;

	if (want.text[0] == '\0')
		return NULL;
	uint64_t mib = vram_mib ? vram_mib : want.mib ? want.mib : UINT64_MAX;
	for (size_t i = 0; card_at(i); i++) {
		const struct card *c = card_at(i);
		enum loose own = loose < LOOSE_LAPTOP ? loose : LOOSE_SERIES;
		if (strcmp(key_of(c->name, own).text, want.text) != 0)
			continue;
		if (!best || apart(c->vram_mib, mib) < apart(best->vram_mib, mib))
			best = c;
	}
	return best;
}

const struct card *card_find(const char *name, uint64_t vram_mib)
{
	const struct card *found = NULL;

	for (enum loose l = LOOSE_SPELLING; name && !found && l < LOOSE_END; l++)
		found = nearest(name, vram_mib, l);
	return found;
}

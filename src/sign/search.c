/* SPDX-License-Identifier: MIT */
#include "sign/search.h"

#include <stdbool.h>
#include <string.h>

enum {
	STEP = 3,        /* of places looked at */
	PLACE_BYTES = 4, /* looked at there: STEP + PLACE_BYTES - 1 = WORD_MIN_BYTES */
	HASH_BITS = 16,
	BUCKETS = 4096,
	COUNT_SHIFT = 2, /* so many bits fewer have the counts of parts */
};

/* Four bytes of a word, at which a text is compared with all of it. Small: there are thousands. */
struct place {
	uint32_t bytes;
	uint16_t word;
	uint16_t at;   /* in the word */
	uint16_t next; /* in the bucket; 0: the last */
};

struct search {
	const struct bytes *word;
	size_t word_count;
	uint64_t some[(1 << HASH_BITS) / 64]; /* is there any place with this hash? */
	uint16_t bucket[BUCKETS];             /* the first place; 0: none */
	struct place *place;                  /* from 1 on */
	uint16_t place_count;
};

/* Upper case is lower case here, and some signs are others: who asks looks again. */
static uint32_t bytes_at(const char *s)
{
	uint32_t v;
	memcpy(&v, s, sizeof(v));
	return v | 0x20202020;
}

static uint32_t hash(uint32_t bytes)
{
	return (bytes * 0x9E3779B1U) >> (32 - HASH_BITS);
}

/* Where a part of WORD_MIN_BYTES is counted: those that share a number are taken for the same. */
static uint8_t *counter(uint8_t *counts, const char *part)
{
	return &counts[hash(bytes_at(part) ^ (bytes_at(part + STEP - 1) * 31)) >> COUNT_SHIFT];
}

static void count_parts(uint8_t *counts, struct bytes word)
{
	for (size_t i = 0; i + WORD_MIN_BYTES <= word.size; i++) {
		uint8_t *n = counter(counts, word.data + i);
		if (*n < UINT8_MAX)
			++*n;
	}
}

enum { COUNT_WEIGHT = 1 << 8, BLANK_WEIGHT = 1 << 16 };
/*
 * How often logs have a letter; what is not among them is rare. A blank in a part is worse than
 * any number of words that have it, since it stands for a run of blanks.
 */
static const uint32_t commonness[256] = {
	['e'] = 24, ['i'] = 23, ['r'] = 22, ['a'] = 21, ['t'] = 20,
	['n'] = 19, ['o'] = 18, ['s'] = 17, ['d'] = 16, ['l'] = 15,
	['c'] = 14, ['p'] = 13, ['u'] = 12, ['m'] = 11, ['g'] = 10,
	['v'] = 9,  ['f'] = 8,  ['b'] = 7,  ['h'] = 6,  ['k'] = 5,
	['y'] = 4,  ['x'] = 3,  ['w'] = 2,  ['j'] = 1,  [' '] = BLANK_WEIGHT,
};

static uint32_t commonness_of(char c)
{
	return commonness[(unsigned char)(c | 0x20)];
}

/* The part that is met in vain least often: that few words have, then of rare letters. */
static const char *rarest(uint8_t *counts, struct bytes word)
{
	const char *best = NULL;
	uint32_t letters = 0, least = UINT32_MAX;

	for (size_t i = 0; i < word.size; i++) {
		letters += commonness_of(word.data[i]);
		if (i + 1 < WORD_MIN_BYTES)
			continue;
		const char *part = word.data + i + 1 - WORD_MIN_BYTES;
		uint32_t cost = *counter(counts, part) * COUNT_WEIGHT + letters;
		letters -= commonness_of(*part);
		if (cost >= least)
			continue;
		best = part;
		least = cost;
	}
	return best;
}

static void add(struct search *s, size_t word, const char *at)
{
	uint32_t bytes = bytes_at(at), h = hash(bytes);
	struct place *p = &s->place[++s->place_count];

	*p = (struct place){ bytes, (uint16_t)word, (uint16_t)(at - s->word[word].data),
			     s->bucket[h % BUCKETS] };
	s->bucket[h % BUCKETS] = s->place_count;
	s->some[h / 64] |= UINT64_C(1) << (h % 64);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_same(char a, char b)
{
	return a == b || ((a | 0x20) == (b | 0x20) && (a | 0x20) >= 'a' && (a | 0x20) <= 'z');
}

/* The word from there on against the text from there on; a blank is any run of them. */
static bool goes_on(const char *word, const char *word_end, const char *text, const char *text_end)
{
	for (; word < word_end; word++) {
		if (text == text_end || (*word == ' ' ? !is_blank(*text) : !is_same(*word, *text)))
			return false;
		text++;
		while (*word == ' ' && text < text_end && is_blank(*text))
			text++;
	}
	return true;
}

static bool came_before(const char *word, const char *word_start, const char *text,
			const char *text_start)
{
	while (word-- > word_start) {
		if (text == text_start ||
		    (*word == ' ' ? !is_blank(text[-1]) : !is_same(*word, text[-1])))
			return false;
		text--;
		while (*word == ' ' && text > text_start && is_blank(text[-1]))
			text--;
	}
	return true;
}

/* Is the whole word there, around that place of the text? */
static bool is_there(const struct search *s, const struct place *p, struct bytes text, size_t at)
{
	struct bytes word = s->word[p->word];
	return goes_on(word.data + p->at, word.data + word.size, text.data + at,
		       text.data + text.size) &&
	       came_before(word.data + p->at, word.data, text.data + at, text.data);
}

struct search *search_for(struct arena *a, const struct bytes *word, size_t count)
{
	struct search *s = arena_alloc(a, sizeof(*s));
	uint8_t *counts = arena_alloc(a, 1 << (HASH_BITS - COUNT_SHIFT));

	s->word = word;
	s->word_count = count < WORDS_MAX ? count : WORDS_MAX;
	s->place = arena_alloc(a, (1 + STEP * s->word_count) * sizeof(*s->place));
	for (size_t i = 0; i < s->word_count; i++)
		count_parts(counts, word[i]);
	for (size_t i = 0; i < s->word_count; i++) {
		const char *at = rarest(counts, word[i]);
		for (size_t step = 0; at && step < STEP; step++)
			add(s, i, at + step);
	}
	return s;
}

struct found *found_new(struct arena *a, const struct search *s)
{
	struct found *f = arena_alloc(a, sizeof(*f));
	f->seen = arena_alloc(a, (s->word_count / 64 + 1) * sizeof(*f->seen));
	return f;
}

static void forget(struct found *f)
{
	for (; f->count; f->count--)
		f->seen[f->number[f->count - 1] / 64] = 0;
}

static void add_once(struct found *f, size_t number)
{
	uint64_t bit = UINT64_C(1) << (number % 64);

	if ((f->seen[number / 64] & bit) || f->count == FOUND_MAX)
		return;
	f->seen[number / 64] |= bit;
	f->number[f->count++] = number;
}

void search_in(const struct search *s, struct bytes text, struct found *ret)
{
	forget(ret);
	for (size_t i = 0; i + PLACE_BYTES <= text.size; i += STEP) {
		uint32_t bytes = bytes_at(text.data + i), h = hash(bytes);
		if (!(s->some[h / 64] >> (h % 64) & 1))
			continue;
		for (unsigned n = s->bucket[h % BUCKETS]; n; n = s->place[n].next)
			if (s->place[n].bytes == bytes && is_there(s, &s->place[n], text, i))
				add_once(ret, s->place[n].word);
	}
}

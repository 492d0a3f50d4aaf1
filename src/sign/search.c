/* SPDX-License-Identifier: MIT */
#include "sign/search.h"

#include <stdbool.h>
#include <string.h>

enum {
	STEP = 3,        /* of places looked at */
	PLACE_BYTES = 4, /* looked at there: STEP + PLACE_BYTES - 1 = WORD_MIN_BYTES */
	HASH_BITS = 16,
	BUCKETS = 4096,
};

/* Four bytes of a word, and the word around them, which the text must have there. */
struct place {
	uint32_t bytes;
	const char *at; /* in the word */
	struct bytes whole;
	size_t number;
	const struct place *next;
};

struct search {
	size_t word_count;
	uint64_t some[(1 << HASH_BITS) / 64]; /* is there any place with this hash? */
	const struct place *bucket[BUCKETS];
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

/* The next part of WORD_MIN_BYTES; NULL: no more. */
static const char *next_part(struct bytes word, const char *at, bool blanks)
{
	const char *end = word.data + word.size - WORD_MIN_BYTES;

	for (at = at ? at + 1 : word.data; at <= end; at++)
		if (blanks || !memchr(at, ' ', WORD_MIN_BYTES))
			return at;
	return NULL;
}

static const char *first_part(struct bytes word, bool *ret_blanks)
{
	const char *at = next_part(word, NULL, false);
	*ret_blanks = !at;
	return at ? at : next_part(word, NULL, true);
}

/* Where a part is counted: parts that share a number are taken for the same. */
static uint16_t *counter(uint16_t *counts, const char *part)
{
	return &counts[hash(bytes_at(part) ^ (bytes_at(part + STEP - 1) * 31))];
}

static void count_parts(uint16_t *counts, struct bytes word)
{
	bool blanks;
	for (const char *at = first_part(word, &blanks); at; at = next_part(word, at, blanks))
		++*counter(counts, at);
}

/* How often logs have a letter; what is not among them is rare. */
static const unsigned char commonness[256] = {
	['e'] = 24, ['i'] = 23, ['r'] = 22, ['a'] = 21, ['t'] = 20, ['n'] = 19,
	['o'] = 18, ['s'] = 17, ['d'] = 16, ['l'] = 15, ['c'] = 14, ['p'] = 13,
	['u'] = 12, ['m'] = 11, ['g'] = 10, ['v'] = 9,  ['f'] = 8,  ['b'] = 7,
	['h'] = 6,  ['k'] = 5,  ['y'] = 4,  ['x'] = 3,  ['w'] = 2,  ['j'] = 1,
};

static unsigned commonness_of(const char *part)
{
	unsigned sum = 0;
	for (size_t i = 0; i < WORD_MIN_BYTES; i++)
		sum += commonness[(unsigned char)(part[i] | 0x20)];
	return sum;
}

static const char *rarest(uint16_t *counts, struct bytes word)
{
	bool blanks;
	const char *best = first_part(word, &blanks);

	for (const char *at = best; (at = next_part(word, at, blanks));) {
		unsigned count = *counter(counts, at), least = *counter(counts, best);
		if (count < least || (count == least && commonness_of(at) < commonness_of(best)))
			best = at;
	}
	return best;
}

static void add(struct search *s, struct arena *a, struct bytes whole, const char *at,
		size_t number)
{
	struct place *p = arena_alloc(a, sizeof(*p));
	uint32_t bytes = bytes_at(at), h = hash(bytes);

	*p = (struct place){ bytes, at, whole, number, s->bucket[h % BUCKETS] };
	s->bucket[h % BUCKETS] = p;
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
static bool is_there(const struct place *p, struct bytes text, size_t at)
{
	return goes_on(p->at, p->whole.data + p->whole.size, text.data + at,
		       text.data + text.size) &&
	       came_before(p->at, p->whole.data, text.data + at, text.data);
}

struct search *search_for(struct arena *a, const struct bytes *word, size_t count)
{
	struct search *s = arena_alloc(a, sizeof(*s));
	uint16_t *counts = arena_alloc(a, sizeof(*counts) << HASH_BITS);

	s->word_count = count;
	for (size_t i = 0; i < count; i++)
		if (word[i].size >= WORD_MIN_BYTES)
			count_parts(counts, word[i]);
	for (size_t i = 0; i < count; i++) {
		const char *at = word[i].size < WORD_MIN_BYTES ? NULL : rarest(counts, word[i]);
		for (size_t step = 0; at && step < STEP; step++)
			add(s, a, word[i], at + step, i);
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
		for (const struct place *p = s->bucket[h % BUCKETS]; p; p = p->next)
			if (p->bytes == bytes && is_there(p, text, i))
				add_once(ret, p->number);
	}
}

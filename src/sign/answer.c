/* SPDX-License-Identifier: MIT */
#include "sign/answer.h"

#include <string.h>

enum {
	SURE_CERTAIN = 80,
	SURE_LIKELY = 55,
	SURE_LEAST = 20, /* less is not told */
	EXPLAINS_DEPTH = 4,
};

/* One pass of weighing. */
struct scale {
	const struct reading *r;
	const struct book *b;
	const char *gpu; /* the external one; "": not known */
	bool *is_said;   /* one an owner, whatever the conditions */
};

enum sureness sureness(unsigned sure)
{
	return sure >= SURE_CERTAIN ? CERTAIN : sure >= SURE_LIKELY ? LIKELY : POSSIBLE;
}

const char *sureness_name(enum sureness s)
{
	switch (s) {
	case POSSIBLE:
		return "possible";
	case LIKELY:
		return "likely";
	case CERTAIN:
		return "certain";
	}
	return "";
}

/* Which of the devices counts */

static const struct said *said_of_mark(const struct reading *r, const char *id)
{
	size_t owner = book_owner(r->book, id);
	for (size_t i = 0; i < r->book->entry_count; i++)
		if (r->book->entry[i].owner == owner && r->said[i])
			return r->said[i];
	return NULL;
}

static bool is_in(const struct said *list, const char *bdf)
{
	for (; list; list = list->next)
		if (bdf_same_device(list->bdf, bdf))
			return true;
	return false;
}

/* The GPU that is behind a tunnel, where the text tells of exactly one. */
static const char *external_gpu(const struct reading *r)
{
	const struct said *tunnel = said_of_mark(r, "tunnel-link");
	const char *found = "";

	for (const struct said *gpu = said_of_mark(r, "gpu-found"); gpu; gpu = gpu->next) {
		if (!is_in(tunnel, gpu->bdf))
			continue;
		if (*found)
			return "";
		found = gpu->bdf;
	}
	return found;
}

/* Another GPU than the external one: the text names it as a GPU, or the driver complains of it. */
static bool is_of_other(const struct scale *s, const struct said *said, const struct owner *o)
{
	if (!*s->gpu || !*said->bdf || bdf_same_device(said->bdf, s->gpu))
		return false;
	return is_in(said_of_mark(s->r, "gpu-found"), said->bdf) ||
	       (o->cause && strncmp(said->line, "NVRM:", 5) == 0);
}

static const struct said *first_that_counts(const struct scale *s, size_t entry)
{
	const struct said *said = s->r->said[entry];
	while (said && is_of_other(s, said, &s->b->owner[s->b->entry[entry].owner]))
		said = said->next;
	return said;
}

/* Conditions of a sign */

/* Takes the next id off *ids, which blanks separate; the owner, or owner_count. False: no more. */
static bool next_owner(const struct book *b, const char **ids, size_t *ret)
{
	*ids += strspn(*ids, " ");
	size_t n = strcspn(*ids, " ");
	if (n == 0)
		return false;
	*ret = book_owner_of(b, (struct bytes){ *ids, n });
	*ids += n;
	return true;
}

static bool all_said(const struct scale *s, const char *ids)
{
	for (size_t o; ids && next_owner(s->b, &ids, &o);)
		if (o == s->b->owner_count || !s->is_said[o])
			return false;
	return true;
}

static bool any_said(const struct scale *s, const char *ids)
{
	for (size_t o; ids && next_owner(s->b, &ids, &o);)
		if (o < s->b->owner_count && s->is_said[o])
			return true;
	return false;
}

/* Were all of them said in a line above this? */
static bool all_above(const struct scale *s, const char *ids, uint64_t line)
{
	for (size_t o; ids && next_owner(s->b, &ids, &o);) {
		bool above = false;
		for (size_t i = 0; i < s->b->entry_count; i++)
			if (s->b->entry[i].owner == o)
				for (const struct said *p = s->r->said[i]; p; p = p->next)
					above |= p->first_line < line;
		if (!above)
			return false;
	}
	return true;
}

static bool holds(const struct scale *s, const struct sign *sign, const struct said *said)
{
	return all_said(s, sign->with) && !any_said(s, sign->unless) &&
	       all_above(s, sign->after, said->last_line);
}

/* Causes */

static uint64_t last_line_of(const struct scale *s, size_t owner)
{
	uint64_t last = 0;
	for (size_t i = 0; i < s->b->entry_count; i++)
		if (s->b->entry[i].owner == owner)
			for (const struct said *p = s->r->said[i]; p; p = p->next)
				last = p->last_line > last ? p->last_line : last;
	return last;
}

static bool is_healed(const struct scale *s, const struct cause *c, uint64_t last_line)
{
	const char *ids = c->healed_by;
	for (size_t o; ids && next_owner(s->b, &ids, &o);)
		if (o < s->b->owner_count && last_line_of(s, o) > last_line)
			return true;
	return false;
}

/* What was said is added to the cause: chances of being wrong multiply. */
static void weigh(struct named *n, const struct sign *sign, const struct said *said, unsigned *most)
{
	n->sure = 100 - (100 - n->sure) * (100 - sign->sure) / 100;
	if (sign->sure > *most || (sign->sure == *most && said->first_line < n->said->first_line)) {
		*most = sign->sure;
		n->said = said;
	}
}

/* False: nothing gives it away. */
static bool name(const struct scale *s, size_t owner, struct named *ret)
{
	const struct owner *o = &s->b->owner[owner];
	struct named n = { .cause = o->cause, .order = o->order, .past = true };
	unsigned most = 0;
	uint64_t last = 0;

	for (size_t i = 0; i < s->b->entry_count; i++) {
		const struct entry *e = &s->b->entry[i];
		const struct said *said =
		    e->owner == owner && s->r->said[i] ? first_that_counts(s, i) : NULL;
		if (!said || !holds(s, e->sign, said))
			continue;
		weigh(&n, e->sign, said, &most);
		last = said->last_line > last ? said->last_line : last;
		n.past &= said->last_boot < s->r->boot;
		n.xid = n.xid ? n.xid : said->xid;
	}
	if (n.sure < SURE_LEAST || is_healed(s, n.cause, last))
		return false;
	*ret = n;
	return true;
}

/* Order */

static bool explains_at(const struct book *book, const struct cause *a, const struct cause *b,
			unsigned depth)
{
	for (size_t i = 0; i < COUNT_OF(a->explains) && a->explains[i]; i++) {
		if (str_eq(a->explains[i], b->id))
			return true;
		size_t o = depth ? book_owner(book, a->explains[i]) : book->owner_count;
		if (o < book->owner_count && book->owner[o].cause &&
		    explains_at(book, book->owner[o].cause, b, depth - 1))
			return true;
	}
	return false;
}

static bool is_above(const struct said *a, const struct said *b)
{
	if (a->clock != CLOCK_NONE && a->clock == b->clock && a->usec != b->usec)
		return a->usec < b->usec;
	return a->first_line <= b->first_line;
}

/*
 * In a kernel log what stands above is no consequence; other texts are pasted
 * in any order. What is hardly sure does not explain what is.
 */
static bool explains(const struct scale *s, const struct named *a, const struct named *b)
{
	if (a == b || a->past != b->past || (a->sure < SURE_LIKELY && a->sure < b->sure) ||
	    !explains_at(s->b, a->cause, b->cause, EXPLAINS_DEPTH))
		return false;
	if (a->order <= s->b->kernel_order && b->order <= s->b->kernel_order)
		return is_above(a->said, b->said);
	return true;
}

/* Certain ones by the chain, the others by how sure they are. */
static bool goes_before(const struct named *a, const struct named *b)
{
	bool a_certain = a->sure >= SURE_CERTAIN, b_certain = b->sure >= SURE_CERTAIN;

	if ((a->after != NULL) != (b->after != NULL))
		return !a->after;
	if (a->past != b->past)
		return b->past;
	if (a_certain != b_certain)
		return a_certain;
	if (a_certain && a->order != b->order)
		return a->order < b->order;
	if (a->sure != b->sure)
		return a->sure > b->sure;
	return a->order < b->order;
}

static void sort(struct answer *a)
{
	for (size_t i = 1; i < a->count; i++)
		for (size_t k = i; k > 0 && goes_before(&a->named[k], &a->named[k - 1]); k--) {
			struct named swap = a->named[k];
			a->named[k] = a->named[k - 1];
			a->named[k - 1] = swap;
		}
}

/* A line that follows from a cause that is certain needs no other: not what it is a weak sign of.
 */
static void find_shared(struct answer *a, struct named *n)
{
	for (size_t i = 0; i < a->count && !n->after && n->sure < SURE_CERTAIN; i++)
		if (a->named[i].after && a->named[i].after != n->cause &&
		    a->named[0].sure >= SURE_CERTAIN &&
		    a->named[i].said->first_line == n->said->first_line)
			n->after = a->named[i].after;
}

static void find_consequences(const struct scale *s, struct answer *a)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < a->count && !a->named[i].after; k++)
			if (!a->named[k].after && explains(s, &a->named[k], &a->named[i]))
				a->named[i].after = a->named[k].cause;
	for (size_t i = 1; i < a->count; i++)
		find_shared(a, &a->named[i]);
	for (size_t i = 0; i < a->count; i++)
		a->roots += !a->named[i].after;
}

static void find_good(const struct scale *s, struct answer *a)
{
	for (size_t i = 0; i < s->b->owner_count; i++)
		if (s->b->owner[i].good && s->is_said[i] && a->good_count < COUNT_OF(a->good))
			a->good[a->good_count++] = s->b->owner[i].good;
}

const struct answer *answer_of(struct arena *arena, const struct reading *r, const char *gpu)
{
	const struct book *b = r->book;
	struct answer *a = arena_alloc(arena, sizeof(*a));
	struct scale s = { r, b, *gpu ? gpu : external_gpu(r),
			   arena_alloc(arena, b->owner_count * sizeof(bool)) };

	for (size_t i = 0; i < b->entry_count; i++)
		if (r->said[i] && first_that_counts(&s, i))
			s.is_said[b->entry[i].owner] = true;
	for (size_t i = 0; i < b->owner_count && a->count < NAMED_MAX; i++)
		if (b->owner[i].cause && s.is_said[i])
			a->count += name(&s, i, &a->named[a->count]);
	sort(a);
	find_consequences(&s, a);
	sort(a);
	find_good(&s, a);
	return a;
}

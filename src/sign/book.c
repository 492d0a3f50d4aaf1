/* SPDX-License-Identifier: MIT */
#include "sign/book.h"

#include <string.h>

#include "base/str.h"
#include "cause/xid.h"
#include "sign/pattern.h"
#include "sign/search.h"

/* What an Xid is a sign of, which its number tells. */
static const struct sign said_by_xid = { .sure = 90, .line = "Xid" },
			 said_by_summary = { .sure = 60, .line = "Xid" },
			 said_by_follower = { .sure = 30, .line = "Xid" };

/* What lines with a number that counts are found by: Xids, with or without the driver's form. */
static const char *const counted_words[] = {
	"NVRM: Xid", "Xid (0", "Xid (P", "Xid 13",    "Xid 31",          "Xid 32", "Xid 38",
	"Xid 43",    "Xid 45", "Xid 48", "Xid 61",    "Xid 62",          "Xid 63", "Xid 64",
	"Xid 69",    "Xid 74", "Xid 79", "Xid 94",    "Xid 95",          "Xid 10", "Xid 11",
	"Xid 12",    "Xid 14", "Xid 15", "offloaded", "layers.offload=",
};

_Static_assert((int)PIECE_MIN_BYTES >= (int)WORD_MIN_BYTES, "each pattern can be searched for");

static const char *const counted[COUNTED_MARKS] = { "layers-none", "layers-split", "layers-all",
						    "json-broken" };

static size_t lines_of(const struct mark *m)
{
	size_t n = 0;
	while (n < COUNT_OF(m->line) && m->line[n])
		n++;
	return n;
}

/* Room for all: a cause has an entry for its Xids too. */
static void make_room(struct book *b, struct arena *a, const struct cause *(*at)(size_t n),
		      const struct mark *mark)
{
	size_t owners = COUNTED_MARKS, entries = COUNTED_MARKS;
	const struct cause *c;

	for (size_t i = 0; (c = at(i)); i++, owners++, entries++)
		for (const struct sign *s = c->sign; s && s->line; s++)
			entries++;
	for (const struct mark *m = mark; m->id; m++, owners++)
		entries += lines_of(m);
	b->owner = arena_alloc(a, owners * sizeof(*b->owner));
	b->entry = arena_alloc(a, entries * sizeof(*b->entry));
}

static size_t add_owner(struct book *b, struct owner o)
{
	b->owner[b->owner_count] = o;
	return b->owner_count++;
}

static void add_entry(struct book *b, size_t owner, const char *pattern, const struct sign *sign)
{
	b->entry[b->entry_count++] = (struct entry){ pattern, sign, owner };
}

static void add_causes(struct book *b, const struct cause *(*at)(size_t n))
{
	const struct cause *c, *last = NULL;
	size_t order = 0;

	for (size_t i = 0; (c = at(i)); i++, last = c) {
		order += last && !str_eq(last->link, c->link);
		if (str_eq(c->link, "driver"))
			b->kernel_order = order;
		size_t o = add_owner(b, (struct owner){ .id = c->id, .cause = c, .order = order });
		for (const struct sign *s = c->sign; s && s->line; s++)
			add_entry(b, o, s->line, s);
	}
}

static void add_marks(struct book *b, const struct mark *mark)
{
	for (const struct mark *m = mark; m->id; m++) {
		size_t o = add_owner(b, (struct owner){ .id = m->id, .good = m->good });
		for (size_t i = 0; i < lines_of(m); i++)
			add_entry(b, o, m->line[i], NULL);
	}
}

static const struct sign *sign_of_xid(const char *cause)
{
	if (str_eq(cause, "xid-45"))
		return &said_by_follower;
	return str_eq(cause, "xid-154") ? &said_by_summary : &said_by_xid;
}

/* Entries that no pattern leads to: their lines are counted by who reads numbers. */
static void add_counted(struct book *b, size_t cause_count)
{
	b->xid_entry = b->entry_count;
	for (size_t i = 0; i < cause_count; i++)
		add_entry(b, i, NULL, sign_of_xid(b->owner[i].id));
	b->mark_entry = b->entry_count;
	for (size_t i = 0; i < COUNTED_MARKS; i++) {
		const char *good =
		    i == LAYERS_ALL ? "all of a model's layers are on the GPU" : NULL;
		add_entry(b, add_owner(b, (struct owner){ .id = counted[i], .good = good }), NULL,
			  NULL);
	}
}

/* Words past xid_entry are counted_words. */
static struct search *make_search(struct arena *a, const struct book *b)
{
	size_t count = b->xid_entry + COUNT_OF(counted_words);
	struct bytes *word = arena_alloc(a, count * sizeof(*word));

	for (size_t i = 0; i < count; i++)
		word[i] = i < b->xid_entry ? pattern_word(b->entry[i].pattern)
					   : bytes_of(counted_words[i - b->xid_entry]);
	return search_for(a, word, count);
}

/* Asked for hundreds of times, of hundreds of owners: most differ in the first letter. */
static bool has_id(const struct owner *o, struct bytes id)
{
	return id.size && o->id[0] == id.data[0] && strncmp(o->id, id.data, id.size) == 0 &&
	       !o->id[id.size];
}

size_t book_owner_of(const struct book *b, struct bytes id)
{
	size_t i = 0;
	while (i < b->owner_count && !has_id(&b->owner[i], id))
		i++;
	return i;
}

size_t book_owner(const struct book *b, const char *id)
{
	return book_owner_of(b, bytes_of(id));
}

const struct book *book_of(struct arena *a, const struct cause *(*at)(size_t n),
			   const struct mark *mark)
{
	struct book *b = arena_alloc(a, sizeof(*b));

	make_room(b, a, at, mark);
	add_causes(b, at);
	size_t cause_count = b->owner_count;
	add_marks(b, mark);
	add_counted(b, cause_count);
	b->boot = book_owner(b, "boot");
	b->about = book_owner(b, "about");
	b->search = make_search(a, b);
	return b;
}

const struct book *book_open(struct arena *a)
{
	return book_of(a, cause_at, marks);
}

size_t book_xid(const struct book *b, uint64_t code)
{
	const char *cause = xid_of_code(code)->cause;
	size_t owner = *cause ? book_owner(b, cause) : b->owner_count;
	return owner < b->owner_count && b->owner[owner].cause ? b->xid_entry + owner
							       : b->entry_count;
}

/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "cause/cause.h"
#include "sign/mark.h"

/* Marks that no pattern can tell: how many of a model's layers are on the GPU, broken JSON. */
enum { LAYERS_NONE, LAYERS_SPLIT, LAYERS_ALL, JSON_BROKEN, COUNTED_MARKS };

/* Who has signs: a cause, or a mark. */
struct owner {
	const char *id;
	const struct cause *cause; /* NULL: a mark */
	const char *good;          /* of a mark; NULL: none */
	size_t order;              /* of the cause's link in the chain */
};

struct entry {
	const char *pattern;
	const struct sign *sign; /* NULL: of a mark */
	size_t owner;
};

/* The table of causes and marks, made ready to search text. In one arena. */
struct book {
	struct owner *owner;
	size_t owner_count;
	struct entry *entry;
	size_t entry_count;
	size_t xid_entry;    /* the first of those that Xids are counted on, one a cause */
	size_t mark_entry;   /* the first of COUNTED_MARKS */
	size_t kernel_order; /* of the last link that the kernel log tells of */
	size_t boot, about;  /* the marks that every log's reader needs */
	/* Numbers below xid_entry are those of entries; the rest: a number in the line counts. */
	struct search *search;
};

const struct book *book_open(struct arena *a);
/* The same of another table: at gives the n-th cause in the order of the chain, NULL past the end.
 */
const struct book *book_of(struct arena *a, const struct cause *(*at)(size_t n),
			   const struct mark *mark);

/* The owner's number; owner_count: there is none of that id. */
size_t book_owner(const struct book *b, const char *id);
size_t book_owner_of(const struct book *b, struct bytes id);
/* The entry on which an Xid of that code is counted; entry_count: it is no sign of anything. */
size_t book_xid(const struct book *b, uint64_t code);

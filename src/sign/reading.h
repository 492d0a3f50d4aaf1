/* SPDX-License-Identifier: MIT */
#pragma once

#include "sign/bdf.h"
#include "sign/book.h"
#include "sign/line.h"
#include "sign/search.h"

enum {
	SAID_MAX_BYTES = 400, /* of a line that are kept */
	DEVICES_MAX = 4,      /* for which one sign is kept apart */
	HEARD_MAX = 16,       /* signs that one line can be */
	/*
	 * So many lines are read as a paste is: each is made plain, and one that nothing stands
	 * before is tried as the rest of the line above, since mails and terminals wrap lines. Of a
	 * longer text the rest is taken for a log, in which that is done only where something may
	 * be hidden.
	 */
	PASTE_LINES = 10000,
};

/* One sign's lines about one device. */
struct said {
	uint64_t first_line, last_line, count;
	enum line_clock clock; /* of the first line */
	uint64_t usec;
	unsigned boot, last_boot;      /* how many boots began above the first and the last line */
	uint64_t xid;                  /* of the first line; 0: it has none */
	char bdf[BDF_BYTES];           /* "0000:22:00.0"; "": no device is named */
	char line[SAID_MAX_BYTES + 1]; /* the first, clean; a message over two lines in one */
	const struct said *next;       /* the same sign, another device */
};

/* A line that has a word of a sign in it, and whose signs it is. */
struct heard {
	const struct line *line;
	const size_t *entry; /* of the book */
	size_t entry_count;
};

/* A text that is being read: what was said so far. Its room does not grow with the text. */
struct reading {
	const struct book *book;
	struct arena *arena;
	struct said **said; /* one list an entry of the book; NULL: not said */
	uint64_t lines;
	bool is_log; /* set by who knows that no person and no mail had it in hands */
	unsigned boot;
	bool new_sign; /* set when a sign was said for the first time; for who reads to reset */
	/* Told of each such line, if set. */
	void (*hear)(void *with, const struct heard *h);
	void *with;

	char about[BDF_BYTES]; /* the device that a message over several lines began with */
	uint64_t about_line;
	struct line line, joined;
	struct found *found;
	struct bytes above; /* the line above, as it was pasted; in the fed text or in kept */
	char kept[512];
	size_t entry[HEARD_MAX], entry_count; /* said by this line */
};

struct reading *reading_new(struct arena *a, const struct book *b);
/* text: whole lines; the last of all may lack its end. */
void reading_feed(struct reading *r, struct bytes text);

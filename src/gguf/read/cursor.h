/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/gguf.h"

/*
 * Where the reader stands in a header. The header must go on for `owed` bytes at least, as far as
 * is known: each count and length in it says that more must come. What they may still add up to
 * is the slack, so that one comparison holds a count against the bytes that are left, and no sum
 * can overflow:
 *
 *     at + owed + slack = end
 */
struct cursor {
	struct gguf_input *in;
	struct arena *arena;
	struct bytes window; /* starts at `at` */
	uint64_t at;
	uint64_t owed, slack;
	uint64_t end;  /* of the file, or of what a header may have */
	uint64_t kept; /* bytes of the arena */
	bool is_blind; /* nobody saw yet whether the file goes on up to `at` */
};

void cursor_start(struct cursor *c, struct arena *a, struct gguf_input *in);

/* Refuses the file: "NAME: byte AT: rule". -EINVAL */
int cursor_refuse(const struct cursor *c, uint64_t at, struct err *e, const char *fmt, ...)
    PRINTF(4, 5);
/* A name from the file as it may stand in a message: not too long. */
const char *cursor_word(const struct cursor *c, const char *name);

/*
 * `count` things of `each` bytes must come, that nobody knew of; `what` and the count say which,
 * for the message; `at` is where the count stands.
 */
int cursor_owe(struct cursor *c, uint64_t at, uint64_t count, uint64_t each, const char *what,
	       struct err *e);

/* The next bytes, all owed and at most 1 MiB, in one piece; good until the next call. */
int cursor_take(struct cursor *c, uint64_t size, const char **ret, struct err *e);
/* A number of so many bytes, little-endian. */
uint64_t cursor_whole(const char *p, size_t size);
int cursor_u32(struct cursor *c, uint32_t *ret, struct err *e);
int cursor_u64(struct cursor *c, uint64_t *ret, struct err *e);
/* Past bytes that are owed, without a look at them. */
void cursor_skip(struct cursor *c, uint64_t size);
/* Past so many strings, of which the lengths are owed. */
int cursor_skip_strings(struct cursor *c, uint64_t count, struct err *e);

/* Behind all: whether what was skipped last is there. */
int cursor_finish(struct cursor *c, struct err *e);

/* Memory for what is kept; *ret zeroed. -EINVAL: a header may not make us keep so much. */
int cursor_keep(struct cursor *c, uint64_t at, uint64_t count, size_t each, void **ret,
		struct err *e);
/* The next `size` bytes as a text that is kept, cleaned. */
int cursor_text(struct cursor *c, uint64_t size, const char **ret, struct err *e);

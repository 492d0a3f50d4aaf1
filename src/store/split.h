/* SPDX-License-Identifier: MIT */
#pragma once

#include "store/store.h"

/* One more sentence. */
void store_note(struct arena *a, struct stored *s, const char *text);

/* Models in several files (llama.cpp: llama_split_path(), tools/gguf-split). */
enum { SPLIT_MOST = 999 };

struct split_name {
	const char *before; /* "dir/model", of "dir/model-00002-of-00005.gguf" */
	uint64_t no, count; /* no from 0 on */
};

/* false: the path does not end so. */
bool split_name(struct arena *a, const char *path, struct split_name *ret);
const char *split_path(struct arena *a, const struct split_name *s, uint64_t no);

/* Headers that belong together, as they are found; title: for messages, cleaned. */
struct split {
	const char *title;
	struct gguf *part;
	const char **where; /* of each, cleaned */
	size_t count, room;
};
void split_add(struct arena *a, struct split *s, const struct gguf *g, const char *where);
/* More parts than anybody makes, or a part behind the last: -EINVAL. */
int split_bounds(const struct gguf *g, const char *where, struct err *e);

/*
 * All that were found, put in order into ret->part, with a note on those that were not. One that is
 * no part of anything stands for itself. -ENOENT: the first is missing; -EINVAL: they do not belong
 * together.
 */
int split_join(struct arena *a, struct split *s, struct stored *ret, struct err *e);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "recording/layer.h"
#include "recording/redact.h"

/* One question and what was answered, redacted both. */
enum verb { VERB_READ, VERB_LIST, VERB_STAT, VERB_ASK };

struct kept {
	enum verb verb;
	enum source who; /* of VERB_ASK, else SOURCE_COUNT */
	const char *key; /* tidy path, or the question */
	int error;       /* 0: one of these was answered */
	struct bytes bytes;
	struct names names;
	struct host_stat stat;
};

struct recorder {
	struct host host;
	struct host *inner;
	struct arena arena;
	struct redactor *redactor;
	struct kept **kept; /* sorted by verb, source, key; no two alike */
	size_t count, room;
	uint64_t bytes;
};

/* NULL where that was not asked. */
const struct kept *kept_find(const struct recorder *r, enum verb verb, enum source who,
			     const char *key);

/*
 * The files of the recording, meta among them, sorted by name and in the
 * arena. Whatever it would answer differently than the host did is put right
 * in meta first.
 */
struct draft {
	struct memory_file *file;
	size_t count;
};
int draft_make(const struct recorder *r, struct arena *a, struct draft *ret, struct err *e);

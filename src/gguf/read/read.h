/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/read/cursor.h"

/* The least that a key and a tensor of one dimension take in a header: lengths, type, value. */
enum { KEY_BYTES_MIN = 8 + 4 + 1, TENSOR_BYTES_MIN = 8 + 4 + 8 + 4 + 8 };

/* What is looked at once all are read: that no name is there twice, that no data overlap. */
struct place {
	const char *name;
	uint64_t at;       /* in the header: where its name stands */
	uint64_t from, to; /* a tensor's data, in the data section */
	uint64_t hash;     /* of the name */
};

/* The next key. */
int meta_read(struct cursor *c, struct gguf_key *ret, struct err *e);
bool meta_is_whole(enum gguf_kind k);

/* What the keys say about the tensors. */
struct tensor_rules {
	uint64_t alignment; /* of each one's data */
	bool is_ollama;     /* types have the numbers of Ollama's own engine */
};

/* The next tensor. */
int tensor_read(struct cursor *c, const struct tensor_rules *rules, struct gguf_tensor *ret,
		struct err *e);

/* `what` is "key" or "tensor". Both sort p. */
int place_check_names(const struct cursor *c, struct place *p, size_t count, const char *what,
		      struct err *e);
int place_check_data(const struct cursor *c, struct place *p, size_t count, struct err *e);

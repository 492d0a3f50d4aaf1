/* SPDX-License-Identifier: MIT */
#pragma once

#include "store/name.h"

struct name_list {
	struct ollama_name *name;
	size_t count;
};

enum { STORE_NAMES_MOST = 1 << 16 };

/*
 * All names below DIR/manifests, in no order; what cannot be a name is left out, as by Ollama. With
 * `like` only those that are the same but for the tag; nothing else is looked into.
 * -ENOENT: there are no manifests; -EACCES: some of it is closed; -EFBIG: too many.
 */
int name_list(struct arena *a, const char *dir, const struct ollama_name *like,
	      struct name_list *ret, struct err *e);

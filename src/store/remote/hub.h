/* SPDX-License-Identifier: MIT */
#pragma once

#include "store/remote/places.h"

/*
 * Which files of a repository are meant, as llama.cpp picks them (common/download.cpp): the first
 * whose name has the quant, Q4_K_M where none was named; and the projector that lies nearest, of
 * the nearest quant. Paths are safe, as they are in the repository.
 */
struct hub_choice {
	const char *model;     /* the first part of a split one */
	const char *projector; /* NULL: none */
};

/*
 * Pure. The listing is that of Hugging Face's /api/models/OWNER/REPO/tree/REVISION. -ENOENT: there
 * is none such; *e says what there is. -EINVAL: that is no listing.
 */
int hub_choose(struct arena *a, struct bytes listing, const struct place *p, struct hub_choice *ret,
	       struct err *e);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/size/place.h"

/* Says where a figure rests on a guess, or another version would differ. */
void size_notes(struct arena *a, const struct model *m, const struct settings *s,
		const struct place *p, struct size *z);

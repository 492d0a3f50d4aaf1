/* SPDX-License-Identifier: MIT */
#pragma once

#include "watch/keep.h"

/* state.json's text, and back. -EINVAL: *e says what is wrong with it. */
const char *kept_text(struct arena *a, const struct keep_now *now, const struct guard_kept *k);
int kept_parse(struct bytes text, const struct keep_now *now, struct guard_kept *ret,
	       struct err *e);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "cause/cause.h"
#include "facts/facts.h"

/* For whom remedies of that subject are spelt: this host, and who made the container, if it is one.
 */
struct cause_reader reader_of(struct arena *a, const struct facts *f, const char *subject);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"
#include "gguf/speed/speed.h"

/* What joins this host and its chosen GPU, of the table of links. NULL: it is not known. */
const struct link *link_here(const struct facts *f);
/* -EINVAL: it is not in the table, and what is. */
int link_unknown(struct arena *a, const char *name, struct err *e);
int card_unknown(const char *name, struct err *e);

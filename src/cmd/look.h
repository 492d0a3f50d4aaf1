/* SPDX-License-Identifier: MIT */
#pragma once

#include "cmd/cmd.h"
#include "collect/collect.h"
#include "rules/chain.h"

/* What one collector cost. */
struct look_cost {
	const char *link;
	uint64_t usec;
};

/* One look at a host: what was wanted, what was learned, what it cost. */
struct look {
	struct facts facts;
	struct look_cost *cost;
	size_t cost_count;
	struct report *report;
};

/*
 * Collects everything and judges it (link NULL: all links). The look and all
 * in it live in the arena; the host stays the caller's.
 */
struct look *look_at(struct host *h, struct arena *a, const struct want *want, const char *link);

/* "external", "any", or a BDF as "22:00.0" or "0000:22:00.0"; anything else: -EINVAL. */
int want_gpu(struct want *w, const char *text, struct err *e);

/* A usage error: -EINVAL with "COMMAND: ..." and how to get help. */
int usage(struct err *e, const char *command, const char *fmt, ...) PRINTF(3, 4);

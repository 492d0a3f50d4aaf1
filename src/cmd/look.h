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

/* What options ask for beside /etc/egpu.conf, which they override. */
struct look_for {
	const char *gpu;  /* as struct want has it; NULL: not said */
	bool display;     /* false: not said */
	const char *link; /* judged alone; NULL: all */
	bool quiet;       /* wrong lines of /etc/egpu.conf are not told */
};

/*
 * Reads what is wanted, collects everything and judges it. The look and all in it live in the
 * arena; the host stays the caller's. A line of /etc/egpu.conf that does not count is told on
 * stderr.
 */
struct look *look_at(struct host *h, struct arena *a, const struct look_for *wanted);

/*
 * What may be known of a GPU, its services and containers without opening the driver: no probe,
 * and no rule. Into *f, whose arena is set.
 */
void look_outside(struct facts *f, struct host *h, const struct look_for *wanted);
/* The same, and what `egpu eject` has to know beside it. */
void look_to_eject(struct facts *f, struct host *h, const struct look_for *wanted);

/* Takes the value of --gpu (cmd/options.h) into a struct look_for. */
int look_for_gpu(void *look_for, const char *text, struct err *e);

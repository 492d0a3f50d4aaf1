/* SPDX-License-Identifier: MIT */
#pragma once

#include "view/timeline/timeline.h"

/*
 * Times as places on a line of any length. From one time at which something happened to the next it
 * is as long as the time between them, but for long ones, which are drawn short, all of the same
 * length: gaps.
 */
struct axis {
	uint64_t *usec; /* each once, in order, from 0 on */
	double *at;     /* its place, 0 to 1 */
	size_t count;
};

struct axis axis_of(struct arena *a, const struct timeline *t);
/* 0 to 1. */
double axis_at(const struct axis *x, uint64_t usec);
/*
 * The gap that ends at or before `until_usec` and begins at or after `from_usec`: how long nothing
 * happened; 0: there is none.
 */
uint64_t axis_gap(const struct axis *x, uint64_t from_usec, uint64_t until_usec);

/* What stands beside the time: "GPU on the bus 22:00.0", "ollama". */
const char *moment_label(struct arena *a, const struct moment *m);
bool moment_is_sure(const struct moment *m); /* to the millisecond */
/* "103.455", or "~12.1" where it is not that sure. */
const char *moment_time(struct arena *a, const struct moment *m);
/* When what lasts ended: at the next loss of a GPU; UINT64_MAX: not yet. */
uint64_t moment_until(const struct timeline *t, const struct moment *m);
/* Where the part of its bar begins that was too early. */
uint64_t race_from(const struct race *r);
/* "ollama started 91 332 ms before the GPU it needs (ready at 103.455 s)" */
const char *race_text(struct arena *a, const struct race *r);
/* Whether there is something to restart now, and an order to set up for the next boot. */
bool race_is_open(const struct timeline *t);
bool race_is_unordered(const struct timeline *t);

/* What is not known, a line each reason: "controller, GPU on the bus: the kernel log: not there".
 */
struct names timeline_unknown(struct arena *a, const struct timeline *t);
/* "12 more containers are not shown"; "": all are. */
const char *timeline_left_out(struct arena *a, const struct timeline *t);
/* The sentence that stands where no race was found. */
const char *timeline_no_race(const struct timeline *t);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "view/metrics.h"

/* Metrics while they are written. */
struct metrics;

/* A family of metrics, and who knows its samples. */
struct family {
	const char *name; /* without the "_total" of a counter */
	const char *unit; /* the end of the name, as "bytes"; "": none */
	const char *help; /* one sentence, no full stop */
	void (*samples)(struct metrics *m);
	bool counter; /* else a gauge */
};

struct metrics {
	FILE *to;
	const struct view *view;
	const struct upkeep *upkeep; /* NULL: none is known */
	bool textfile;               /* the older format */
	const struct family *family; /* whose samples are being written */
	const char **labels;         /* of each sample of it so far, METRIC_SAMPLES_MAX at most */
	size_t count;
};

/*
 * Writes a sample of the current family, behind the family's head where it is the first. Labels
 * are pairs of name and value up to a NULL; values are cleaned here.
 */
void sample(struct metrics *m, double value, ...) __attribute__((sentinel));
/* The value times scale, where it is known. No labels. */
void sample_u64(struct metrics *m, struct maybe_u64 value, double scale);

/* One file a theme; each list ends with { 0 }. */
extern const struct family families_chain[], families_cable[], families_gpu[], families_workload[],
    families_guard[];

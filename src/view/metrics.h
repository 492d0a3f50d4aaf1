/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/upkeep.h"
#include "view/view.h"

/*
 * A report as metrics, for Prometheus and what reads the same: gauges and counters in base units,
 * named egpu_*. What is not known is left out, never 0; a family without a sample is left out
 * whole. Label values from outside are cleaned and cut to METRIC_LABEL_MAX bytes; of samples with
 * the same labels the first stands, and no family has more than METRIC_SAMPLES_MAX.
 * egpu-metrics(1) lists the families.
 */
enum { METRIC_LABEL_MAX = 128, METRIC_SAMPLES_MAX = 256 };

/* OpenMetrics 1.0, with "# EOF". upkeep: NULL or not KNOWN where no guard watches. */
void view_metrics(FILE *to, const struct view *v, const struct upkeep *upkeep);

/*
 * Prometheus' older text format 0.0.4, which node_exporter's textfile collector takes: counters
 * are declared by their full name, units are not.
 */
void view_metrics_textfile(FILE *to, const struct view *v, const struct upkeep *upkeep);

/* The name of the n-th family's samples, as "egpu_heal_attempts_total"; NULL past the end. */
const char *metrics_name(struct arena *a, size_t n);

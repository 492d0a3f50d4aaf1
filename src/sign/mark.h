/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A line that is no cause, but tells which one it is, or that all is well:
 * "PM: suspend exit", "inference compute ... library=CUDA". Patterns as those of
 * struct sign.
 */
struct mark {
	const char *id;
	const char *line[8]; /* any of these; ends with NULL */
	/*
	 * What works, as a clause for a person: "the driver loads". Where no cause is found,
	 * one of these makes the answer "healthy"; NULL: it says nothing of the kind.
	 */
	const char *good;
};

/* Ends with { 0 }. */
extern const struct mark marks[];

/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

#include "base/json.h"
#include "facts/timeline/timeline.h"

struct timeline_view {
	struct arena *arena;
	const struct timeline *t; /* finished */
	const char *host;         /* "this host", or the recording's name; cleaned */
	bool colour;
	unsigned columns; /* 80 where the output is no terminal */
	const char *version;
};

/*
 * A line a moment: seconds since the boot, what it is, and a bar as wide as the columns leave; then
 * what began before what it needed, and what is not known. Long stretches in which nothing happened
 * are drawn short, and said.
 */
void timeline_text(FILE *to, const struct timeline_view *v);
/* The same as one SVG 1.1 file, for light and dark, without scripts or anything from elsewhere. */
void timeline_svg(FILE *to, const struct timeline_view *v);
/* data/timeline.schema.json says what this is. Caller decrefs. */
json_t *timeline_json(const struct timeline_view *v);
/* 1 where something began before what it needed, else 0: the status that the command ends with. */
int timeline_exit_status(const struct timeline *t);

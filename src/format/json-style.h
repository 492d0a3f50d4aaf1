/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/json.h"
#include "format/json-place.h"

/* How somebody lays out a JSON text, so that what is put in looks the same. */
struct json_style {
	const char *unit;     /* of indentation */
	const char *line_end; /* "\n" or "\r\n" */
	const char *colon;    /* with its blanks */
	const char *comma;    /* with its blanks, within a line */
};

/*
 * The style of what is in there, as its last members have it; four blanks, ": " and ", " where
 * nothing shows one. `top`: offset of the outermost bracket.
 */
struct json_style json_style(struct arena *a, struct bytes text, size_t top,
			     const struct json_found *in, const char *line_end);
/* The blanks before it where it is the first of its line, else NULL. */
const char *json_indent(struct arena *a, struct bytes text, size_t at);
/* A value as text; indent: of the line that it begins on, NULL: all of it in one line. */
const char *json_written(struct arena *a, const json_t *j, const struct json_style *s,
			 const char *indent);
/* "key": value */
const char *json_member(struct arena *a, const char *key, const json_t *j,
			const struct json_style *s, const char *indent);

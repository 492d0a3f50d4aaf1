/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "base/str.h"

/*
 * JSON from outside, through jansson. The caller owns the result (json_auto_t).
 * NULL: *e says "NAME:LINE:COLUMN: reason" with code -EINVAL. Duplicate keys
 * keep the last, as dockerd and most readers do.
 */
json_t *json_parse(struct bytes b, const char *name, struct err *e);

/* The value below a path of keys, or NULL: json_at(j, "HostConfig", "Runtime"). Borrowed. */
json_t *json_at_path(const json_t *j, const char *const *path);
#define json_at(j, ...) json_at_path((j), (const char *const[]){ __VA_ARGS__, NULL })

/* A string's text in the arena, "" where it is no string. Not cleaned for a terminal. */
const char *json_text(struct arena *a, const json_t *j);
/* Strings of an array; what is no string is left out. */
struct names json_texts(struct arena *a, const json_t *j);

/* SPDX-License-Identifier: MIT */
#pragma once

#include <libfyaml.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/*
 * One YAML file that somebody else wrote, to be read and never printed. Aliases
 * and merge keys (`<<`) are followed where they are met and not copied, so a
 * file cannot blow up; how many are followed in all is bounded.
 */
struct yaml {
	struct arena *arena;
	const char *file; /* for refusals */
	struct fy_document *doc;
	struct fy_node *root;
	unsigned left, aliases_left; /* steps, and aliases, that may still be followed */
};

/* -EINVAL: *e says "FILE:LINE:COLUMN: why". The caller closes it, also then. */
int yaml_open(struct arena *a, const char *file, struct bytes text, struct yaml *ret,
	      struct err *e);
void yaml_close(struct yaml *y);

/* The file was too tangled to be followed to the end: what was told of it may be wrong. */
bool yaml_gave_up(const struct yaml *y);

/* What an alias stands for, else the node itself. NULL: nothing, or too far. */
struct fy_node *yaml_real(struct yaml *y, struct fy_node *n);
/* The value of a key of a mapping, its own or a merged one; NULL: none. */
struct fy_node *yaml_at(struct yaml *y, struct fy_node *n, const char *key);
/* The next of a list; NULL at its end. *next is NULL before the first. */
struct fy_node *yaml_next(struct yaml *y, struct fy_node *n, void **next);
/*
 * The next member that stands in the mapping itself, merges left out. Returns
 * its key; NULL at the end.
 */
struct fy_node *yaml_member(struct yaml *y, struct fy_node *n, void **next,
			    struct fy_node **ret_value);
bool yaml_is_null(struct fy_node *n); /* nothing, ~ or null */
/* A scalar's text, "" for what is none. */
const char *yaml_text(struct yaml *y, struct fy_node *n);
/* -EINVAL with "FILE:LINE: ...", the line being the node's. */
int yaml_refuse(struct yaml *y, struct fy_node *n, struct err *e, const char *fmt, ...)
    PRINTF(4, 5);
/* The text as a YAML scalar: in double quotes unless it is a plain name. */
const char *yaml_quoted(struct arena *a, const char *text);

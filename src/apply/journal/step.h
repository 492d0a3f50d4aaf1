/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>

#include "apply/journal/journal.h"

/* A step that is no file, as the journal keeps it. The caller owns it; NULL: no UTF-8 in it. */
json_t *kept_step_json(const struct kept_step *k);
bool kept_step_parse(struct arena *a, json_t *j, struct kept_step *ret);

/* What is only told may lose what is no UTF-8; what is done with must not. */
json_t *said_json(const char *text);
json_t *names_json(const struct names *n);
/* A member that must be there; a text of at least one character. */
bool text_of(struct arena *a, json_t *j, const char *key, const char **ret);
bool number_of(json_t *j, const char *key, uint64_t max, uint64_t *ret);

/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "sign/answer.h"

/* All that an answer is shown from. Nothing is owned. */
struct explain_view {
	struct arena *arena;
	const struct answer *answer;
	uint64_t lines;     /* read */
	const char *distro; /* whose remedies are shown, as distro_name() has it */
	bool colour;
	unsigned columns;
	const char *version;
};

void explain_text(FILE *to, const struct explain_view *v);
/* One cause that the text gives away, whole. */
void explain_named(FILE *to, const struct explain_view *v, const struct named *n);
/* The answer in the form that egpu-explain(1) documents; a new reference. */
json_t *explain_json(const struct explain_view *v);

/* An entry of the table, its remedies for v->distro; v->answer is not looked at. */
void explain_cause(FILE *to, const struct explain_view *v, const struct cause *c);
/* The entry as it stands there, for all distributions; a new reference. */
json_t *explain_cause_json(const struct cause *c);
/* The subject for remedies of a cause: a word to be replaced, or the BDF that a text told. */
const char *explain_subject(const struct cause *c, const char *bdf);

/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "cause/cause.h"

/* How lines to paste are shown, and to whom. */
struct remedy_view {
	struct arena *arena;
	struct cause_reader to; /* its words from outside are cleaned here */
	bool colour;
	unsigned columns;
};

/* The label and the lines below it; nothing where no line is for that reader. */
void remedy_text(FILE *to, const struct remedy_view *v, const char *label,
		 const char *const *lines);
/* The lines alone; a new reference. */
json_t *remedy_json(const struct remedy_view *v, const char *const *lines);

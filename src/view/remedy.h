/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "cause/cause.h"

/* How lines to paste are shown, and to whom. */
struct remedy_view {
	struct arena *arena;
	const char *distro;  /* as distro_name() has it */
	const char *subject; /* what the cause is about, from outside: it is cleaned here */
	bool colour;
	unsigned columns;
};

/* The label and the lines below it; nothing where no line is for that distribution and subject. */
void remedy_text(FILE *to, const struct remedy_view *v, const char *label,
		 const char *const *lines);
/* The lines alone; a new reference. */
json_t *remedy_json(const struct remedy_view *v, const char *const *lines);

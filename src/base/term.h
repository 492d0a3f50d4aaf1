/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* Colours are wanted: to is a terminal, NO_COLOR is not set, TERM is not "dumb". */
bool term_colour(FILE *to);
/* Width of the terminal, between 60 and 120; 80 where to is none. */
unsigned term_columns(FILE *to);
/*
 * Text wrapped at blanks into lines of at most `columns`. The first line is
 * taken to begin after `prefix`, which the caller has printed, or something as
 * wide; every line after it begins with prefix ("    # " keeps a comment one).
 * A word longer than a line stands alone on one. Ends with a line feed.
 */
void term_wrap(FILE *to, const char *text, const char *prefix, unsigned columns);

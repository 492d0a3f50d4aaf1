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
/*
 * Asks the person at the terminal, "QUESTION [y/N] ", and waits for a line. *ret_yes is true for
 * "y" or "yes" in either case, false for all else, for a line of more than 63 bytes and for the end
 * of input. The question is cleaned (str_clean) and goes to the terminal, never to stdout: to
 * /dev/tty, or where there is none to stderr, if that and stdin are terminals. What was typed
 * before it was asked counts. -ENOTTY: nobody can be asked; others: the terminal could not be read.
 */
int term_ask(const char *question, bool *ret_yes);

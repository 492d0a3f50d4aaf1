/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/str.h"

/*
 * Does the line say it? The form of a pattern is told in cause/cause.h. message
 * is where "^" stands. In time linear in the line for each piece of the pattern.
 */
bool pattern_matches(const char *pattern, struct bytes line, size_t message);

/*
 * What to search a text for: a long piece without "*" and "#", and blanks at its
 * ends, that every line which matches has. In the pattern.
 */
struct bytes pattern_word(const char *pattern);

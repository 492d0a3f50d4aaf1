/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "base/str.h"

/* Files of our own, written so that whoever reads them at any moment sees the old text or the new.
 */

/* All of it, from where fd stands. A negative errno. */
int file_write(int fd, struct bytes b);

/*
 * Puts the text in the place of name below dir: written as temp beside it, put on disk, and
 * renamed. On a failure (a negative errno) the old one stands, and nothing is left beside it.
 */
int file_replace_at(int dir, const char *name, const char *temp, struct bytes text, unsigned mode);
/*
 * The same by path, whose directory must be there, from a name of this process' own that starts
 * with a dot and ends in .tmp. *e names the path.
 */
int file_replace(const char *path, struct bytes text, unsigned mode, struct err *e);

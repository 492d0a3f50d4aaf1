/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* Small files of the guard's own directory. Messages name them by their whole path. */

/* The last 2 MiB of it. -ENOENT: there is none. */
int keep_file_read(int dir, const char *name, struct arena *a, struct bytes *ret, struct err *e);
/* As file_replace_at(), 0600. */
int keep_file_write(int dir, const char *name, const char *text, struct err *e);

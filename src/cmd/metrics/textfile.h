/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "base/str.h"

/*
 * Puts the text where another program reads it at any moment: it sees the old text or the new one,
 * whole. Written beside it under a name that node_exporter does not read (it does not end in
 * ".prom"), put on disk, and renamed; mode 0644. The directory must be there.
 */
int textfile_write(const char *path, struct bytes text, struct err *e);

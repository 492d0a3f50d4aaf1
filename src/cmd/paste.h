/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "base/str.h"

/*
 * Reads a text of any length from fd, to its end, in a fixed room. take gets
 * whole lines as soon as they are there; a line over 64 KiB comes in parts. name
 * is for errors. Says on a terminal (stderr) how far it is when that takes long.
 * -EINVAL with what to do where the text is compressed.
 */
int paste_read(int fd, const char *name, void (*take)(void *with, struct bytes lines), void *with,
	       struct err *e);

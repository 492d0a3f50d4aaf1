/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"
#include "host/host.h"

/*
 * What modprobe.d says of modules: its own words, in the order in which kmod
 * reads them. '-' and '_' are the same in a module's name. modprobe.d(5).
 */
enum { MODPROBE_FILES_MAX = 256, MODPROBE_LINES_MAX = 2048 };

struct modprobe_line {
	const char *verb;   /* "options", "blacklist", "install", ... */
	const char *module; /* with '_' for '-' */
	const char *rest;   /* what follows; "" for nothing */
	const char *file;
	size_t line; /* where it begins, from 1 */
};

struct modprobe {
	enum know know; /* DENIED, UNREADABLE: some file of it could not be read */
	struct modprobe_line *line;
	size_t count;
};

/* All of /etc, /run, /usr/lib and /lib; a name in an earlier one hides it in the later. */
struct modprobe modprobe_read(struct host *h, struct arena *a);

/* Adds the lines of one file. For tests and for the reader itself. */
void modprobe_parse(struct modprobe *m, struct arena *a, struct bytes text, const char *file);

/* Value of the option that wins, the last; from is "FILE:LINE". ABSENT: nobody sets it. */
struct maybe_text modprobe_option(const struct modprobe *m, struct arena *a, const char *module,
				  const char *name);
/* The n-th line with this verb for this module; NULL past the last. */
const struct modprobe_line *modprobe_find(const struct modprobe *m, const char *verb,
					  const char *module, size_t n);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"
#include "host/host.h"

/* One of the comma-separated parts of a rule: RUN, +=, /usr/bin/true. All NUL-terminated. */
struct udev_part {
	const char *key;   /* "ATTR{authorized}" */
	const char *op;    /* "==", "!=", "=", "+=", "-=", ":=" */
	const char *value; /* without its quotes */
};

/* "=", "+=", ":=": the rule does this; the other operators ask, or take away. */
bool udev_assigns(const struct udev_part *p);

/*
 * Whether a rule of udev's has a part of which does() is true: flag, from is its file. Only files
 * in which `about` stands anywhere are taken apart. A file of an earlier folder stands for those
 * of the same name in later ones; an empty one, or a link to /dev/null, takes them away. What
 * could not be read may hold the rule: unknown where no other has it. udev(7).
 *
 * It reads some hundred files: for those who have a reason to ask.
 */
struct maybe_u64 udev_has(struct arena *a, struct host *h, const char *about,
			  bool (*does)(const struct udev_part *p));

/* SPDX-License-Identifier: MIT */
/*
 * `egpu probe` as a program of its own: one that needs few libraries, since each costs the child
 * that asks the driver a part of a millisecond before it begins.
 */
#include <errno.h>
#include <stdio.h>

#include "base/str.h"
#include "host/probe.h"

int main(int argc, char *argv[])
{
	struct err e = { 0 };
	int r = argc == 3 && str_eq(argv[1], "probe") ? probe_tell(argv[2], &e)
						      : err_set(&e, -EINVAL, "egpu starts this");

	if (r < 0)
		fprintf(stderr, "egpu-probe: %s\n", e.text);
	return r == 0 ? 0 : r == -EINVAL ? 64 : 70;
}

/* SPDX-License-Identifier: MIT */
#include "guard/incident.h"

const char *outcome_name(enum outcome o)
{
	static const char *const names[] = { "open",    "mended", "unproven", "by-itself",
					     "stopped", "left",   "gave-up" };
	return names[o];
}

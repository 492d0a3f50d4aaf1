/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "format/cmdline-edit.h"

/* A change of a command line, by the input's first byte. */

static inline struct cmdline_change change_of(uint8_t which)
{
	static const char *set[] = { "a=1" }, *quoted[] = { "d-x=\"f g\"" };
	static const char *add[] = { "pci=realloc", "b" }, *drop[] = { "a", "pci=realloc" };
	const struct cmdline_change change[] = {
		{ .set = { NULL, 0 } },
		{ .set = { set, 1 } },
		{ .add = { add, 2 } },
		{ .drop = { drop, 2 } },
		{ .set = { quoted, 1 }, .drop = { drop + 1, 1 } },
	};
	return change[which % COUNT_OF(change)];
}

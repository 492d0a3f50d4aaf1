/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"

/* How far the GPU must have come. */
enum ready_for { READY_PCI, READY_DRIVER, READY_CUDA };

enum ready {
	READY_YES,
	READY_NOT_YET,
	READY_ABSENT, /* nothing is connected that it could come from */
	READY_BROKEN, /* it will not come by waiting */
};

/*
 * Facts of thunderbolt, pci, driver and (for CUDA) the probe. *ret_why is one clause, for a
 * message. `settled`: an enclosure would have shown itself by now. Waiting goes on while it is
 * not known whether one is there.
 */
enum ready ready_of(const struct facts *f, enum ready_for what, bool settled, const char **ret_why);

/*
 * Whether the GPU computes, as far as this look tells: a flag. 1: CUDA answered, and nothing else
 * says that the driver must be left alone. 0: it does not, and *ret_why is one clause. Unknown,
 * with *ret_why too: the bus could not be read, or nothing speaks against it and CUDA was not, or
 * could not be, asked.
 */
struct maybe_u64 ready_now(const struct facts *f, const char **ret_why);

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

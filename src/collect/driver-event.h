/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"

/* A walk over the lines of a kernel log, oldest first. */
struct driver_scan {
	struct facts *f;     /* driver.event has room for EVENTS_MAX */
	struct bytes line;   /* without time and sender */
	uint64_t usec;       /* of the line, since boot */
	const char *message; /* the device that an NVRM message of several lines is about; "" */
};

/*
 * Adds what the line says of the chosen GPU, or of the way to it, to
 * driver.event; without a chosen GPU, of any NVIDIA GPU. Lines that say the
 * same in a row are one event; of too many the first and the last half are
 * kept. A BAR that is assigned in the end is no event.
 */
void driver_scan_line(struct driver_scan *s);

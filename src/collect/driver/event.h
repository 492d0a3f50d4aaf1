/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"
#include "sign/reading.h"

/* A kernel log that is being read, oldest line first. */
struct driver_scan {
	struct facts *f; /* driver.event has room for EVENTS_MAX */
	const struct reading *reading;
	struct bytes line; /* without time and sender */
	uint64_t usec;     /* of the line, since boot */
};

/*
 * Adds what the line says of the chosen GPU, or of the way to it, to
 * driver.event; without a chosen GPU, of any NVIDIA GPU. Lines that say the
 * same in a row are one event; of too many the first and the last half are
 * kept. A BAR that is assigned in the end is no event. with: a driver_scan.
 */
void driver_hear(void *with, const struct heard *h);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"

/* How far the GPU must have come. */
enum ready_for {
	READY_PCI,    /* on the bus */
	READY_DRIVER, /* nvidia is bound, and answers NVML for it */
	READY_CUDA,   /* bound, and CUDA starts */
};

enum ready {
	READY_YES,
	READY_NOT_YET,
	READY_ABSENT, /* nothing is connected that it could come from */
	READY_BROKEN, /* it will not come by waiting */
};

/*
 * Facts of thunderbolt, pci, driver and the probe that it takes (NVML or CUDA). *ret_why is one
 * clause, for a message. `settled`: an enclosure would have shown itself by now. Waiting goes on
 * while it is not known whether one is there.
 */
enum ready ready_of(const struct facts *f, enum ready_for what, bool settled, const char **ret_why);

/*
 * Whether the GPU computes, as far as this look tells: a flag. 1: CUDA answered, and nothing else
 * says that the driver must be left alone. 0: it does not, and *ret_why is one clause. Unknown,
 * with *ret_why too: the bus could not be read, or nothing speaks against it and CUDA was not, or
 * could not be, asked.
 */
struct maybe_u64 ready_now(const struct facts *f, const char **ret_why);

/*
 * When to look. Devices tell by events when they come, are bound and go, and then one looks; by
 * itself it is looked at moments only at which something can be concluded: once all has been quiet
 * for so long that an enclosure would have been seen, and at the end. No event tells
 * when the driver, or CUDA, begins to answer: it is asked after each change, a few times with
 * growing gaps, and then no more before the next change or the end. Times are usec of one clock
 * that began at the boot.
 */
struct ready_pace {
	uint64_t since_usec, end_usec;
	uint64_t changed_usec; /* of the last look that saw another thing than the one before */
	unsigned seen;         /* bits, of the last look */
	unsigned asked;        /* handshakes since the last change */
};

enum {
	/* An enclosure would have been seen: so long after the boot, and after the last change. */
	READY_BOOTED_USEC = 15000000,
	READY_QUIET_USEC = 3000000,
	/* Handshakes after a change: 0.25, 0.5, 1, 2, 4 and 8 s apart, so within 16 s. */
	READY_GAP_USEC = 250000,
	READY_HANDSHAKES = 7,
};

struct ready_pace ready_pace(uint64_t since_usec, uint64_t timeout_sec);
/* Facts of thunderbolt, pci and driver, as a look at `now` has found them. */
void ready_saw(struct ready_pace *p, const struct facts *f, uint64_t now);
/* The driver took the GPU (again): what it said before counts no more. */
void ready_bound(struct ready_pace *p);
bool ready_settled(const struct ready_pace *p, uint64_t now);
/* Whether the driver shall be asked in a look at `now`; that one is counted. */
bool ready_asks(struct ready_pace *p, uint64_t now);
/* The next moment to look at where no event comes before; never past the end. */
uint64_t ready_next(const struct ready_pace *p, uint64_t now);

/* SPDX-License-Identifier: MIT */
#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "guard/incident.h"

/* MESSAGE_ID of an incident in the journal: journalctl MESSAGE_ID=... */
#define TELL_MESSAGE_ID "6f7d1ad0a4a94a0d8f0c2d9f5e3b7c61"

/* Whom an incident is told. */
struct tell {
	sd_event *event;
	sd_bus *bus; /* NULL: no signal is sent */
	int dir;     /* KEEP_DIR, for the history; -1: none */
	const struct want_guard *want;
	bool to_stderr; /* a person looks on */
	bool hook_runs;
};

/*
 * One entry in the journal with its fields (egpu-guard(1)), one line of the history, the signal
 * Incident on the bus, and the hook. What cannot be told to one is told to the others.
 */
void tell_incident(struct tell *t, const struct incident *i);
/* A line about the guard itself. */
void tell_note(struct tell *t, int priority, const char *fmt, ...) PRINTF(3, 4);

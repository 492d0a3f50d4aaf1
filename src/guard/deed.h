/* SPDX-License-Identifier: MIT */
#pragma once

#include "cause/cause.h"
#include "facts/want.h"

/* What may be done about a cause when nobody looks on; more urgent first. */
enum deed {
	DEED_IGNORE,   /* nothing, and nobody is told */
	DEED_TELL,     /* nothing; one message with what a person can do */
	DEED_STOP,     /* containers that hold the GPU are stopped: it is gone */
	DEED_MEND,     /* what the cause's remedy says, as far as it is safe unattended */
	DEED_RESET,    /* containers and persistenced stopped, the GPU reset, all up again */
	DEED_START,    /* a container that could not start without the GPU */
	DEED_RESTART,  /* a container or service */
	DEED_RECREATE, /* a container by its compose project; one without is restarted */
};

const char *deed_name(enum deed d); /* "restart" */
/* false: no such word. "default" is none either. */
bool deed_of_name(const char *name, enum deed *ret);

/* The first time, and when that did not help. */
struct policy {
	enum deed first, then;
	/* A log tells it, which does not forget: what was done about one line is not done again. */
	bool once;
};

/*
 * By cause: what /etc/egpu.conf says, else the guard's own table, else by the table of causes: a
 * remedy that is safe unattended mends, an Xid goes by its class, and of everything else a person
 * is told. `id` need not be known.
 */
struct policy policy_of(const struct want_guard *w, const char *id);

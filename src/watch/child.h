/* SPDX-License-Identifier: MIT */
#pragma once

#include <systemd/sd-event.h>

#include "base/str.h"

/*
 * Work done by a child of its own, forked and not executed anew: what may take long, hang for ever
 * in a driver, or need much memory for a moment. The caller goes on meanwhile.
 */
enum { CHILD_OUT_MAX = 1 << 20 };

struct child_work {
	/* In the child: what it writes to `out` is told; its return value is its exit status. */
	int (*run)(void *data, int out);
	/*
	 * In the caller, once: what was written, and the exit status; -ETIMEDOUT where the deadline
	 * passed (it is killed, and nobody waits for its end), -EPIPE where it ended by a signal.
	 * What was written is the callee's only while it is called.
	 */
	void (*ended)(void *data, int status, struct bytes out);
	void *data;
	uint64_t deadline_usec; /* from now on */
};

/* 0 or a negative errno, and then ended() is not called. */
int child_start(sd_event *event, const struct child_work *w, struct err *e);

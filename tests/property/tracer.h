/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/* What shall happen to a child at one of its system calls, which count from 1. */
struct mischief {
	long kill_at; /* killed as it enters that one; 0: never */
	/* Those for which `fails` says so count anew: from fail_at on (or that one only) they are
	 * not done, and return -error. */
	long fail_at;
	bool on; /* and all after it */
	int error;
	bool (*fails)(long call, const unsigned long long *arg);
};

struct traced {
	long calls; /* that it entered */
	long could_fail;
	bool killed;
	int status; /* what run() returned, else; -1: it crashed */
};

/* False: calls cannot be made to fail on this processor. */
bool traced_can_fail(void);
/* Runs it in a child process. Where nobody may trace the test ends, as skipped. */
struct traced traced_run(int (*run)(void *data), void *data, const struct mischief *m);

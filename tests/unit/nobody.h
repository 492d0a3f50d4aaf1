/* SPDX-License-Identifier: MIT */
#pragma once

#include <errno.h>
#include <grp.h>

#include "scratch.h"
#include "tap.h"

/*
 * A part of a test run as a user whom nothing belongs to, for what root may always do. The scratch
 * folder stays the test's own, to be removed.
 */
static inline void scratch_as_nobody(void (*part)(void))
{
	int status = -1;

	chmod(scratch(), 0755);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 &&
		    (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
			TAP_SKIP("cannot become another user: %s", strerror(errno));
		part();
		exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		abort();
	if (WEXITSTATUS(status) != 0)
		exit(WEXITSTATUS(status));
}

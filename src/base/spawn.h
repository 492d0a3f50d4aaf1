/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/types.h>

/*
 * A child in a session of its own: without our terminal, killed with all its children by
 * kill(-pid), with no signal blocked or ignored. Its output is `line`; also_in and also_err say
 * whether its input and its errors are too, else they are /dev/null. 0 or a positive errno, as
 * posix_spawn().
 */
struct spawn {
	const char *path;
	char **argv, **env;
	int line;
	int also_in, also_err; /* flags */
};
int spawn_session(const struct spawn *s, pid_t *ret_pid);

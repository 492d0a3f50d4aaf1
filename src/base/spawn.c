/* SPDX-License-Identifier: MIT */
#include "base/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

static void wire(posix_spawn_file_actions_t *files, int fd, int to_line, int flags)
{
	if (to_line)
		posix_spawn_file_actions_adddup2(files, STDOUT_FILENO, fd);
	else
		posix_spawn_file_actions_addopen(files, fd, "/dev/null", flags, 0);
}

int spawn_session(const struct spawn *s, pid_t *ret_pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	/* First: where our own are closed, the line is one of the three. */
	posix_spawn_file_actions_adddup2(&files, s->line, STDOUT_FILENO);
	wire(&files, STDIN_FILENO, s->also_in, O_RDONLY);
	wire(&files, STDERR_FILENO, s->also_err, O_WRONLY);
	posix_spawnattr_init(&how);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
					   POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &all);
	int r = posix_spawn(ret_pid, s->path, &files, &how, s->argv, s->env);
	posix_spawnattr_destroy(&how);
	posix_spawn_file_actions_destroy(&files);
	return r;
}

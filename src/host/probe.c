/* SPDX-License-Identifier: MIT */
#include "host/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/sources.h"

enum { ANSWER_MAX = 1 << 20, DEADLINE_MSEC = 2000 };

extern char **environ;

static int64_t now_msec(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The check is of the host: what hides GPUs from one user's programs must not hide them here. */
static char **whole_host_environment(struct arena *a)
{
	size_t n = 0, kept = 0;
	while (environ[n])
		n++;
	char **out = arena_alloc(a, (n + 1) * sizeof(*out));
	for (size_t i = 0; i < n; i++)
		if (!str_starts(environ[i], "CUDA_VISIBLE_DEVICES=") &&
		    !str_starts(environ[i], "NVIDIA_VISIBLE_DEVICES="))
			out[kept++] = environ[i];
	return out;
}

/* 0 or a positive errno, as posix_spawn. */
static int spawn(const char *exe, const char *what, char **env, int out, pid_t *pid)
{
	char *argv[] = { (char *)"egpu", (char *)"probe", (char *)what, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	/* First: where our own are closed, `out` is one of the three. */
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&how);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
					   POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &all);
	int r = posix_spawn(pid, exe, &files, &how, argv, env);
	posix_spawnattr_destroy(&how);
	posix_spawn_file_actions_destroy(&files);
	return r;
}

/* Until the end of the pipe. 0, -ETIMEDOUT, -EFBIG or what read() said. */
static int read_until(int fd, int64_t deadline, char *buffer, size_t *used)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = deadline - now_msec();
		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		ssize_t n = read(fd, buffer + *used, ANSWER_MAX - *used);
		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		*used += n > 0 ? (size_t)n : 0;
		if (*used == ANSWER_MAX)
			return -EFBIG;
	}
}

/* Whether it ends before the deadline. It cannot be waited for without one: see probe.h. */
static bool reap_until(pid_t pid, int64_t deadline, int *status)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	pid_t ended;

	while ((ended = waitpid(pid, status, WNOHANG)) == 0 && now_msec() < deadline)
		nanosleep(&pause, NULL);
	return ended == pid;
}

static void abandon(pid_t pid)
{
	int status;
	kill(-pid, SIGKILL);
	/* What only slept is gone at once; what hangs in the driver never goes. */
	reap_until(pid, now_msec() + 20, &status);
}

/* It has closed its output. With an answer it is not waited for: the last one to close the
 * driver can be kept by it for a second. */
static int how_it_ended(pid_t pid, bool answered, int64_t deadline, struct err *e)
{
	int status = 0;
	bool ended = reap_until(pid, answered ? 0 : deadline, &status);

	if (answered)
		return 0;
	if (!ended) {
		abandon(pid);
		return -ETIMEDOUT;
	}
	if (WIFSIGNALED(status))
		return err_say(e, -EIO, "killed by signal %d (%s)", WTERMSIG(status),
			       strsignal(WTERMSIG(status)));
	return err_say(e, -EPROTO, "ended with status %d and no answer", WEXITSTATUS(status));
}

#define CLOSE __attribute__((cleanup(close_fd))) int
static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* The child's process and the reading end of its output, or a negative errno. */
static int start(const char *exe, const char *what, struct arena *a, pid_t *pid, struct err *e)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, -errno, "pipe");
	int r = spawn(exe, what, whole_host_environment(a), ends[1], pid);
	close(ends[1]);
	if (r == 0)
		return ends[0];
	close(ends[0]);
	/* Not the code of exec itself: "no such file" would be read as an answer of the host. */
	return err_say(e, -EPROTO, "start %s: %s", exe, strerror(r));
}

int probe_run(const char *exe, const char *what, unsigned deadline_msec, struct arena *a,
	      struct bytes *ret, struct err *e)
{
	int64_t deadline = now_msec() + deadline_msec;
	pid_t pid;
	size_t used = 0;

	CLOSE from = start(exe, what, a, &pid, e);
	if (from < 0)
		return from;
	char *buffer = arena_room(a, ANSWER_MAX + 1);
	int r = read_until(from, deadline, buffer, &used);
	if (r < 0)
		abandon(pid);
	else
		r = how_it_ended(pid, used && buffer[used - 1] == '\n', deadline, e);
	if (r == -ETIMEDOUT)
		return err_say(e, r, "no answer within %u ms", deadline_msec);
	if (r == -EFBIG)
		return err_say(e, r, "an answer of more than %d bytes", ANSWER_MAX);
	if (r < 0)
		return r;
	buffer[used] = '\0';
	*ret = (struct bytes){ buffer, used };
	return 0;
}

/* In a folder where others may write, a program of theirs is none of ours. */
static bool is_ours(const char *program)
{
	struct stat self, st;
	return stat("/proc/self/exe", &self) == 0 && stat(program, &st) == 0 &&
	       st.st_uid == self.st_uid && access(program, X_OK) == 0;
}

/* The small program: beside this one, where both were built, or where it is installed. */
static const char *probe_program(struct arena *a)
{
	static const char installed[] = EGPU_LIBEXECDIR "/egpu-probe";
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));

	while (n > 0 && self[n - 1] != '/')
		n--;
	const char *beside = n > 0 ? arena_printf(a, "%.*segpu-probe", (int)n, self) : "";
	if (is_ours(beside))
		return beside;
	return access(installed, X_OK) == 0 ? installed : "/proc/self/exe";
}

static int ask(struct live *l, struct arena *a, const char *what, struct bytes *ret, struct err *e)
{
	unsigned msec = l->options.probe_msec ? l->options.probe_msec : DEADLINE_MSEC;
	int r = probe_run(probe_program(a), what, msec, a, ret, e);
	return r < 0 ? err_wrap(e, r, "%s", what) : 0;
}

int nvml_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	     struct err *e)
{
	if (!str_eq(question, "all"))
		return err_set(e, -ENOENT, "nvml:%s", question);
	return ask(l, a, "nvml", ret, e);
}

int cuda_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	     struct err *e)
{
	if (!str_eq(question, "init"))
		return err_set(e, -ENOENT, "cuda:%s", question);
	return ask(l, a, "cuda", ret, e);
}

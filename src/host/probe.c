/* SPDX-License-Identifier: MIT */
#include "host/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/spawn.h"
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

static bool is_line(const char *buffer, size_t used)
{
	return used && buffer[used - 1] == '\n';
}

/* A line, or all until the child's end. 0, -ETIMEDOUT, -EFBIG or what recv() said. */
static int read_until(int fd, int64_t deadline, char *buffer, size_t *used)
{
	while (!is_line(buffer, *used)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = deadline - now_msec();
		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		ssize_t n = recv(fd, buffer + *used, ANSWER_MAX - *used, 0);
		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		*used += n > 0 ? (size_t)n : 0;
		if (*used == ANSWER_MAX)
			return -EFBIG;
	}
	return 0;
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

/* It has ended, or does so now. */
static int how_it_ended(pid_t pid, int64_t deadline, struct err *e)
{
	int status = 0;

	if (!reap_until(pid, deadline, &status)) {
		abandon(pid);
		return -ETIMEDOUT;
	}
	if (WIFSIGNALED(status))
		return err_say(e, -EIO, "killed by signal %d (%s)", WTERMSIG(status),
			       strsignal(WTERMSIG(status)));
	return err_say(e, -EPROTO, "ended with status %d and no answer", WEXITSTATUS(status));
}

static int start(const char *exe, const char *what, struct arena *a, struct probe_child *ret,
		 struct err *e)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return err_set(e, -errno, "socketpair");
	char *argv[] = { (char *)"egpu", (char *)"probe", (char *)what, NULL };
	const struct spawn how = { exe, argv, whole_host_environment(a), ends[1], .also_in = 1 };
	int r = spawn_session(&how, &ret->pid);
	close(ends[1]);
	ret->line = ends[0];
	if (r == 0)
		return 0;
	close(ends[0]);
	ret->pid = 0;
	/* Not the code of exec itself: "no such file" would be read as an answer of the host. */
	return err_say(e, -EPROTO, "start %s: %s", exe, strerror(r));
}

/* A child that has answered is not waited for: the last one to close the driver can be kept by it
 * for a second. */
static int hear(struct probe_child *c, int64_t deadline, struct arena *a, struct bytes *ret,
		struct err *e)
{
	char *buffer = arena_room(a, ANSWER_MAX + 1);
	size_t used = 0;

	int r = read_until(c->line, deadline, buffer, &used);
	if (r < 0)
		abandon(c->pid);
	else if (!is_line(buffer, used))
		r = how_it_ended(c->pid, deadline, e);
	buffer[used] = '\0';
	*ret = (struct bytes){ buffer, used };
	return r;
}

/* What there is to say of a deadline, and of what is too much. */
static int told(int r, unsigned deadline_msec, struct err *e)
{
	if (r == -ETIMEDOUT)
		return err_say(e, r, "no answer within %u ms", deadline_msec);
	if (r == -EFBIG)
		return err_say(e, r, "an answer of more than %d bytes", ANSWER_MAX);
	return r;
}

void probe_let_go(struct probe_child *c)
{
	if (c->pid) {
		close(c->line);
		waitpid(c->pid, NULL, WNOHANG);
	}
	*c = (struct probe_child){ 0 };
}

int probe_first(const char *exe, const char *what, unsigned deadline_msec, struct arena *a,
		struct bytes *ret, struct probe_child *ret_child, struct err *e)
{
	int64_t deadline = now_msec() + deadline_msec;
	int r = start(exe, what, a, ret_child, e);

	if (r == 0)
		r = told(hear(ret_child, deadline, a, ret, e), deadline_msec, e);
	if (r < 0)
		probe_let_go(ret_child);
	return r;
}

int probe_next(struct probe_child *c, unsigned deadline_msec, struct arena *a, struct bytes *ret,
	       struct err *e)
{
	int64_t deadline = now_msec() + deadline_msec;
	int r = send(c->line, "\n", 1, MSG_NOSIGNAL) == 1 ? 0 : -EPIPE;

	if (r == 0)
		r = told(hear(c, deadline, a, ret, e), deadline_msec, e);
	probe_let_go(c);
	/* It ended before it read that. */
	return r == -EPIPE || r == -ECONNRESET ? err_set(e, -EPIPE, "ask on") : r;
}

int probe_run(const char *exe, const char *what, unsigned deadline_msec, struct arena *a,
	      struct bytes *ret, struct err *e)
{
	struct probe_child child = { 0 };
	int r = probe_first(exe, what, deadline_msec, a, ret, &child, e);
	probe_let_go(&child);
	return r;
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

static unsigned deadline_of(const struct live *l)
{
	return l->options.probe_msec ? l->options.probe_msec : DEADLINE_MSEC;
}

/* The child is kept, since CUDA is asked next: to start one costs more than both answers. */
int nvml_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	     struct err *e)
{
	if (!str_eq(question, "all"))
		return err_set(e, -ENOENT, "nvml:%s", question);
	probe_let_go(&l->probe);
	int r = probe_first(probe_program(a), "nvml+cuda", deadline_of(l), a, ret, &l->probe, e);
	return r < 0 ? err_wrap(e, r, "nvml") : 0;
}

int cuda_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	     struct err *e)
{
	if (!str_eq(question, "init"))
		return err_set(e, -ENOENT, "cuda:%s", question);
	int r = l->probe.pid ? probe_next(&l->probe, deadline_of(l), a, ret, e) : -EPIPE;
	if (r == -EPIPE)
		r = probe_run(probe_program(a), "cuda", deadline_of(l), a, ret, e);
	return r < 0 ? err_wrap(e, r, "cuda") : 0;
}

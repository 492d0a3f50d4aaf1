/* SPDX-License-Identifier: MIT */
/* A process is asked to end, and killed where that was agreed to. pidfd_open(2). */
#include "apply/act.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "apply/file/place.h"
#include "base/clock.h"
#include "host/process/proc.h"

enum {
	TERM_SEC = 10, /* as the container engine and most of systemd's users have it */
	KILL_SEC = 5,
};

/* Whether the number is still that process's. */
static bool is_it(struct arena *a, const struct process_change *c)
{
	char stat[PROC_STAT_MAX], *name;
	uint64_t start = 0;
	CLOSE proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return proc >= 0 &&
	       proc_name(proc, arena_printf(a, "%llu", (unsigned long long)c->pid), stat, &name,
			 &start) &&
	       start == c->start_ticks;
}

static void send(int pidfd, int signal)
{
	syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

/* True: it has ended, and so closed all that it had open. */
static bool ends(const struct apply_to *to, const struct step *s, int pidfd, unsigned sec)
{
	struct act_wait w = act_wait(to, s, sec);
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	while (!act_is_over(&w)) {
		uint64_t next = act_tell(&w), now = clock_usec();
		if (poll(&p, 1, next > now ? (int)((next - now) / 1000) + 1 : 1) > 0)
			return true;
	}
	return false;
}

static int end(const struct apply_to *to, const struct step *s, int pidfd, struct err *e)
{
	const struct process_change *c = &s->process;
	unsigned long long pid = c->pid;
	const char *name = c->name ? c->name : "process";

	send(pidfd, SIGTERM);
	send(pidfd, SIGCONT); /* one that was stopped would not see it */
	if (ends(to, s, pidfd, TERM_SEC))
		return 0;
	if (!c->force)
		return err_say(e, -ETIMEDOUT,
			       "%s (%llu) did not end within %d s of being asked to; sudo kill -9 "
			       "%llu ends it by force",
			       name, pid, TERM_SEC, pid);
	send(pidfd, SIGKILL);
	if (ends(to, s, pidfd, KILL_SEC))
		return 0;
	return err_say(e, -EBUSY, "%s (%llu) was killed and does not end: it hangs in the kernel",
		       name, pid);
}

int apply_process(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e)
{
	const struct process_change *c = &s->process;

	if (c->pid < 2 || c->pid > INT32_MAX || c->pid == (uint64_t)getpid())
		return err_say(e, -EINVAL, "%s: no process that could be asked to end", s->what);
	CLOSE pidfd = (int)syscall(SYS_pidfd_open, (pid_t)c->pid, 0);
	if (pidfd < 0 && errno != ESRCH)
		return err_set(e, -errno, "watch %s (%llu)", c->name ? c->name : "process",
			       (unsigned long long)c->pid);
	return pidfd < 0 || !is_it(a, c) ? 0 : end(to, s, pidfd, e);
}

/* SPDX-License-Identifier: MIT */
#include "watch/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
	struct child_work work;
	sd_event_source *end, *deadline;
	int pid, pidfd, out;
	bool told;
};

static void child_free(struct child *c)
{
	sd_event_source_disable_unref(c->end);
	sd_event_source_disable_unref(c->deadline);
	if (c->out >= 0)
		close(c->out);
	if (c->pidfd >= 0)
		close(c->pidfd);
	free(c);
}

static void tell(struct child *c, int status)
{
	struct stat st;
	struct bytes out = { "", 0 };
	void *map = MAP_FAILED;

	c->told = true;
	if (fstat(c->out, &st) == 0 && st.st_size > 0 && st.st_size <= CHILD_OUT_MAX)
		map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, c->out, 0);
	if (map != MAP_FAILED)
		out = (struct bytes){ map, (size_t)st.st_size };
	c->work.ended(c->work.data, status, out);
	if (map != MAP_FAILED)
		munmap(map, (size_t)st.st_size);
}

static int on_end(sd_event_source *s, const siginfo_t *si, void *data)
{
	struct child *c = data;

	(void)s;
	if (!c->told)
		tell(c, si->si_code == CLD_EXITED ? si->si_status : -EPIPE);
	child_free(c);
	return 0;
}

/* It may be stuck where no signal reaches it; if it ever ends, it is reaped then. */
static int on_deadline(sd_event_source *s, uint64_t usec, void *data)
{
	struct child *c = data;

	(void)s;
	(void)usec;
	kill(c->pid, SIGKILL);
	tell(c, -ETIMEDOUT);
	return 0;
}

static _Noreturn void be_child(const struct child_work *w, int out, int parent)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it has ended before that was set */
		_exit(1);
	int status = w->run(w->data, out);
	fflush(NULL);
	_exit(status);
}

static int listen_to(sd_event *event, struct child *c)
{
	int r = sd_event_add_child_pidfd(event, &c->end, c->pidfd, WEXITED, on_end, c);

	if (r >= 0)
		r = sd_event_add_time_relative(event, &c->deadline, CLOCK_MONOTONIC,
					       c->work.deadline_usec, 1000, on_deadline, c);
	return r;
}

static int start(sd_event *event, struct child *c)
{
	int parent = getpid();

	c->out = memfd_create("egpu", MFD_CLOEXEC);
	if (c->out < 0)
		return -errno;
	fflush(NULL);
	c->pid = fork();
	if (c->pid == 0)
		be_child(&c->work, c->out, parent);
	if (c->pid < 0)
		return -errno;
	c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	int r = c->pidfd < 0 ? -errno : listen_to(event, c);
	if (r < 0) { /* nobody would see its end; it has hardly begun */
		kill(c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
	}
	return r;
}

int child_start(sd_event *event, const struct child_work *w, struct err *e)
{
	struct child *c = calloc(1, sizeof(*c));

	if (!c)
		return err_set(e, -ENOMEM, "start a child");
	*c = (struct child){ .work = *w, .pidfd = -1, .out = -1 };
	int r = start(event, c);
	if (r >= 0)
		return 0;
	child_free(c);
	return err_set(e, r, "start a child");
}

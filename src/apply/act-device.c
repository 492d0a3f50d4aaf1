/* SPDX-License-Identifier: MIT */
/*
 * The kernel lets go of a device, or looks for it again: a word into a file below /sys.
 * Documentation/ABI/testing/sysfs-bus-pci (remove, rescan), sysfs-bus-thunderbolt (authorized).
 * Such a write returns when a driver has let go, which may be never: a child makes it, and is left
 * behind when it does not come back.
 */
#include "apply/act.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "apply/file/place.h"
#include "base/clock.h"
#include "host/host.h"

enum {
	DEADLINE_SEC = 30,
	LOOK_NSEC = 50000000,
	AGAIN_USEC = 3000000, /* a tunnel that was just opened is looked behind once more */
};

static unsigned sec_of(const struct step *s)
{
	return s->device.deadline_sec ? s->device.deadline_sec : DEADLINE_SEC;
}

struct deed {
	const struct apply_to *to;
	struct arena *arena;
	const struct step *step;
	const struct device_change *change;
	const char *path; /* of the file that is written */
	struct host *host;
	struct act_wait wait;
};

static bool is_verb(const struct deed *d, const char *verb)
{
	return str_eq(d->change->verb, verb);
}

static int stat_of(const struct deed *d, const char *path)
{
	struct host_stat st;
	return host_stat(d->host, d->arena, path, &st, NULL);
}

/* What "authorized" reads: 1, or 2 with a key; -1: not known. */
static int authorized(const struct deed *d)
{
	struct bytes text;
	int r = host_read(d->host, d->arena, d->path, &text, NULL);

	if (r == -ENOENT && is_verb(d, "deauthorize"))
		return 0; /* it is not connected any more */
	return r < 0 || text.size == 0 || text.data[0] < '0' || text.data[0] > '9'
		   ? -1
		   : text.data[0] - '0';
}

static bool is_done(const struct deed *d)
{
	const char *dev = arena_printf(d->arena, "/sys/bus/pci/devices/%s", d->change->name);

	if (is_verb(d, "remove"))
		return stat_of(d, dev) == -ENOENT;
	if (is_verb(d, "rescan"))
		return stat_of(d, dev) == 0;
	return is_verb(d, "authorize") ? authorized(d) > 0 : authorized(d) == 0;
}

/* The first that has one of these nodes open, as "NAME (PID)"; NULL: nobody. */
static const char *open_by(struct arena *a, struct bytes holders, const char *nodes)
{
	struct names wanted = str_split(a, nodes, ",", 64);
	bool any = str_eq(nodes, "nvidia");

	for (struct bytes line; bytes_line(&holders, &line);) {
		struct names word = str_split(a, str_ndup(a, line.data, line.size), " ", 5);
		struct names node = str_split(a, word.count == 4 ? word.name[3] : "", ",", 64);
		for (size_t i = 0; i < node.count; i++)
			if (any ? str_starts(node.name[i], "nvidia")
				: names_have(&wanted, node.name[i]))
				return arena_printf(a, "%s (%s)", word.name[2], word.name[0]);
	}
	return NULL;
}

/* The driver waits for the last of them, and so would whoever takes its device away. */
static int check_unused(const struct deed *d, struct err *e)
{
	const char *nodes = d->change->unless_open;
	struct bytes holders;

	if (!nodes)
		return 0;
	int r = host_ask(d->host, d->arena, SOURCE_PROCESSES, "holders", &holders, NULL);
	if (r < 0)
		return err_set(e, r, "who has it open cannot be told");
	const char *who = open_by(d->arena, holders, nodes);
	return who ? err_say(e, -EBUSY, "%s has it open", who) : 0;
}

/* What is no file of the kernel's does not hold us up when it is opened, only when it is written.
 * Nothing of ours stays open in it: neither the lock nor a pipe that somebody reads to its end. */
static _Noreturn void write_and_end(int fd, const char *value)
{
	if (dup2(fd, 0) < 0 || fcntl(0, F_SETFL, 0) < 0)
		_exit(errno);
	syscall(SYS_close_range, 1, ~0U, 0);
	ssize_t n = write(0, value, strlen(value));
	_exit(n < 0 ? errno : 0);
}

/* How it ended: an errno, 0, or -ETIMEDOUT. */
static int wait_for(struct deed *d, pid_t pid)
{
	CLOSE pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	int status;

	while (pidfd >= 0 && !act_is_over(&d->wait)) {
		uint64_t next = act_tell(&d->wait), now = clock_usec();
		if (poll(&p, 1, next > now ? (int)((next - now) / 1000) + 1 : 1) <= 0)
			continue;
		if (waitpid(pid, &status, 0) < 0)
			return -errno;
		return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, WNOHANG);
	return -ETIMEDOUT;
}

static int open_file(const struct deed *d, struct err *e)
{
	CLOSE root = place_root(d->to->root, e);
	PLACE at = { -1 };
	int r = root < 0 ? root : place_open(root, d->arena, d->path, &at, e);

	if (r < 0)
		return r;
	int fd = openat(at.dir, at.leaf, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? err_set(e, -errno, "write %s", d->path) : fd;
}

static int write_value(struct deed *d, struct err *e)
{
	CLOSE fd = open_file(d, e);
	if (fd < 0)
		return fd;
	pid_t pid = fork();
	if (pid == 0)
		write_and_end(fd, device_value(d->change));
	int r = pid < 0 ? -errno : wait_for(d, pid);
	if (r == -ETIMEDOUT)
		return err_say(e, r,
			       "the kernel does not come back from it (%u s): only a reboot helps",
			       sec_of(d->step));
	return r < 0 ? err_set(e, r, "write %s", d->path) : 0;
}

/* Until it is as wanted, or not any more worth waiting for. */
static bool comes_true(struct deed *d)
{
	uint64_t again = clock_usec() + AGAIN_USEC;

	while (!is_done(d)) {
		if (act_is_over(&d->wait) || clock_usec() >= again)
			return false;
		act_tell(&d->wait);
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_NSEC }, NULL);
	}
	return true;
}

static int change(struct deed *d, struct err *e)
{
	if (is_done(d))
		return 0;
	int r = check_unused(d, e);
	if (r == 0)
		r = write_value(d, e);
	while (r == 0 && !comes_true(d)) {
		if (!is_verb(d, "rescan"))
			return err_say(e, -EBUSY, "the kernel took it, and nothing came of it");
		if (act_is_over(&d->wait))
			return err_say(e, -ENODEV, "it did not come back within %u s",
				       sec_of(d->step));
		r = write_value(d, e);
	}
	return r;
}

int apply_device(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e)
{
	struct deed d = { .to = to,
			  .arena = a,
			  .step = s,
			  .change = &s->device,
			  .path = device_path(a, &s->device),
			  .wait = act_wait(to, s, sec_of(s)) };
	HOST *h = d.path ? host_live(&(struct host_options){ .root = to->root }, e) : NULL;

	if (!d.path)
		return err_say(e, -EINVAL, "%s: no such change of a device", s->what);
	if (!h)
		return e ? e->code : -EIO;
	d.host = h;
	return change(&d, e);
}

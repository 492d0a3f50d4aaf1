/* SPDX-License-Identifier: MIT */
/*
 * Can a running container open its GPU nodes now? Asked without exec and without a tool of its
 * image: a child under the rules of the container's device cgroup joins its mount namespace and
 * opens the nodes itself. EPERM: the cgroup refuses, which CUDA and NVML call "unknown error".
 * Kernel: Documentation/admin-guide/cgroup-v1/devices.rst, cgroup-v2.rst; setns(2).
 *
 * An open that is allowed reaches the driver, so this is asked behind the gate, in a child that
 * can be abandoned.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/sources.h"

enum {
	NODES_MAX = 64,
	RULES_MAX = 128,
	CGROUP_FILE_MAX = 8 << 10, /* of rules, which have 16 bytes or so, and of paths */
	DEADLINE_MSEC = 1000,
	GRACE_MSEC = 20,
};

#define CLOSE __attribute__((cleanup(closep))) int
static void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static struct bytes read_text(struct arena *a, const char *path)
{
	CLOSE fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = arena_alloc(a, CGROUP_FILE_MAX + 1);
	size_t size = 0;

	for (ssize_t n = 1; fd >= 0 && n > 0 && size<CGROUP_FILE_MAX; size += n> 0 ? (size_t)n : 0)
		n = read(fd, text + size, CGROUP_FILE_MAX - size);
	return (struct bytes){ text, size };
}

/*
 * The cgroup that limits the devices of pid. In version 1 that is the devices
 * hierarchy, and its rules can be read; to join it would wait for a lock of
 * the whole kernel, some 10 ms. In version 2 the rules are a program that
 * nobody can ask, but a child can be born into the cgroup.
 */
struct cgroup {
	const char *path; /* below /sys/fs/cgroup; "" where there is none */
	bool is_first;    /* version 1 */
};

static struct cgroup device_cgroup(struct arena *a, const char *pid)
{
	struct bytes rest = read_text(a, arena_printf(a, "/proc/%s/cgroup", pid)), line;
	bool only_second = access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0;
	struct cgroup found = { .path = "" };

	while (bytes_line(&rest, &line)) {
		char *text = str_ndup(a, line.data, line.size);
		char *list = strchr(text, ':'), *path = list ? strchr(list + 1, ':') : NULL;
		if (!path)
			continue;
		*path++ = '\0';
		list++;
		struct names controllers = str_split(a, list, ",", 16);
		if (!only_second && names_have(&controllers, "devices"))
			return (struct cgroup){ arena_printf(a, "/sys/fs/cgroup/%s%s", list, path),
						true };
		if (!*list)
			found.path = arena_printf(a, "/sys/fs/cgroup%s%s",
						  only_second ? "" : "/unified", path);
	}
	return found;
}

/* A line of version 1's devices.list: "c 195:255 rwm", "a *:* rwm". */
struct device_rule {
	char type;            /* a c b */
	int64_t major, minor; /* -1: any */
	bool read_write;
};

static bool number_or_any(const char *s, int64_t *ret)
{
	uint64_t v = 0;
	bool any = str_eq(s, "*");
	if (!any && !str_u64(s, 10, INT32_MAX, &v))
		return false;
	*ret = any ? -1 : (int64_t)v;
	return true;
}

/*
 * The rules, and false where they do not tell: a cgroup that allows all but
 * some shows "a *:* rwm" and not those.
 */
static bool read_rules(struct arena *a, const char *cgroup, struct device_rule *rule,
		       size_t *ret_count)
{
	struct bytes rest = read_text(a, arena_printf(a, "%s/devices.list", cgroup)), line;
	size_t count = 0;

	while (count < RULES_MAX && bytes_line(&rest, &line)) {
		struct names word = str_split(a, str_ndup(a, line.data, line.size), " :", 5);
		struct device_rule *r = &rule[count];
		if (word.count != 4 || !number_or_any(word.name[1], &r->major) ||
		    !number_or_any(word.name[2], &r->minor))
			return false;
		r->type = word.name[0][0];
		r->read_write = strchr(word.name[3], 'r') && strchr(word.name[3], 'w');
		if (r->type == 'a')
			return false;
		count++;
	}
	*ret_count = count;
	return count > 0;
}

struct inside {
	int mounts;     /* of the container, open */
	int root;       /* of its processes, open: not the namespace's own where nobody pivoted */
	int join;       /* cgroup.procs to be written, or -1 */
	int born_into;  /* a cgroup of version 2, or -1 */
	bool has_rules; /* the rules decide, nobody has to join */
	struct device_rule rule[RULES_MAX];
	size_t rule_count;
	struct names node; /* "/dev/nvidia0" */
	int *code;         /* of each node: an errno, or 0 */
};

static bool is_allowed(const struct inside *in, const struct stat *st)
{
	for (size_t i = 0; i < in->rule_count; i++) {
		const struct device_rule *r = &in->rule[i];
		if (r->read_write && r->type == (S_ISBLK(st->st_mode) ? 'b' : 'c') &&
		    (r->major < 0 || r->major == (int64_t)major(st->st_rdev)) &&
		    (r->minor < 0 || r->minor == (int64_t)minor(st->st_rdev)))
			return true;
	}
	return false;
}

/* In the child. */
static int open_node(const struct inside *in, const char *path)
{
	struct stat st;

	if (in->has_rules && stat(path, &st) < 0)
		return errno;
	if (in->has_rules && !is_allowed(in, &st))
		return EPERM;
	return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) < 0 ? errno : 0;
}

/*
 * In the child. Only what is safe after fork: no memory, no stdio. The nodes
 * are closed by its end, which nobody has to wait for.
 */
static _Noreturn void open_nodes(const struct inside *in, int answers)
{
	int code = 0;

	if (setns(in->mounts, CLONE_NEWNS) < 0 || fchdir(in->root) < 0 || chroot(".") < 0 ||
	    (in->join >= 0 && write(in->join, "0", 1) != 1))
		code = errno;
	ssize_t n = code ? -1 : 0;
	for (size_t i = 0; n >= 0 && i < in->node.count; i++) {
		n = write(answers, &code, sizeof(code));
		code = open_node(in, in->node.name[i]);
	}
	n = write(answers, &code, sizeof(code));
	_exit(n != sizeof(code));
}

/*
 * A child as fork() makes it, but without what fork() puts in order for one that goes on: that
 * touches the pages of every thread. Born into a cgroup where that is wanted: Linux 5.7, clone3(2).
 */
static pid_t fork_into(int cgroup)
{
	struct clone_args how = { .flags = cgroup < 0 ? 0 : CLONE_INTO_CGROUP,
				  .exit_signal = SIGCHLD,
				  .cgroup = cgroup < 0 ? 0 : (uint64_t)cgroup };
	pid_t pid = (pid_t)syscall(SYS_clone3, &how, sizeof(how));
	/* filtered, as in some containers, or too old */
	return pid < 0 && errno == ENOSYS && cgroup < 0 ? fork() : pid;
}

static int msec_left(const struct timespec *end)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	long left = (end->tv_sec - now.tv_sec) * 1000 + (end->tv_nsec - now.tv_nsec) / 1000000;
	return left > 0 ? (int)left : 0;
}

static int read_code(int fd, const struct timespec *end, int *ret)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int r;

	do
		r = poll(&p, 1, msec_left(end));
	while (r < 0 && errno == EINTR);
	if (r <= 0)
		return r == 0 ? -ETIMEDOUT : -errno;
	return read(fd, ret, sizeof(*ret)) == sizeof(*ret) ? 0 : -ECHILD;
}

static int read_answers(const struct inside *in, int fd, const struct timespec *end)
{
	int code, r = read_code(fd, end, &code);

	if (r < 0 || code)
		return r < 0 ? r : -code;
	for (size_t i = 0; r == 0 && i < in->node.count; i++)
		r = read_code(fd, end, &in->code[i]);
	return r;
}

/*
 * Ends the child. One that has answered is not waited for, since the driver can keep it in its last
 * close; nor for long one that has not, since what hangs in the driver cannot be killed.
 */
static void let_go(pid_t child, bool answered)
{
	CLOSE fd = answered ? -1 : (int)syscall(SYS_pidfd_open, child, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	kill(child, SIGKILL);
	if (fd >= 0)
		poll(&p, 1, GRACE_MSEC);
	waitpid(child, NULL, WNOHANG);
}

static int ask_child(const struct inside *in)
{
	struct timespec end;
	int pipes[2];

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += DEADLINE_MSEC / 1000;
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	pid_t child = fork_into(in->born_into);
	if (child == 0)
		open_nodes(in, pipes[1]);
	int r = child < 0 ? -errno : 0;
	close(pipes[1]);
	if (r == 0)
		r = read_answers(in, pipes[0], &end);
	if (child > 0)
		let_go(child, r == 0);
	close(pipes[0]);
	return r;
}

static bool is_node(const char *s)
{
	return *s &&
	       !s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")];
}

/* "open/PID/NAME,NAME" */
static int parse(struct arena *a, const char *question, const char **ret_pid, struct names *ret,
		 struct err *e)
{
	struct names part = str_split(a, question, "/", 4);
	uint64_t pid;

	if (part.count != 3 || !str_eq(part.name[0], "open") ||
	    !str_u64(part.name[1], 10, INT32_MAX, &pid) || pid < 2)
		return err_set(e, -EINVAL, "container %s: not open/PID/NODE,NODE", question);
	struct names node = str_split(a, part.name[2], ",", NODES_MAX);
	for (size_t i = 0; i < node.count; i++)
		if (!is_node(node.name[i]))
			return err_set(e, -EINVAL, "container %s: not a node", question);
	*ret_pid = part.name[1];
	*ret = node;
	return node.count ? 0 : err_set(e, -EINVAL, "container %s: no node", question);
}

/* A number that was given to another process meanwhile is no container's: then this is our own. */
static bool is_ours(int mounts)
{
	struct stat theirs, ours;
	return fstat(mounts, &theirs) == 0 && stat("/proc/self/ns/mnt", &ours) == 0 &&
	       theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

static const char *code_name(int code)
{
	const char *name = strerrorname_np(code);
	return code == 0 ? "ok" : name ? name : "EIO"; /* a driver may answer with any number */
}

/* How the child gets under the rules of the container's cgroup; what is returned is to be closed.
 */
static int enter(struct arena *a, const char *pid, struct inside *in)
{
	struct cgroup c = device_cgroup(a, pid);

	if (c.is_first && read_rules(a, c.path, in->rule, &in->rule_count)) {
		in->has_rules = true;
		return -1;
	}
	if (c.is_first)
		return in->join =
			   open(arena_printf(a, "%s/cgroup.procs", c.path), O_WRONLY | O_CLOEXEC);
	return in->born_into = open(c.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int container_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
		  struct err *e)
{
	ARENA scratch = { 0 };
	struct names name = { 0 };
	const char *pid = "";

	(void)l;
	int r = parse(&scratch, question, &pid, &name, e);
	if (r < 0)
		return r;
	if (geteuid() != 0)
		return err_set(e, -EPERM, "container %s", question);
	CLOSE mounts = open(arena_printf(&scratch, "/proc/%s/ns/mnt", pid), O_RDONLY | O_CLOEXEC);
	if (mounts < 0)
		return err_set(e, -errno, "container %s", question);
	if (is_ours(mounts))
		return err_set(e, -ENOENT, "container %s: process %s is in none", question, pid);
	CLOSE root =
	    open(arena_printf(&scratch, "/proc/%s/root", pid), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return err_set(e, -errno, "container %s", question);
	struct inside in = {
		.mounts = mounts,
		.root = root,
		.join = -1,
		.born_into = -1,
		.node = { arena_alloc(&scratch, name.count * sizeof(*name.name)), name.count },
		.code = arena_alloc(&scratch, name.count * sizeof(int)),
	};
	CLOSE cgroup = enter(&scratch, pid, &in);
	if (cgroup < 0 && !in.has_rules)
		return err_set(e, -errno, "container %s: its cgroup", question);
	for (size_t i = 0; i < name.count; i++)
		in.node.name[i] = arena_printf(&scratch, "/dev/%s", name.name[i]);
	r = ask_child(&in);
	if (r < 0)
		return err_set(e, r, "container %s", question);

	const char *text = "";
	for (size_t i = 0; i < name.count; i++)
		text =
		    arena_printf(&scratch, "%s%s %s\n", text, name.name[i], code_name(in.code[i]));
	*ret = bytes_of(str_dup(a, text));
	return 0;
}

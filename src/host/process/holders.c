/* SPDX-License-Identifier: MIT */
/*
 * Who has a node of the GPU open: /proc/PID/fd names what was opened, so that nobody has to open it
 * again. proc_pid_fd(5). What is only mapped is not seen: the list of mappings takes a lock that a
 * hanging process may hold. The driver counts those users too (/proc/modules).
 */
#include "host/process/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HOLDERS_MAX = 1024,
	NODES_MAX = 32,  /* of one process */
	FDS_MAX = 65536, /* of one process */
	NODE_MAX = 64,   /* bytes of "/dev/..." */
};

/* "nvidia0", "dri/card1": below /dev, plain. A node that was removed is told by its name all the
 * same. */
static const char *node_of(char *link)
{
	static const char gone[] = " (deleted)";
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/";
	const char *node = link + strlen("/dev/");

	if (!str_starts(link, "/dev/nvidia") && !str_starts(link, "/dev/dri/"))
		return NULL;
	if (str_ends(link, gone))
		link[strlen(link) - strlen(gone)] = '\0';
	return *node && node[strspn(node, plain)] == '\0' ? node : NULL;
}

/* A file that only has such a name is no node. */
static bool is_node(int fds, const char *fd)
{
	struct stat st;
	return fstatat(fds, fd, &st, 0) == 0 && S_ISCHR(st.st_mode);
}

static void add_node(struct arena *a, struct names *nodes, size_t *room, int fds, const char *fd)
{
	char link[NODE_MAX + 1];
	ssize_t n = readlinkat(fds, fd, link, NODE_MAX);

	if (n <= 0 || n == NODE_MAX)
		return;
	link[n] = '\0';
	const char *node = node_of(link);
	if (node && nodes->count < NODES_MAX && !names_have(nodes, node) && is_node(fds, fd))
		names_add(a, nodes, room, node);
}

/* The nodes that it has open; a negative errno where that is not ours to see. */
static int nodes_of(struct arena *a, int proc, const char *pid, struct names *ret)
{
	char path[32];
	size_t room = 0, seen = 0;

	snprintf(path, sizeof(path), "%s/fd", pid);
	int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		int r = -errno;
		if (fd >= 0)
			close(fd);
		return r;
	}
	errno = 0;
	for (struct dirent *de; seen++ < FDS_MAX && (de = readdir(d)); errno = 0)
		if (proc_is_pid(de->d_name))
			add_node(a, ret, &room, dirfd(d), de->d_name);
	int r = -errno;
	closedir(d);
	return r;
}

/* A line, or "" where it holds nothing, or has ended meanwhile. */
static int holder(struct arena *a, int proc, const char *pid, const char **ret)
{
	char stat[PROC_STAT_MAX], *name;
	struct names nodes = { 0 };
	uint64_t start;
	int r = nodes_of(a, proc, pid, &nodes);

	*ret = "";
	if (r == -ENOENT || r == -ESRCH)
		return 0;
	if (r < 0 || nodes.count == 0)
		return r;
	if (proc_name(proc, pid, stat, &name, &start))
		*ret = arena_printf(a, "%s %llu %s %s\n", pid, (unsigned long long)start, name,
				    names_join(a, &nodes, ","));
	return 0;
}

/* We are no holder: we open none of them, and a probe of ours has ended by then. */
static bool is_other(const char *pid)
{
	uint64_t n;
	return proc_is_pid(pid) && str_u64(pid, 10, INT32_MAX, &n) && n != (uint64_t)getpid();
}

/* Who may not look into the first process, or does not see it, does not see all the others. */
static int check_sight(struct arena *a, int proc)
{
	struct names nodes = { 0 };
	int r = nodes_of(a, proc, "1", &nodes);
	return r == -ENOENT || r == -EPERM ? -EACCES : r;
}

int proc_holders(struct arena *a, DIR *proc, struct bytes *ret)
{
	const char *text = "", *line;
	unsigned seen = 0, held = 0;
	int sight = check_sight(a, dirfd(proc));

	if (sight < 0)
		return sight;
	for (struct dirent *de; seen < PROC_PIDS_MAX && (de = readdir(proc));) {
		if (!is_other(de->d_name))
			continue;
		seen++;
		int r = holder(a, dirfd(proc), de->d_name, &line);
		if (r < 0)
			return r == -EPERM ? -EACCES : r;
		if (!*line)
			continue;
		if (held++ == HOLDERS_MAX)
			return -EFBIG;
		text = arena_printf(a, "%s%s", text, line);
	}
	*ret = bytes_of(text);
	return 0;
}

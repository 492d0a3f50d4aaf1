/* SPDX-License-Identifier: MIT */
#include "host/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define CLOSE __attribute__((cleanup(closep))) int
static void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static int tree_open(int root, const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned)flags | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	return fd < 0 ? -errno : (int)fd;
}

/* The kernel's own, in which there are no nodes and no fifos: nothing is lost by opening first. */
static int open_kernel_file(int root, const char *path)
{
	int fd = tree_open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int r = fd < 0 ? fd : 0;

	if (r == 0 && fstat(fd, &st) < 0)
		r = -errno;
	if (r == 0 && !S_ISREG(st.st_mode))
		r = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (r < 0 && fd >= 0)
		close(fd);
	return r < 0 ? r : fd;
}

/* Opening a device node talks to its driver, and a fifo waits: look, then open what was looked at.
 */
static int open_regular(int root, const char *path)
{
	if (str_starts(path, "/sys/") || str_starts(path, "/proc/"))
		return open_kernel_file(root, path);
	CLOSE at = tree_open(root, path, O_PATH);
	struct stat st;
	char self[32];

	if (at < 0)
		return at;
	if (fstat(at, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", at);
	int fd = open(self, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int tree_read(int root, struct arena *a, const char *path, struct bytes *ret, struct err *e)
{
	CLOSE fd = open_regular(root, path);
	if (fd < 0)
		return err_set(e, fd, "read %s", path);

	/* Most files are one line: only what is larger than a page takes more than its size. */
	char page[4096];
	size_t room = sizeof(page), size = 0;
	char *all = page;
	for (ssize_t n; (n = read(fd, all + size, room - size)) != 0;) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, -errno, "read %s", path);
		size += (size_t)n;
		if (size > TREE_FILE_MAX)
			return err_set(e, -EFBIG, "read %s", path);
		if (size < room)
			continue;
		room *= 8;
		char *more = arena_room(a, room + 1);
		memcpy(more, all, size);
		all = more;
	}
	if (all == page)
		all = str_ndup(a, page, size);
	all[size] = '\0';
	*ret = (struct bytes){ all, size };
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int tree_list(int root, struct arena *a, const char *dir, struct names *ret, struct err *e)
{
	int fd = tree_open(root, dir, O_RDONLY | O_DIRECTORY);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d)
		return err_set(e, fd < 0 ? fd : -errno, "list %s", dir);

	struct names out = { 0 };
	size_t room = 0;
	for (struct dirent *de; out.count < TREE_NAMES_MAX && (de = readdir(d));)
		if (!str_eq(de->d_name, ".") && !str_eq(de->d_name, ".."))
			names_add(a, &out, &room, de->d_name);
	closedir(d);
	if (out.count)
		qsort(out.name, out.count, sizeof(*out.name), by_name);
	*ret = out;
	return 0;
}

static enum stat_type type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return STAT_FILE;
	case S_IFDIR:
		return STAT_DIR;
	case S_IFLNK:
		return STAT_LINK;
	case S_IFCHR:
		return STAT_CHAR;
	case S_IFBLK:
		return STAT_BLOCK;
	case S_IFSOCK:
		return STAT_SOCKET;
	}
	return STAT_OTHER;
}

int tree_stat(int root, struct arena *a, const char *path, struct host_stat *ret, struct err *e)
{
	CLOSE fd = tree_open(root, path, O_PATH | O_NOFOLLOW);
	struct stat st;
	char target[4096] = "";

	if (fd < 0)
		return err_set(e, fd, "stat %s", path);
	if (fstat(fd, &st) < 0)
		return err_set(e, -errno, "stat %s", path);
	if (S_ISLNK(st.st_mode) && readlinkat(fd, "", target, sizeof(target) - 1) < 0)
		return err_set(e, -errno, "read link %s", path);
	*ret = (struct host_stat){
		.type = type_of(st.st_mode),
		.mode = st.st_mode & 07777,
		.uid = st.st_uid,
		.gid = st.st_gid,
		.major = major(st.st_rdev),
		.minor = minor(st.st_rdev),
		.size_bytes = (uint64_t)st.st_size,
		.mtime_sec = st.st_mtim.tv_sec,
		.target = str_dup(a, target),
	};
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_write(int fd, struct bytes b)
{
	for (size_t at = 0; at < b.size;) {
		ssize_t n = write(fd, b.data + at, b.size - at);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return -EIO;
		at += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* A link there is not followed, and a pipe not waited for. */
static int stage(int dir, const char *temp, struct bytes text, unsigned mode)
{
	int fd = openat(dir, temp,
			O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	int r = file_write(fd, text);
	if (r == 0 && (fchmod(fd, mode) < 0 || fsync(fd) < 0))
		r = -errno;
	close(fd);
	return r;
}

int file_replace_at(int dir, const char *name, const char *temp, struct bytes text, unsigned mode)
{
	int r = stage(dir, temp, text, mode);

	if (r == 0 && renameat(dir, temp, dir, name) < 0)
		r = -errno;
	/* EINVAL: a file system that cannot put a directory on disk by itself */
	if (r == 0 && fsync(dir) < 0 && errno != EINVAL)
		r = -errno;
	if (r < 0)
		unlinkat(dir, temp, 0);
	return r;
}

int file_replace(const char *path, struct bytes text, unsigned mode, struct err *e)
{
	ARENA a = { 0 };
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *temp = arena_printf(&a, ".%s.%ld.tmp", name, (long)getpid());
	const char *in = slash ? str_ndup(&a, path, (size_t)(slash - path) + 1) : ".";
	int dir = open(in, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return err_set(e, -errno, "write %s: its directory", path);
	int r = *name ? file_replace_at(dir, name, temp, text, mode) : -EISDIR;
	close(dir);
	return r < 0 ? err_set(e, r, "write %s", path) : 0;
}

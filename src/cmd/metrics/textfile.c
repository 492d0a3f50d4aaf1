/* SPDX-License-Identifier: MIT */
#include "cmd/metrics/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, struct bytes b)
{
	for (size_t at = 0; at < b.size;) {
		ssize_t n = write(fd, b.data + at, b.size - at);
		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int fill(int fd, struct bytes text)
{
	int r = write_all(fd, text);

	if (r < 0)
		return r;
	return fchmod(fd, 0644) < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* Left by a run that was killed, or put there by somebody: a new one is made in any case. */
static int stage(int dir, const char *temp, struct bytes text)
{
	if (unlinkat(dir, temp, 0) < 0 && errno != ENOENT)
		return -errno;
	int fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	int r = fill(fd, text);
	close(fd);
	return r;
}

static int replace(int dir, const char *leaf, struct bytes text)
{
	ARENA a = { 0 };
	const char *temp = arena_printf(&a, ".%s.%ld.tmp", leaf, (long)getpid());
	int r = stage(dir, temp, text);

	if (r == 0 && renameat(dir, temp, dir, leaf) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(dir, temp, 0);
	return r;
}

int textfile_write(const char *path, struct bytes text, struct err *e)
{
	ARENA a = { 0 };
	const char *slash = strrchr(path, '/'), *leaf = slash ? slash + 1 : path;
	const char *in = slash ? str_ndup(&a, path, (size_t)(slash - path) + 1) : ".";

	if (!*leaf)
		return err_set(e, -EINVAL, "--textfile takes a file, not the directory '%s'", path);
	int dir = open(in, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_set(e, -errno, "write %s: its directory", path);
	int r = replace(dir, leaf, text);
	close(dir);
	return r < 0 ? err_set(e, r, "write %s", path) : 0;
}

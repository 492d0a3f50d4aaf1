/* SPDX-License-Identifier: MIT */
#include "watch/keep-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "watch/keep.h"

enum { READ_MAX = 2 << 20 };

static int read_end(int fd, struct arena *a, struct bytes *ret)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	off_t from = st.st_size > READ_MAX ? st.st_size - READ_MAX : 0;
	size_t size = (size_t)(st.st_size - from);
	char *text = arena_room(a, size + 1);
	ssize_t n = pread(fd, text, size, from);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	*ret = (struct bytes){ text, (size_t)n };
	return 0;
}

int keep_file_read(int dir, const char *name, struct arena *a, struct bytes *ret, struct err *e)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, -errno, "open " KEEP_DIR "/%s", name);
	int r = read_end(fd, a, ret);
	close(fd);
	return r < 0 ? err_set(e, r, "read " KEEP_DIR "/%s", name) : 0;
}

static int write_all(int fd, const char *text)
{
	for (size_t left = strlen(text); left;) {
		ssize_t n = write(fd, text, left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		text += n;
		left -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int keep_file_write(int dir, const char *name, const char *text, struct err *e)
{
	char temp[64];

	snprintf(temp, sizeof(temp), ".%s.tmp", name);
	int fd = openat(dir, temp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, -errno, "write " KEEP_DIR "/%s", name);
	int r = write_all(fd, text);
	close(fd);
	if (r == 0 && renameat(dir, temp, dir, name) < 0)
		r = -errno;
	if (r == 0 && fsync(dir) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(dir, temp, 0);
	return r < 0 ? err_set(e, r, "write " KEEP_DIR "/%s", name) : 0;
}

/* SPDX-License-Identifier: MIT */
#include "watch/keep-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
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

int keep_file_write(int dir, const char *name, const char *text, struct err *e)
{
	char temp[64];

	snprintf(temp, sizeof(temp), ".%s.tmp", name);
	int r = file_replace_at(dir, name, temp, bytes_of(text), 0600);

	return r < 0 ? err_set(e, r, "write " KEEP_DIR "/%s", name) : 0;
}

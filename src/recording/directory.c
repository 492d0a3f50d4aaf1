/* SPDX-License-Identifier: MIT */
#include "recording/layer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct directory {
	struct layer layer;
	int fd; /* O_PATH */
};

#define CLOSE __attribute__((cleanup(closep))) int
static void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static void closedirp(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* A recording comes from somebody else: what is a link in it does not exist. */
static int open_below(const struct layer *l, const char *name, int flags)
{
	struct open_how how = { .flags = (unsigned)flags | O_CLOEXEC | O_NOFOLLOW,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	long fd = syscall(SYS_openat2, ((const struct directory *)l)->fd, name, &how, sizeof(how));
	if (fd >= 0)
		return (int)fd;
	return errno == ELOOP || errno == ENOTDIR || errno == EXDEV ? -ENOENT : -errno;
}

static int directory_look(const struct layer *l, const char *name, struct layer_look *ret)
{
	CLOSE fd = open_below(l, name, O_PATH);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return -ENOENT;
	*ret = (struct layer_look){ S_ISDIR(st.st_mode), (uint64_t)st.st_size };
	return 0;
}

/* Looked at before it is opened: opening a fifo waits, and opening a device talks to its driver. */
static int open_plain(const struct layer *l, const char *name, size_t *size)
{
	CLOSE at = open_below(l, name, O_PATH);
	struct stat st;
	char self[32];

	if (at < 0)
		return at;
	if (fstat(at, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -ENOENT;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", at);
	int fd = open(self, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	*size = (size_t)st.st_size;
	return fd < 0 ? -errno : fd;
}

static int directory_read(const struct layer *l, struct arena *a, const char *name, size_t max,
			  struct bytes *ret)
{
	size_t size = 0, used = 0;
	CLOSE fd = open_plain(l, name, &size);

	if (fd < 0)
		return fd;
	if (size > max)
		return -EFBIG;
	char *data = arena_alloc(a, size + 1);
	while (used < size) {
		ssize_t n = read(fd, data + used, size - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	data[used] = '\0';
	*ret = (struct bytes){ data, used };
	return 0;
}

static int directory_list(const struct layer *l, struct arena *a, const char *dir,
			  struct names *ret)
{
	int fd = open_below(l, dir, O_RDONLY | O_DIRECTORY);
	__attribute__((cleanup(closedirp))) DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct names out = { 0 };
	size_t room = 0;

	if (!d)
		return fd < 0 ? fd : -errno;
	for (struct dirent *de; (de = readdir(d));) {
		if (str_eq(de->d_name, ".") || str_eq(de->d_name, ".."))
			continue;
		if (out.count == RECORDING_NAMES_MAX)
			return -EFBIG;
		names_add(a, &out, &room, de->d_name);
	}
	*ret = out;
	return 0;
}

static void directory_close(struct layer *l)
{
	close(((struct directory *)l)->fd);
	free(l);
}

static const struct layer_ops directory_ops = {
	.look = directory_look,
	.read = directory_read,
	.list = directory_list,
	.close = directory_close,
};

struct layer *layer_directory(const char *path, struct err *e)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		err_set(e, -errno, "recording %s", path);
		return NULL;
	}
	struct directory *d = calloc(1, sizeof(*d));
	if (!d) {
		close(fd);
		err_set(e, -ENOMEM, "recording %s", path);
		return NULL;
	}
	d->fd = fd;
	d->layer.ops = &directory_ops;
	d->layer.path = str_dup(&d->layer.arena, path);
	d->layer.base = "";
	return &d->layer;
}

/* SPDX-License-Identifier: MIT */
/* A recording, written beside its place and then moved there: it is whole or it is not. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "recording/kept.h"
#include "recording/recording.h"

enum { FDS_MAX = 16 };

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static void remove_tree(const char *path)
{
	nftw(path, remove_one, FDS_MAX, FTW_DEPTH | FTW_PHYS);
}

static int write_file(const char *path, struct bytes b)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r = fd < 0 ? -errno : file_write(fd, b);
	if (fd >= 0 && close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

/* The directories above a file that is to be written, below the first `below` bytes. */
static int make_parents(char *path, size_t below)
{
	for (char *slash = strchr(path + below, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int r = mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
		*slash = '/';
		if (r < 0)
			return r;
	}
	return 0;
}

static int write_tree(const char *dir, const struct draft *d, struct err *e)
{
	for (size_t i = 0; i < d->count; i++) {
		ARENA tmp = { 0 };
		char *path = arena_printf(&tmp, "%s/%s", dir, d->file[i].name);
		int r = make_parents(path, strlen(dir) + 1);
		if (r == 0)
			r = write_file(path, d->file[i].bytes);
		if (r < 0)
			return err_set(e, r, "write %s", path);
	}
	return 0;
}

static bool is_recording(const char *dir)
{
	ARENA tmp = { 0 };
	return access(arena_printf(&tmp, "%s/egpu-recording", dir), F_OK) == 0;
}

/* In the place of nothing, of an empty directory, or with `replace` of another recording. */
static int move_directory(const char *from, const char *to, bool replace, struct err *e)
{
	if (rename(from, to) == 0)
		return 0;
	if (errno != EEXIST && errno != ENOTEMPTY)
		return err_set(e, -errno, "write %s", to);
	if (!replace)
		return err_set(e, -EEXIST, "write %s", to);
	if (!is_recording(to))
		return err_set(e, -ENOTEMPTY, "write %s: not a recording, so not replaced", to);
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) < 0)
		return err_set(e, -errno, "write %s", to);
	remove_tree(from);
	return 0;
}

static int save_directory(const struct draft *d, const char *path, bool replace, struct err *e)
{
	ARENA tmp = { 0 };
	size_t size = strlen(path);
	while (size > 1 && path[size - 1] == '/')
		size--;
	const char *to = str_ndup(&tmp, path, size);
	char *from = arena_printf(&tmp, "%s.XXXXXX", to);

	if (!mkdtemp(from))
		return err_set(e, -errno, "write %s", to);
	int r = write_tree(from, d, e);
	if (r == 0)
		r = move_directory(from, to, replace, e);
	if (r < 0)
		remove_tree(from);
	return r;
}

static int save_archive(const struct draft *d, const char *path, bool replace, struct err *e)
{
	ARENA tmp = { 0 };
	char *from = arena_printf(&tmp, "%s.XXXXXX", path);
	int fd = mkostemp(from, O_CLOEXEC);

	if (fd < 0)
		return err_set(e, -errno, "write %s", path);
	int r = archive_write(fd, d->file, d->count, path, e);
	if (close(fd) < 0 && r == 0)
		r = err_set(e, -errno, "write %s", path);
	if (r == 0 && renameat2(AT_FDCWD, from, AT_FDCWD, path, replace ? 0 : RENAME_NOREPLACE) < 0)
		r = err_set(e, -errno, "write %s", path);
	if (r < 0)
		unlink(from);
	return r;
}

int recording_save(struct host *recorder, const char *file, bool replace, struct err *e)
{
	const struct recorder *r = (const struct recorder *)recorder;
	ARENA arena = { 0 };
	struct draft d;

	if (r->bytes > RECORDING_BYTES_MAX)
		return err_set(e, -EFBIG, "write %s: the recording is larger than 64 MiB", file);
	int code = draft_make(r, &arena, &d, e);
	if (code < 0)
		return code;
	/* One order, so that the same host gives the same bytes. */
	struct layer *sorted = layer_memory(file, d.file, d.count, e);
	if (!sorted)
		return -EINVAL;
	layer_close(sorted);
	return str_ends(file, "/") ? save_directory(&d, file, replace, e)
				   : save_archive(&d, file, replace, e);
}

/* SPDX-License-Identifier: MIT */
#include "apply/file/target.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum { ROOM_SPARE = 64 << 10 }; /* bytes that stay free on a disk that is written */

static int refuse_link(const struct place *p, struct err *e)
{
	char to[4096] = "";
	ARENA a = { 0 };
	ssize_t n = readlinkat(p->dir, p->leaf, to, sizeof(to) - 1);

	return err_say(e, -ELOOP, "%s is a link to %s, and is left alone: whose file is that?",
		       p->path, str_clean(&a, to, n > 0 ? (size_t)n : 0, 100));
}

static int read_all(int fd, struct arena *a, const char *path, size_t size, struct bytes *ret,
		    struct err *e)
{
	/* One more, to see whether it grows. */
	char *all = arena_alloc(a, size + 2);
	size_t got = 0;

	for (ssize_t n; got <= size && (n = read(fd, all + got, size + 1 - got)) != 0;) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, -errno, "read %s", path);
		got += (size_t)n;
	}
	if (got > size)
		return err_say(e, -EAGAIN, "%s grows while it is read; try again", path);
	all[got] = '\0';
	*ret = (struct bytes){ all, got };
	return 0;
}

static bool is_fixed(int fd)
{
	int flags = 0;
	return ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && flags & (FS_IMMUTABLE_FL | FS_APPEND_FL);
}

static uint64_t mount_of(int fd)
{
	struct statx st;
	return statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) == 0 && st.stx_mask & STATX_MNT_ID
		   ? st.stx_mnt_id
		   : 0;
}

/* What stands there is a regular file, by what its name says without opening it. */
static int check_kind(const struct place *p, const struct stat *st, struct err *e)
{
	if (S_ISLNK(st->st_mode))
		return refuse_link(p, e);
	if (!S_ISREG(st->st_mode))
		return err_say(e, -EINVAL, "%s is no regular file", p->path);
	if (st->st_size > TARGET_MAX)
		return err_set(e, -EFBIG, "read %s", p->path);
	return 0;
}

int place_look(const struct place *p, struct arena *a, struct look *ret, struct err *e)
{
	struct stat named, st;

	*ret = (struct look){ .bytes = { "", 0 } };
	if (fstatat(p->dir, p->leaf, &named, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_set(e, -errno, "stat %s", p->path);
	int r = check_kind(p, &named, e);
	if (r < 0)
		return r;
	CLOSE fd =
	    openat(p->dir, p->leaf, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(e, -errno, "open %s", p->path);
	r = check_kind(p, &st, e);
	if (r == 0)
		r = read_all(fd, a, p->path, (size_t)st.st_size, &ret->bytes, e);
	if (r == 0)
		r = attrs_read(fd, a, p->path, &ret->attrs, e);
	if (r < 0)
		return r;
	ret->exists = true;
	ret->links = st.st_nlink;
	ret->mount = mount_of(fd);
	ret->fixed = is_fixed(fd);
	return 0;
}

int look_below(int root, struct arena *a, const char *path, struct look *ret, struct err *e)
{
	PLACE p = { -1 };
	int r = place_open(root, a, path, &p, e);

	*ret = (struct look){ .bytes = { "", 0 } };
	return r == -ENOENT ? 0 : r < 0 ? r : place_look(&p, a, ret, e);
}

bool look_is(const struct look *l, bool exists, struct bytes bytes)
{
	if (!exists || !l->exists)
		return exists == l->exists;
	return l->bytes.size == bytes.size &&
	       (bytes.size == 0 || memcmp(l->bytes.data, bytes.data, bytes.size) == 0);
}

/* The lowest directory above it that stands. */
static const char *standing(struct arena *a, const char *path, const struct names *missing)
{
	const char *below = missing->count ? missing->name[0] : path;
	const char *slash = strrchr(below, '/');
	return slash == below ? "/" : str_ndup(a, below, (size_t)(slash - below));
}

static int check_dir(int dir, const char *name, struct target *t, struct err *e)
{
	const char *path = t->change->path;
	struct statvfs fs;
	struct stat st;

	if (fstatvfs(dir, &fs) < 0 || fstat(dir, &st) < 0)
		return err_set(e, -errno, "stat %s", name);
	if (fs.f_flag & ST_RDONLY)
		return err_set(e, -EROFS, "write %s", path);
	if (is_fixed(dir))
		return err_say(e, -EPERM, "%s may not be changed (chattr +i or +a): chattr -ia %s",
			       name, name);
	if (faccessat(dir, ".", W_OK | X_OK, AT_EACCESS) < 0)
		return err_set(e, -errno, "write %s", path);
	/* Not all file systems count inodes. What is kept for root may be used by root. */
	if (fs.f_files && fs.f_ffree == 0)
		return err_say(e, -ENOSPC, "%s: no more files fit on its disk", path);
	t->dev = st.st_dev;
	t->block_bytes = fs.f_frsize;
	t->free_bytes = (geteuid() ? fs.f_bavail : fs.f_bfree) * fs.f_frsize;
	return 0;
}

static int check_file(int dir, const struct target *t, struct arena *a, struct err *e)
{
	const char *path = t->change->path;
	const struct look *now = &t->now;

	if (!now->exists)
		return 0;
	if (now->fixed)
		return err_say(e, -EPERM, "%s may not be changed (chattr +i or +a): chattr -ia %s",
			       path, str_quoted(a, path));
	if (now->mount != mount_of(dir))
		return err_say(e, -EBUSY, "%s is a mount of its own; change what is mounted there",
			       path);
	/* A new file takes this name; the other names would keep the old one, and nobody be told.
	 */
	if (now->links > 1)
		return err_say(e, -EMLINK,
			       "%s has %lu names (hard links), and only this one would change; "
			       "part them first: sudo sed -i '' %s",
			       path, now->links, str_quoted(a, path));
	return 0;
}

/* Its directory, or the lowest above it that stands; *ret_place has a leaf only in the former. */
static int open_standing(int root, struct arena *a, struct target *t, struct place *ret_place,
			 const char **ret_name, struct err *e)
{
	const char *path = t->change->path;
	int r = place_open(root, a, path, ret_place, e);

	if (r < 0 && r != -ENOENT)
		return r;
	if (r == -ENOENT) {
		r = place_missing(root, a, path, &t->missing, e);
		if (r < 0)
			return r;
		/* All names are there, and one is a link to nothing. */
		if (t->missing.count == 0)
			return err_set(e, -ENOENT, "open the directory of %s", path);
	}
	*ret_name = standing(a, path, &t->missing);
	if (t->missing.count == 0)
		return 0;
	*ret_place = (struct place){ place_dir(root, *ret_name, e), NULL, path };
	return ret_place->dir < 0 ? ret_place->dir : 0;
}

int target_check(int root, struct arena *a, const struct file_change *f, struct target *ret,
		 struct err *e)
{
	struct target t = { .change = f, .now = { .bytes = { "", 0 } } };
	PLACE p = { -1 };
	const char *name = "";

	int r = open_standing(root, a, &t, &p, &name, e);
	if (r == 0)
		r = check_dir(p.dir, name, &t, e);
	if (r == 0 && p.leaf)
		r = place_look(&p, a, &t.now, e);
	if (r == 0)
		r = check_file(p.dir, &t, a, e);
	if (r < 0)
		return r;
	if (!look_is(&t.now, f->existed, f->before))
		return err_say(e, -ESTALE, "%s changed since it was looked at; look again",
			       f->path);
	*ret = t;
	return 0;
}

/* All new files stand beside the old ones for a moment. */
static uint64_t need(const struct target *t, size_t count, dev_t dev)
{
	uint64_t sum = ROOM_SPARE;
	for (size_t i = 0; i < count; i++) {
		uint64_t block = t[i].block_bytes ? t[i].block_bytes : 4096;
		uint64_t size = t[i].change->after.size;
		if (t[i].dev == dev && !t[i].change->removed)
			sum += (size + block - 1) / block * block;
	}
	return sum;
}

int targets_room(struct arena *a, const struct target *t, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t want = need(t, count, t[i].dev);
		if (!t[i].change->removed && t[i].free_bytes < want)
			return err_say(e, -ENOSPC,
				       "%s: %s are free on its disk, and %s are needed; make room "
				       "there first",
				       t[i].change->path, str_bytes(a, t[i].free_bytes),
				       str_bytes(a, want));
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "apply/file/place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

int place_sync(int dir)
{
	return fsync(dir) < 0 && errno != EINVAL && errno != EOPNOTSUPP ? -errno : 0;
}

static int open_as(int root, const char *path, int flags, unsigned resolve)
{
	struct open_how how = { .flags = (unsigned)flags | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve };
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	return fd < 0 ? -errno : (int)fd;
}

static int open_below(int root, const char *path, int flags)
{
	return open_as(root, path, flags, 0);
}

int place_root(const char *root, struct err *e)
{
	int fd = open(root ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_set(e, -errno, "open %s", root) : fd;
}

int place_dir(int root, const char *path, struct err *e)
{
	int fd = open_below(root, path, O_RDONLY | O_DIRECTORY);
	return fd < 0 ? err_set(e, fd, "open %s", path) : fd;
}

static bool is_file_path(const char *path)
{
	size_t size = strlen(path);

	return path[0] == '/' && size < 4096 && !str_ends(path, "/") && !strstr(path, "//") &&
	       !strstr(path, "/./") && !strstr(path, "/../") && !str_ends(path, "/.") &&
	       !str_ends(path, "/..");
}

/* Whoever owns a link could lead root anywhere: to what is theirs they may. */
static int check_link(int root, const char *dir, struct err *e)
{
	struct stat link, to;
	CLOSE at = open_below(root, dir, O_PATH | O_NOFOLLOW);

	if (at < 0)
		return at == -ENOENT ? at : err_set(e, at, "open %s", dir);
	if (fstat(at, &link) < 0)
		return err_set(e, -errno, "stat %s", dir);
	if (S_ISDIR(link.st_mode) || (S_ISLNK(link.st_mode) && link.st_uid == 0))
		return 0;
	if (!S_ISLNK(link.st_mode))
		return err_set(e, -ENOTDIR, "open %s", dir);
	CLOSE end = open_below(root, dir, O_PATH);
	if (end < 0 || fstat(end, &to) < 0)
		return err_set(e, end < 0 ? end : -errno, "follow %s", dir);
	if (to.st_uid != link.st_uid)
		return err_say(e, -ELOOP,
			       "%s is a link that user %u made to what is not theirs; it is not "
			       "followed",
			       dir, link.st_uid);
	return 0;
}

int place_missing(int root, struct arena *a, const char *path, struct names *ret, struct err *e)
{
	struct names missing = { 0 };
	size_t room = 0;

	if (!is_file_path(path))
		return err_say(e, -EINVAL, "'%s' is no path of a file", path);
	for (const char *end = path + 1; (end = strchr(end, '/')); end++) {
		const char *dir = str_ndup(a, path, (size_t)(end - path));
		int r = missing.count ? -ENOENT : check_link(root, dir, e);
		if (r == -ENOENT)
			names_add(a, &missing, &room, dir);
		else if (r < 0)
			return r;
	}
	*ret = missing;
	return 0;
}

static const char *above(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == path ? "/" : str_ndup(a, path, (size_t)(slash - path));
}

/* Only where there are links on the way each step of it has to be looked at. */
static int open_by_steps(int root, struct arena *a, const char *path, struct err *e)
{
	struct names missing;
	int r = place_missing(root, a, path, &missing, e);

	if (r < 0)
		return r;
	if (missing.count)
		return err_set(e, -ENOENT, "open %s", missing.name[0]);
	return place_dir(root, above(a, path), e);
}

int place_open(int root, struct arena *a, const char *path, struct place *ret, struct err *e)
{
	if (!is_file_path(path))
		return err_say(e, -EINVAL, "'%s' is no path of a file", path);
	int dir = open_as(root, above(a, path), O_RDONLY | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
	if (dir < 0)
		dir = open_by_steps(root, a, path, e);
	if (dir < 0)
		return dir;
	*ret = (struct place){ dir, strrchr(path, '/') + 1, path };
	return 0;
}

static int make_one(int root, struct arena *a, const char *path, struct err *e)
{
	struct stat above;
	PLACE p = { -1 };
	int r = place_open(root, a, path, &p, e);

	if (r < 0)
		return r;
	if (mkdirat(p.dir, p.leaf, 0755) < 0)
		return errno == EEXIST ? 0 : err_set(e, -errno, "make %s", path);
	CLOSE made = openat(p.dir, p.leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (made < 0 || fstat(p.dir, &above) < 0)
		return err_set(e, -errno, "make %s", path);
	if (above.st_uid != geteuid() && fchown(made, above.st_uid, above.st_gid) < 0)
		return err_set(e, -errno, "chown %s", path);
	/* The umask is not ours to set. FAT has no modes. */
	if (fchmod(made, 0755) < 0 && errno != EPERM)
		return err_set(e, -errno, "chmod %s", path);
	r = place_sync(p.dir);
	return r < 0 ? err_set(e, r, "make %s", path) : 0;
}

int place_make(int root, struct arena *a, const struct names *missing, struct err *e)
{
	int r = 0;
	for (size_t i = 0; i < missing->count && r == 0; i++)
		r = make_one(root, a, missing->name[i], e);
	return r;
}

void place_unmake(int root, struct arena *a, const struct names *made)
{
	for (size_t i = made->count; i-- > 0;) {
		PLACE p = { -1 };
		if (place_open(root, a, made->name[i], &p, NULL) == 0 &&
		    unlinkat(p.dir, p.leaf, AT_REMOVEDIR) == 0)
			place_sync(p.dir);
	}
}

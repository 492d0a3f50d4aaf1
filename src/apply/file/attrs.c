/* SPDX-License-Identifier: MIT */
#include "apply/file/attrs.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { VALUE_MAX = 65536 }; /* XATTR_SIZE_MAX and XATTR_LIST_MAX of the kernel */

static bool is_kept(const char *name)
{
	return !str_eq(name, "security.ima") && !str_eq(name, "security.evm");
}

static int list_names(int fd, struct arena *a, const char *path, struct names *ret, struct err *e)
{
	char list[VALUE_MAX];
	size_t room = 0;
	ssize_t n = flistxattr(fd, list, sizeof(list));

	*ret = (struct names){ 0 };
	if (n < 0 && errno != ENOTSUP)
		return err_set(e, -errno, "list attributes of %s", path);
	for (ssize_t at = 0; at < n; at += (ssize_t)strlen(list + at) + 1)
		if (is_kept(list + at))
			names_add(a, ret, &room, list + at);
	if (ret->count > XATTRS_MAX)
		return err_say(e, -E2BIG, "%s has %zu extended attributes; %d are the most", path,
			       ret->count, XATTRS_MAX);
	return 0;
}

int attrs_read(int fd, struct arena *a, const char *path, struct attrs *ret, struct err *e)
{
	char value[VALUE_MAX];
	struct names names;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set(e, -errno, "stat %s", path);
	int r = list_names(fd, a, path, &names, e);
	if (r < 0)
		return r;
	struct attrs out = { st.st_mode & 07777, st.st_uid, st.st_gid,
			     arena_alloc(a, (names.count + 1) * sizeof(*out.xattr)), 0 };
	for (size_t i = 0; i < names.count; i++) {
		ssize_t n = fgetxattr(fd, names.name[i], value, sizeof(value));
		if (n < 0)
			return err_set(e, -errno, "read %s of %s", names.name[i], path);
		out.xattr[out.count++] =
		    (struct xattr){ names.name[i], { str_ndup(a, value, (size_t)n), (size_t)n } };
	}
	*ret = out;
	return 0;
}

static const struct xattr *find(const struct attrs *w, const char *name)
{
	for (size_t i = 0; i < w->count; i++)
		if (str_eq(w->xattr[i].name, name))
			return &w->xattr[i];
	return NULL;
}

/* A directory hands ACLs down; a label is nobody's to take away. */
static int drop_inherited(int fd, struct arena *a, const struct attrs *w, const char *path,
			  struct err *e)
{
	struct names have;
	int r = list_names(fd, a, path, &have, e);

	for (size_t i = 0; r == 0 && i < have.count; i++)
		if (!find(w, have.name[i]) && !str_starts(have.name[i], "security.") &&
		    fremovexattr(fd, have.name[i]) < 0 && errno != ENODATA)
			r = err_set(e, -errno, "remove %s of %s", have.name[i], path);
	return r;
}

static int set_xattr(int fd, const struct xattr *x, const char *path, struct err *e)
{
	char have[VALUE_MAX];

	if (fsetxattr(fd, x->name, x->value.data, x->value.size, 0) == 0)
		return 0;
	int why = errno;
	ssize_t n = fgetxattr(fd, x->name, have, sizeof(have));
	if (n >= 0 && (size_t)n == x->value.size && memcmp(have, x->value.data, x->value.size) == 0)
		return 0;
	return err_set(e, -why, "set %s of %s", x->name, path);
}

static int set_owner_and_mode(int fd, const struct attrs *w, const char *path, struct err *e)
{
	struct stat st;

	/* Also where nothing would change: FAT has one owner and few modes, and says EPERM. */
	if (fstat(fd, &st) < 0)
		return err_set(e, -errno, "stat %s", path);
	if ((st.st_uid != w->uid || st.st_gid != w->gid) && fchown(fd, w->uid, w->gid) < 0)
		return err_set(e, -errno, "chown %s", path);
	if ((st.st_mode & 07777) != w->mode && fchmod(fd, w->mode) < 0)
		return err_set(e, -errno, "chmod %s", path);
	return 0;
}

int attrs_set(int fd, const struct attrs *w, const char *path, struct err *e)
{
	ARENA a = { 0 };
	int r = drop_inherited(fd, &a, w, path, e);

	if (r == 0)
		r = set_owner_and_mode(fd, w, path, e);
	/* Last, since a change of owner drops capabilities, and an ACL has the mode in it. */
	for (size_t i = 0; r == 0 && i < w->count; i++)
		r = set_xattr(fd, &w->xattr[i], path, e);
	return r;
}

int attrs_set_new(int fd, int dir, unsigned mode, const char *path, struct err *e)
{
	struct stat above;

	if (fstat(dir, &above) < 0)
		return err_set(e, -errno, "stat the directory of %s", path);
	if (above.st_uid != geteuid() && fchown(fd, above.st_uid, above.st_gid) < 0)
		return err_set(e, -errno, "chown %s", path);
	if (fchmod(fd, mode) < 0 && errno != EPERM)
		return err_set(e, -errno, "chmod %s", path);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "store/open.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

enum { BRIEF = 150 }; /* struct err has 256 bytes, and the reason comes behind the path */

const char *store_shown(struct arena *a, const char *path)
{
	size_t n = strlen(path);
	return str_clean(a, path, n, n);
}

const char *store_brief(struct arena *a, const char *path)
{
	const char *shown = store_shown(a, path);
	size_t n = strlen(shown);

	if (n <= BRIEF)
		return shown;
	for (shown += n - BRIEF; ((unsigned char)*shown & 0xc0) == 0x80;)
		shown++;
	return arena_printf(a, "...%s", shown);
}

const char *store_base(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

/* The path itself, or the nearest folder above it that can be looked at: it is what bars the way.
 */
static const char *bars(struct arena *a, const char *path, struct stat *st)
{
	char *at = str_dup(a, path);

	while (stat(at, st) < 0) {
		char *slash = strrchr(at, '/');
		if (!slash || slash == at) {
			at = str_dup(a, slash ? "/" : ".");
			return stat(at, st) == 0 ? at : NULL;
		}
		*slash = '\0';
	}
	return at;
}

static const char *user_name(struct arena *a, uid_t uid)
{
	const struct passwd *p = getpwuid(uid);
	return p ? store_shown(a, p->pw_name) : arena_printf(a, "%u", uid);
}

static const char *group_name(struct arena *a, gid_t gid)
{
	const struct group *g = getgrgid(gid);
	return g ? store_shown(a, g->gr_name) : arena_printf(a, "%u", gid);
}

/* A group that anybody joins for this: root's is none. */
static bool group_opens(const struct stat *st)
{
	mode_t wanted = S_ISDIR(st->st_mode) ? S_IRGRP | S_IXGRP : S_IRGRP;
	return st->st_gid != 0 && (st->st_mode & wanted) == wanted;
}

static int denied(struct arena *a, const char *path, int code, struct err *e)
{
	struct stat st;
	const char *bar = geteuid() == 0 ? NULL : bars(a, path, &st);

	if (!bar)
		return err_set(e, code, "read %s", store_brief(a, path));
	const char *group = group_name(a, st.st_gid);
	const char *shown = store_brief(a, bar);
	if (group_opens(&st))
		return err_say(
		    e, code,
		    "%s is open to group %s only: run this with sudo, or join it and log "
		    "in again: sudo usermod -aG %s \"$USER\"",
		    shown, group, str_quoted(a, group));
	return err_say(e, code, "%s belongs to %s:%s, and is closed to others: run this with sudo",
		       shown, user_name(a, st.st_uid), group);
}

int store_failed(struct arena *a, const char *path, int code, struct err *e)
{
	if (code == -EACCES || code == -EPERM)
		return denied(a, path, -EACCES, e);
	return err_set(e, code, "read %s", store_brief(a, path));
}

static int regular(struct arena *a, const char *path, const struct stat *st, struct err *e)
{
	if (S_ISDIR(st->st_mode))
		return err_say(e, -EISDIR, "%s is a folder, not a file", store_brief(a, path));
	if (!S_ISREG(st->st_mode))
		return err_say(e, -EINVAL, "%s is no regular file", store_brief(a, path));
	return 0;
}

/* Looked at before it is opened, for opening a device talks to its driver; and again, for what was
 * looked at may have been replaced. */
int store_open(struct arena *a, const char *path, uint64_t *ret_size, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return store_failed(a, path, -errno, e);
	int r = regular(a, path, &st, e);
	if (r < 0)
		return r;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return store_failed(a, path, -errno, e);
	r = fstat(fd, &st) < 0 ? store_failed(a, path, -errno, e) : regular(a, path, &st, e);
	if (r < 0) {
		close(fd);
		return r;
	}
	*ret_size = (uint64_t)st.st_size;
	return fd;
}

int store_text(struct arena *a, const char *path, size_t max, struct bytes *ret, struct err *e)
{
	uint64_t size;
	STORE_FD fd = store_open(a, path, &size, e);

	if (fd < 0)
		return fd;
	if (size > max)
		return err_say(e, -EFBIG, "%s is larger than %s, the most that is read",
			       store_brief(a, path), str_bytes(a, max));
	char *text = arena_room(a, size + 1);
	size_t used = 0;
	while (used < size) {
		ssize_t n = read(fd, text + used, size - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return store_failed(a, path, -errno, e);
		if (n == 0)
			break;
		used += (size_t)n;
	}
	text[used] = '\0';
	*ret = (struct bytes){ text, used };
	return 0;
}

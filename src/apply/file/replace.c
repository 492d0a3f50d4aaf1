/* SPDX-License-Identifier: MIT */
#include "apply/file/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

const char *replace_temp(struct arena *a, const char *id, size_t index)
{
	return arena_printf(a, ".egpu-%s.%zu.tmp", id, index);
}

static int fill(int fd, const struct place *p, struct bytes b, const struct attrs *had,
		unsigned mode, struct err *e)
{
	int r = file_write(fd, b);
	if (r < 0)
		return err_set(e, r, "write %s", p->path);
	r = had ? attrs_set(fd, had, p->path, e) : attrs_set_new(fd, p->dir, mode, p->path, e);
	if (r < 0)
		return r;
	return fsync(fd) < 0 ? err_set(e, -errno, "write %s", p->path) : 0;
}

static int sync_dir(const struct place *p, struct err *e)
{
	int r = place_sync(p->dir);
	return r < 0 ? err_set(e, r, "write the directory of %s", p->path) : 0;
}

int replace_drop(const struct place *p, const char *temp, struct err *e)
{
	if (unlinkat(p->dir, temp, 0) < 0)
		return errno == ENOENT ? 0
				       : err_set(e, -errno, "remove %s beside %s", temp, p->path);
	return sync_dir(p, e);
}

static int stage_bytes(const struct place *p, const char *temp, struct bytes b,
		       const struct attrs *had, unsigned mode, struct err *e)
{
	/* The name is ours alone. In a home somebody may have put a link there. */
	int r = replace_drop(p, temp, e);
	if (r < 0)
		return r;
	CLOSE fd = openat(p->dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, -errno, "write beside %s", p->path);
	r = fill(fd, p, b, had, mode, e);
	if (r < 0)
		replace_drop(p, temp, NULL);
	return r;
}

int replace_stage(const struct place *p, const char *temp, const struct file_change *f,
		  const struct attrs *had, struct err *e)
{
	if (f->removed)
		return replace_drop(p, temp, e);
	return stage_bytes(p, temp, f->after, had, f->mode ? f->mode : 0644, e);
}

/* Does this name hold that file? */
static bool holds(const struct place *p, const char *leaf, struct bytes b)
{
	ARENA a = { 0 };
	struct place at = { p->dir, leaf, p->path };
	struct look now;
	return place_look(&at, &a, &now, NULL) == 0 && look_is(&now, true, b);
}

/* What stood is under the temporary name now: the last moment to see an edit that came between. */
static int check_old(const struct place *p, const char *temp, const struct file_change *f,
		     unsigned again, struct err *e)
{
	if (holds(p, temp, f->before))
		return 0;
	renameat2(p->dir, temp, p->dir, p->leaf, again);
	return err_say(e, -ESTALE, "%s changed since it was looked at; look again", p->path);
}

static int swap_out(const struct place *p, const char *temp, const struct file_change *f,
		    struct err *e)
{
	if (renameat(p->dir, p->leaf, p->dir, temp) < 0)
		return err_set(e, -errno, "remove %s", p->path);
	return check_old(p, temp, f, RENAME_NOREPLACE, e);
}

static bool is_not_known(int error)
{
	return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

static int swap_in(const struct place *p, const char *temp, struct err *e)
{
	int r = renameat2(p->dir, temp, p->dir, p->leaf, RENAME_NOREPLACE);
	if (r < 0 && is_not_known(errno) &&
	    faccessat(p->dir, p->leaf, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		r = renameat(p->dir, temp, p->dir, p->leaf);
	if (r < 0 && errno == EEXIST)
		return err_say(e, -ESTALE, "%s was made by somebody else just now; look again",
			       p->path);
	return r < 0 ? err_set(e, -errno, "write %s", p->path) : 0;
}

static int exchange(const struct place *p, const char *temp, const struct file_change *f,
		    struct err *e)
{
	if (renameat2(p->dir, temp, p->dir, p->leaf, RENAME_EXCHANGE) == 0)
		return check_old(p, temp, f, RENAME_EXCHANGE, e);
	if (!is_not_known(errno))
		return err_set(e, -errno, "write %s", p->path);
	return renameat(p->dir, temp, p->dir, p->leaf) < 0 ? err_set(e, -errno, "write %s", p->path)
							   : 0;
}

int replace_swap(const struct place *p, const char *temp, const struct file_change *f,
		 struct err *e)
{
	int r = f->removed   ? swap_out(p, temp, f, e)
		: f->existed ? exchange(p, temp, f, e)
			     : swap_in(p, temp, e);
	return r < 0 ? r : sync_dir(p, e);
}

/* The old file itself where it still stands under the temporary name, else its copy. */
static int restore(const struct place *p, const char *temp, const struct file_change *f,
		   const struct attrs *had, struct err *e)
{
	if (!holds(p, temp, f->before)) {
		int r = stage_bytes(p, temp, f->before, had, had->mode, e);
		if (r < 0)
			return r;
	}
	if (renameat(p->dir, temp, p->dir, p->leaf) < 0)
		return err_set(e, -errno, "take %s back", p->path);
	return 0;
}

int replace_back(const struct place *p, const char *temp, const struct file_change *f,
		 const struct attrs *had, struct err *e)
{
	ARENA a = { 0 };
	struct look now;
	int r = place_look(p, &a, &now, e);

	if (r < 0)
		return r;
	bool is_old = look_is(&now, f->existed, f->before);
	bool is_new = look_is(&now, !f->removed, f->after);
	/* FAT can lose a name to a power cut: what is gone is put back, nobody's edit is in it. */
	bool is_lost = f->existed && !now.exists;
	if (!is_old && (is_new || is_lost)) {
		r = f->existed                         ? restore(p, temp, f, had, e)
		    : unlinkat(p->dir, p->leaf, 0) < 0 ? err_set(e, -errno, "remove %s", p->path)
						       : 0;
		if (r < 0)
			return r;
	}
	r = replace_drop(p, temp, e);
	if (r == 0 && !is_old && !is_new && !is_lost)
		return err_say(e, -ESTALE, "%s was edited by somebody else meanwhile, and is left",
			       p->path);
	return r < 0 ? r : sync_dir(p, e);
}

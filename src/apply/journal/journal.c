/* SPDX-License-Identifier: MIT */
#include "apply/journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "apply/file/place.h"
#include "host/tree.h"

enum { JOURNAL_MAX = 8 << 20 }; /* bytes: 128 files with all the attributes that one can have */

static int open_own(int store, struct arena *a, const char *id, const char *name)
{
	int fd = openat(store, arena_printf(a, "%s/%s", id, name),
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int read_own(int store, struct arena *a, const char *id, const char *name, size_t max,
		    struct bytes *ret, struct err *e)
{
	struct stat st;
	CLOSE fd = open_own(store, a, id, name);

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(e, fd < 0 ? fd : -errno, "read " STORE "/%s/%s", id, name);
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > max)
		return err_say(e, -EINVAL, STORE "/%s/%s: no file of at most %zu bytes", id, name,
			       max);
	size_t size = (size_t)st.st_size, got = 0;
	char *all = arena_alloc(a, size + 1);
	for (ssize_t n = 1; got < size && n > 0; got += (size_t)n)
		if ((n = read(fd, all + got, size - got)) < 0)
			return err_set(e, -errno, "read " STORE "/%s/%s", id, name);
	*ret = (struct bytes){ all, got };
	return got < size ? err_say(e, -EINVAL, STORE "/%s/%s: cut off", id, name) : 0;
}

static int write_own(int dir, const char *id, const char *name, struct bytes b, struct err *e)
{
	CLOSE fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(e, -errno, "write " STORE "/%s/%s", id, name);
	for (size_t at = 0; at < b.size;) {
		ssize_t n = write(fd, b.data + at, b.size - at);
		if (n < 0 && errno != EINTR)
			return err_set(e, -errno, "write " STORE "/%s/%s", id, name);
		at += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) < 0 ? err_set(e, -errno, "write " STORE "/%s/%s", id, name) : 0;
}

static int open_id(int store, const char *id, struct err *e)
{
	int fd = openat(store, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_set(e, -errno, "open " STORE "/%s", id) : fd;
}

int journals_drop(int store, const char *id, struct err *e)
{
	struct names names;
	ARENA a = { 0 };
	CLOSE dir = open_id(store, id, e);

	if (dir < 0)
		return dir;
	/* Without it the rest means nothing, should this be cut off. */
	if (unlinkat(dir, "journal.json", 0) < 0 && errno != ENOENT)
		return err_set(e, -errno, "remove " STORE "/%s/journal.json", id);
	if (fsync(dir) < 0)
		return err_set(e, -errno, "remove " STORE "/%s/journal.json", id);
	int r = tree_list(dir, &a, ".", &names, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < names.count; i++)
		unlinkat(dir, names.name[i], 0);
	return unlinkat(store, id, AT_REMOVEDIR) < 0 ? err_set(e, -errno, "remove " STORE "/%s", id)
						     : 0;
}

int journal_write(int store, const struct journal *j, struct err *e)
{
	CLOSE dir = open_id(store, j->id, e);
	if (dir < 0)
		return dir;
	char *text = journal_format(j);
	if (!text)
		return err_say(e, -EINVAL, "a name in the plan is not UTF-8, and cannot be kept");
	int r = write_own(dir, j->id, "journal.json.tmp", bytes_of(text), e);
	free(text);
	if (r < 0)
		return r;
	if (renameat(dir, "journal.json.tmp", dir, "journal.json") < 0 || fsync(dir) < 0)
		return err_set(e, -errno, "write " STORE "/%s/journal.json", j->id);
	return 0;
}

static int write_copies(int store, const struct journal *j, struct err *e)
{
	CLOSE dir = open_id(store, j->id, e);
	int r = dir < 0 ? dir : 0;

	for (size_t i = 0; r == 0 && i < j->file_count; i++) {
		const struct file_change *c = &j->file[i].change;
		char name[32];
		snprintf(name, sizeof(name), "old.%zu", i);
		if (c->existed)
			r = write_own(dir, j->id, name, c->before, e);
		snprintf(name, sizeof(name), "new.%zu", i);
		if (r == 0 && !c->removed)
			r = write_own(dir, j->id, name, c->after, e);
	}
	return r;
}

int journal_create(int store, const struct journal *j, struct err *e)
{
	if (mkdirat(store, j->id, 0700) < 0)
		return err_set(e, -errno, "make " STORE "/%s", j->id);
	int r = write_copies(store, j, e);
	if (r == 0 && fsync(store) < 0)
		r = err_set(e, -errno, "write " STORE);
	/* Last: with it the transaction is one. */
	if (r == 0)
		r = journal_write(store, j, e);
	if (r < 0)
		journals_drop(store, j->id, NULL);
	return r;
}

int journal_read(int store, struct arena *a, const char *id, struct journal *ret, struct err *e)
{
	struct bytes text;
	int r = read_own(store, a, id, "journal.json", JOURNAL_MAX, &text, e);

	if (r < 0)
		return r;
	r = journal_parse(a, text, arena_printf(a, STORE "/%s/journal.json", id), ret, e);
	if (r == 0 && !str_eq(ret->id, id))
		r = err_say(e, -EINVAL, STORE "/%s/journal.json: it is of transaction %s", id,
			    ret->id);
	return r;
}

int journal_bytes(int store, struct arena *a, struct journal *j, struct err *e)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < j->file_count; i++) {
		struct file_change *c = &j->file[i].change;
		c->before = c->after = (struct bytes){ "", 0 };
		if (c->existed)
			r = read_own(store, a, j->id, arena_printf(a, "old.%zu", i), TREE_FILE_MAX,
				     &c->before, e);
		if (r == 0 && !c->removed)
			r = read_own(store, a, j->id, arena_printf(a, "new.%zu", i), TREE_FILE_MAX,
				     &c->after, e);
	}
	return r;
}

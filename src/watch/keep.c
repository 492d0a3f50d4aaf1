/* SPDX-License-Identifier: MIT */
#include "watch/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <systemd/sd-id128.h>

#include "base/clock.h"
#include "watch/keep-file.h"
#include "watch/kept-json.h"

#define STATE "state.json"

struct keep_now keep_now(void)
{
	struct keep_now now = { (int64_t)clock_usec_of(CLOCK_BOOTTIME), (int64_t)clock_wall_usec(),
				"" };
	sd_id128_t boot;

	if (sd_id128_get_boot(&boot) == 0)
		sd_id128_to_string(boot, now.boot_id);
	return now;
}

int keep_open(const char *root, bool make, struct err *e)
{
	ARENA a = { 0 };
	static const char *const parts[] = { "/var", "/var/lib", "/var/lib/egpu", KEEP_DIR };
	const char *path = "";

	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		path = arena_printf(&a, "%s%s", root ? root : "", parts[i]);
		if (make && mkdir(path, i < 2 ? 0755 : 0700) < 0 && errno != EEXIST)
			return err_set(e, -errno, "make %s", path);
	}
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_set(e, -errno, "open %s", path) : fd;
}

static int keep_read(int dir, const struct keep_now *now, struct guard_kept *ret, struct err *e)
{
	ARENA a = { 0 };
	struct bytes text;

	memset(ret, 0, sizeof(*ret));
	int r = keep_file_read(dir, STATE, &a, &text, e);
	return r < 0 ? r : kept_parse(text, now, ret, e);
}

int keep_load(int dir, const struct keep_now *now, struct guard_kept *ret, struct err *e)
{
	struct err why = { 0 };
	int r = keep_read(dir, now, ret, &why);

	if (r == 0)
		return 0;
	memset(ret, 0, sizeof(*ret));
	if (r != -EINVAL)
		return err_say(e, r, "%s", why.text);
	if (renameat(dir, STATE, dir, STATE ".damaged") < 0)
		return err_say(e, -EINVAL, "%s; the guard begins anew", why.text);
	return err_say(e, -EINVAL,
		       "%s; it is now " KEEP_DIR "/" STATE ".damaged, and the guard begins anew",
		       why.text);
}

int keep_save(int dir, const struct keep_now *now, const struct guard_kept *k, struct err *e)
{
	ARENA a = { 0 };
	const char *text = kept_text(&a, now, k);

	return keep_file_write(dir, STATE, text, e);
}

struct upkeep keep_upkeep(const struct guard_kept *k, bool paused)
{
	return (struct upkeep){ .know = KNOWN,
				.paused = paused,
				.looks = k->counts.looks,
				.incidents = k->counts.incidents,
				.tries = k->counts.tries,
				.tries_failed = k->counts.failures,
				.breakers_open = k->budget.breaker_count };
}

struct upkeep keep_upkeep_read(const char *root)
{
	struct keep_now now = keep_now();
	struct guard_kept k;
	int dir = keep_open(root, false, NULL);
	int r = dir < 0 ? dir : keep_read(dir, &now, &k, NULL);
	struct upkeep u =
	    r < 0 ? (struct upkeep){ .know = know_of_errno(r) } : keep_upkeep(&k, keep_is_off(dir));

	if (dir >= 0)
		close(dir);
	return u;
}

/* Switches: what counts is that the file is there. */

bool keep_is_off(int dir)
{
	return faccessat(dir, "off", F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

static int touch(int dir, const char *name, struct err *e)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(e, -errno, "make " KEEP_DIR "/%s", name);
	close(fd);
	return 0;
}

static int drop(int dir, const char *name, struct err *e)
{
	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	return err_set(e, -errno, "remove " KEEP_DIR "/%s", name);
}

int keep_set_off(int dir, bool off, struct err *e)
{
	return off ? touch(dir, "off", e) : drop(dir, "off", e);
}

int keep_ask_resume(int dir, struct err *e)
{
	return touch(dir, "resume", e);
}

bool keep_take_resume(int dir)
{
	return unlinkat(dir, "resume", 0) == 0;
}

bool keep_resume_waits(int dir)
{
	return faccessat(dir, "resume", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* History */

/* The whole line, or none of it: the next one would go on where half a line ends. */
static int append(int fd, const char *line, off_t at)
{
	ssize_t n = write(fd, line, strlen(line));

	if (n == (ssize_t)strlen(line))
		return 0;
	int r = n < 0 ? -errno : -ENOSPC;
	if (n > 0 && ftruncate(fd, at) < 0)
		r = -errno;
	return r;
}

int keep_history(int dir, const char *line, struct err *e)
{
	int fd =
	    openat(dir, "history", O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct stat st = { 0 };

	if (fd < 0)
		return err_set(e, -errno, "open " KEEP_DIR "/history");
	int r = fstat(fd, &st) < 0 ? -errno : append(fd, line, st.st_size);
	bool full = r == 0 && st.st_size + (off_t)strlen(line) >= HISTORY_MAX;
	close(fd);
	if (full)
		renameat(dir, "history", dir, "history.1");
	return r < 0 ? err_set(e, r, "write " KEEP_DIR "/history") : 0;
}

int keep_history_read(int dir, struct arena *a, struct bytes *ret, struct err *e)
{
	struct bytes old = { "", 0 }, new = { "", 0 };
	int r_old = keep_file_read(dir, "history.1", a, &old, NULL);
	int r = keep_file_read(dir, "history", a, &new, e);

	if (r < 0 && (r != -ENOENT || r_old < 0))
		return r;
	*ret = bytes_of(arena_printf(a, "%s%s", r_old < 0 ? "" : old.data, r < 0 ? "" : new.data));
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "apply/file/place.h"
#include "apply/journal/journal.h"

/* "COMMAND PID SECONDS", as the holder wrote it. */
struct holder {
	const char *command;
	uint64_t pid, since;
};

static bool cut_number(char *text, uint64_t *ret)
{
	char *blank = strrchr(text, ' ');
	if (!blank || !str_u64(blank + 1, 10, UINT32_MAX, ret))
		return false;
	*blank = '\0';
	return true;
}

static bool holder_read(int fd, struct arena *a, struct holder *ret)
{
	char text[200];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (!cut_number(text, &ret->since) || !cut_number(text, &ret->pid))
		return false;
	ret->command = str_clean(a, text, strlen(text), 60);
	return true;
}

static int refuse_busy(int fd, struct err *e)
{
	ARENA a = { 0 };
	struct holder h;
	struct tm local;
	char since[16];

	/* It has the lock, and has not said so yet. */
	if (!holder_read(fd, &a, &h))
		return err_say(e, -EBUSY, "another egpu is at it; wait for it to end");
	localtime_r(&(time_t){ (time_t)h.since }, &local);
	strftime(since, sizeof(since), "%H:%M", &local);
	return err_say(e, -EBUSY, "%s (pid %llu) is at it since %s; wait for it to end", h.command,
		       (unsigned long long)h.pid, since);
}

static int take(int fd, const char *command, struct err *e)
{
	char text[128];

	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? refuse_busy(fd, e)
					    : err_set(e, -errno, "lock " STORE "/lock");
	int n = snprintf(text, sizeof(text), "%.60s %d %lld\n", command, getpid(),
			 (long long)time(NULL));
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) < 0)
		return err_set(e, -errno, "write " STORE "/lock");
	return 0;
}

int apply_lock(const struct apply_to *to, struct apply_lock *ret, struct err *e)
{
	CLOSE root = place_root(to->root, e);
	if (root < 0)
		return root;
	CLOSE store = journals_open(root, true, e);
	if (store < 0)
		return store;
	CLOSE fd = openat(store, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, -errno, "open " STORE "/lock");
	int r = take(fd, to->command ? to->command : "egpu", e);
	if (r < 0)
		return r;
	/* Never 0, which stands for none. */
	int kept = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (kept < 0)
		return err_set(e, -errno, "lock " STORE "/lock");
	ret->fd = kept;
	return 0;
}

void apply_unlock(struct apply_lock *l)
{
	if (l->fd <= 0)
		return;
	/* Nobody shall be named who is gone. */
	int r = ftruncate(l->fd, 0);
	(void)r; /* the next one writes it anew */
	close(l->fd);
	l->fd = 0;
}

int apply_is_busy(const struct apply_to *to, struct err *e)
{
	CLOSE root = place_root(to->root, NULL);
	CLOSE store = root < 0 ? -1 : journals_open(root, false, NULL);
	CLOSE fd = store < 0 ? -1 : openat(store, "lock", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return 0;
	return refuse_busy(fd, e);
}

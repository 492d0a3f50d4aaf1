/* SPDX-License-Identifier: MIT */
/* Processes in uninterruptible sleep, and those that hold the GPU. proc_pid_stat(5),
 * proc_pid_wchan(5).
 */
#include "host/sources.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/process/proc.h"

enum {
	STUCK_MAX = 256,
	AGAIN_NSEC = 100000000, /* between the two looks */
};

#define DIRECTORY __attribute__((cleanup(dirp))) DIR
static void dirp(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* "1234 (a name) with) D 1 ...": a name may hold anything, so the last ')' ends it. */
static bool is_stuck(char *stat, const char **ret_comm)
{
	char *comm = strchr(stat, '('), *end = strrchr(stat, ')');
	if (!comm || !end || end < comm || end[1] != ' ' || end[2] != 'D')
		return false;
	*end = '\0';
	*ret_comm = comm + 1;
	return true;
}

static char *line_of(struct arena *a, int proc, const char *pid, const char *comm)
{
	char wchan[64];
	char *name = str_dup(a, *comm ? comm : "?");

	if (proc_read(proc, pid, "wchan", wchan, sizeof(wchan)) <= 0 || str_eq(wchan, "0"))
		snprintf(wchan, sizeof(wchan), "?");
	proc_make_word(name);
	proc_make_word(wchan);
	return arena_printf(a, "%s %s %s\n", pid, name, wchan);
}

/*
 * The first process is everyone's to see, unless /proc is mounted with
 * hidepid=: what cannot see it cannot say that nobody is stuck either.
 */
static int check_sight(int proc, unsigned seen)
{
	char stat[PROC_STAT_MAX];
	int r = proc_read(proc, "1", "stat", stat, sizeof(stat));
	if (r < 0 && seen > 0)
		return r == -ENOENT || r == -EPERM ? -EACCES : r;
	return r < 0 ? r : 0;
}

static int look(struct arena *a, DIR *d, struct bytes *ret)
{
	char stat[PROC_STAT_MAX];
	const char *comm;
	const char *text = "";
	unsigned seen = 0, stuck = 0;

	for (struct dirent *de; seen < PROC_PIDS_MAX && stuck < STUCK_MAX && (de = readdir(d));) {
		if (!proc_is_pid(de->d_name))
			continue;
		seen++;
		if (proc_read(dirfd(d), de->d_name, "stat", stat, sizeof(stat)) <= 0 ||
		    !is_stuck(stat, &comm))
			continue;
		text = arena_printf(a, "%s%s", text, line_of(a, dirfd(d), de->d_name, comm));
		stuck++;
	}
	*ret = bytes_of(text);
	return check_sight(dirfd(d), seen);
}

/* Functions of the driver that a process can sleep in, by the names that it gives them. */
static bool may_be_driver(struct bytes found)
{
	static const char *const part[] = { "nvidia", " nv", " os_acquire", " os_", " rm_", "uvm" };
	for (size_t i = 0; i < COUNT_OF(part); i++)
		if (bytes_have(found, part[i]))
			return true;
	return false;
}

/* Who is in both: only that has not moved in between. */
static struct bytes in_both(struct arena *a, struct bytes before, struct bytes after)
{
	const char *text = "";
	for (struct bytes line; bytes_line(&after, &line);) {
		const char *copy = arena_printf(a, "%.*s\n", (int)line.size, line.data);
		if (bytes_have(before, copy))
			text = arena_printf(a, "%s%s", text, copy);
	}
	return bytes_of(text);
}

/*
 * Every open of the driver sleeps like that for a moment, so what looks stuck
 * there is looked at twice. What waits for a disk costs no second look.
 */
static int look_twice(struct arena *a, DIR *d, struct bytes *ret)
{
	struct bytes first, second;
	int r = look(a, d, &first);
	if (r < 0 || !may_be_driver(first)) {
		*ret = first;
		return r;
	}
	nanosleep(&(struct timespec){ .tv_nsec = AGAIN_NSEC }, NULL);
	rewinddir(d);
	r = look(a, d, &second);
	*ret = r < 0 ? second : in_both(a, first, second);
	return r;
}

int processes_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
		  struct err *e)
{
	struct bytes found;
	bool stuck = str_eq(question, "stuck");
	if (!stuck && !str_eq(question, "holders"))
		return err_set(e, -ENOENT, "processes: no such question: %s", question);
	int fd = openat(l->root, "proc", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIRECTORY *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d)
		return err_set(e, -errno, "/proc");
	int r = stuck ? look_twice(a, d, &found) : proc_holders(a, d, &found);
	if (r < 0)
		return err_set(e, r, "/proc");
	*ret = found;
	return 0;
}

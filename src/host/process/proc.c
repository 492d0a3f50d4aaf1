/* SPDX-License-Identifier: MIT */
#include "host/process/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { START_FIELD = 20 }; /* of stat, behind the name: the state is the first */

bool proc_is_pid(const char *name)
{
	return *name && strspn(name, "0123456789") == strlen(name) && strlen(name) <= 10;
}

int proc_read(int proc, const char *pid, const char *file, char *to, size_t size)
{
	char path[32];
	snprintf(path, sizeof(path), "%s/%s", pid, file);
	int fd = openat(proc, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ssize_t n = read(fd, to, size - 1);
	int r = n < 0 ? -errno : (int)n;
	close(fd);
	to[r < 0 ? 0 : r] = '\0';
	return r;
}

void proc_make_word(char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s > '~')
			*s = '_';
}

bool proc_name(int proc, const char *pid, char stat[PROC_STAT_MAX], char **ret_name,
	       uint64_t *ret_start)
{
	char *name, *end, *rest, *word = NULL;

	if (proc_read(proc, pid, "stat", stat, PROC_STAT_MAX) <= 0)
		return false;
	name = strchr(stat, '(');
	end = strrchr(stat, ')');
	if (!name || !end || end < name)
		return false;
	*end = '\0';
	for (unsigned i = 0; i < START_FIELD; i++) {
		word = strtok_r(i ? NULL : end + 1, " \n", &rest);
		if (!word)
			return false;
	}
	proc_make_word(name + 1);
	*ret_name = name[1] ? name + 1 : (char *)"?";
	return str_u64(word, 10, UINT64_MAX, ret_start);
}

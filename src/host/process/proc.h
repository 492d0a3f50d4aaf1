/* SPDX-License-Identifier: MIT */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

/*
 * What the source `processes` is made of: /proc, opened as a directory. Nothing here reads what
 * takes a lock of the process looked at (maps, cmdline, environ): one that hangs would take us
 * along.
 */
enum {
	PROC_PIDS_MAX = 32768,
	PROC_STAT_MAX = 512, /* bytes: what is read of it stands in the first 400 */
};

bool proc_is_pid(const char *name);
/* At most size - 1 bytes of /proc/PID/FILE, and a NUL: a negative errno, or how many. */
int proc_read(int proc, const char *pid, const char *file, char *to, size_t size);
/* One word of printable ASCII, so that a line keeps its number of words. */
void proc_make_word(char *s);
/*
 * Its name, as a word in stat, and its start: ticks since the boot, which name a process for good
 * together with its pid. False: it has ended.
 */
bool proc_name(int proc, const char *pid, char stat[PROC_STAT_MAX], char **ret_name,
	       uint64_t *ret_start);

/* The question "holders": see host/host.h. A negative errno of the whole. */
int proc_holders(struct arena *a, DIR *proc, struct bytes *ret);

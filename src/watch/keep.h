/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/arena.h"
#include "facts/upkeep.h"
#include "guard/step.h"

/*
 * What the guard keeps on disk, below /var/lib/egpu/guard (0700):
 *   state.json  budget, breakers, stopped containers, counts; written anew as a whole
 *   history     a line of JSON for each incident; at HISTORY_MAX bytes it becomes history.1
 *   off         while it is there nothing is done, only looked and told
 *   resume      somebody made it to have the budget forgotten; it is removed then
 */
#define KEEP_DIR "/var/lib/egpu/guard"
enum { HISTORY_MAX = 1 << 20 };

/* Now, on the clock that never goes back (CLOCK_BOOTTIME) and on the wall, and which boot it is. */
struct keep_now {
	int64_t boot_usec, wall_usec;
	char boot_id[33];
};
struct keep_now keep_now(void);

/* The directory below root (NULL: "/"), made if it is not there. A file descriptor. */
int keep_open(const char *root, bool make, struct err *e);

/*
 * -ENOENT: nothing was kept yet. -EINVAL: damaged; it is moved to state.json.damaged, *e says so,
 * and *ret is as of nothing kept. Tries of an earlier boot keep their age by the wall clock; one
 * that seems to be of the future is as old as this boot's start, so that no clock that was set
 * wrong frees a budget.
 */
int keep_load(int dir, const struct keep_now *now, struct guard_kept *ret, struct err *e);
/* On disk when it returns, or the old one stands. */
int keep_save(int dir, const struct keep_now *now, const struct guard_kept *k, struct err *e);

/* The same for those who only show it. */
struct upkeep keep_upkeep(const struct guard_kept *k, bool paused);
/* Of the guard below root, running or not; ABSENT where there has been none, else why it is
 * unknown. */
struct upkeep keep_upkeep_read(const char *root);

/* Whether acting is switched off. What cannot be looked at is off. */
bool keep_is_off(int dir);
int keep_set_off(int dir, bool off, struct err *e);
/* Asks for, and takes, a resume. */
int keep_ask_resume(int dir, struct err *e);
bool keep_take_resume(int dir);
/* Asked for, and not taken yet: a guard that runs takes it at once. */
bool keep_resume_waits(int dir);

/* Adds a line. */
int keep_history(int dir, const char *line, struct err *e);
/* All lines of history.1 and history, oldest first. -ENOENT: none yet. */
int keep_history_read(int dir, struct arena *a, struct bytes *ret, struct err *e);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "apply/file/target.h"

/*
 * One file, from what stood to what shall stand, in steps that can each be the last. The new bytes
 * are written beside the old ones under a temporary name and put on disk (stage); the two names
 * are exchanged in one go (swap), after which the temporary name holds the old file; it is removed
 * (drop) only when all files of the transaction stand. So the way back needs no room on a full
 * disk, and gives the old file back with all that it had. Where names cannot be exchanged (FAT
 * before Linux 6.0, some network file systems) the new one replaces the old one, and the way back
 * writes the kept copy.
 */

/* Its name beside the file: no tool reads a name that starts with a dot and ends in .tmp. */
const char *replace_temp(struct arena *a, const char *id, size_t index);

/* Nothing is written where the file shall be removed. had: what it was, or NULL for a new one. */
int replace_stage(const struct place *p, const char *temp, const struct file_change *f,
		  const struct attrs *had, struct err *e);
/* On disk when it returns. -ESTALE: what stood is not what the plan saw, and stands again. */
int replace_swap(const struct place *p, const char *temp, const struct file_change *f,
		 struct err *e);
/* Removes the temporary name, for good; that there is none is fine. */
int replace_drop(const struct place *p, const char *temp, struct err *e);

/*
 * Whatever was done so far is taken back, and the temporary name with it. f: as it was applied;
 * had: what it was before, where it existed. -ESTALE: the file is neither what was nor what
 * should be, and is left.
 */
int replace_back(const struct place *p, const char *temp, const struct file_change *f,
		 const struct attrs *had, struct err *e);

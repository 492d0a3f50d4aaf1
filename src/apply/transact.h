/* SPDX-License-Identifier: MIT */
#pragma once

#include "apply/journal/journal.h"

/* A transaction that is at work, or is looked after by the next one. */
struct work {
	const struct apply_to *to;
	struct arena *arena;
	int root, store; /* -1: not open */
	struct journal *journal;
};

#define WORK __attribute__((cleanup(work_done))) struct work
int work_open(struct work *w, const struct apply_to *to, struct arena *a, bool make, struct err *e);
void work_done(struct work *w);

/* apply_plan(), or, with undoes, the plan that takes that one back. */
int transact(const struct apply_to *to, struct arena *a, const struct plan *p,
	     const struct journal *undoes, const char **ret_id, struct err *e);

/*
 * One that is done once (struct plan) has come to its end, with what is left of it undone; one that
 * takes another back does not count then. r: what went wrong in it, which is returned.
 */
int transact_close(struct work *w, int r);
/* Its files stand: the temporary names are removed, steps that are left are done. */
int transact_finish(struct work *w, struct err *e);
/*
 * Its files go back, and early steps that were done are undone; then nothing is kept of it, and
 * *ret_kept is false. It is kept, as undone, where something could not be taken back for good: a
 * file that was edited since (-ESTALE), a step. Any other error: it is to be tried again.
 */
int transact_back(struct work *w, bool *ret_kept, struct err *e);

/* The step that takes this one back; false: nothing does. */
bool step_inverse(struct arena *a, const struct step *s, struct step *ret);

/* All that can be read, newest first, at most 1000; of those that cannot *e tells the first. */
int journals_read(int store, struct arena *a, struct journal **ret, size_t *ret_count,
		  struct err *e);
/* Of all, newest first: taken back by a later one, that was not taken back itself; or never brought
 * to its end. */
bool journal_is_undone(const struct journal *all, const struct journal *j);

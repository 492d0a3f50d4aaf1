/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"

/*
 * Plans carried out: the one place that writes. A plan is one transaction, kept
 * below /var/lib/egpu/ID (of the root that is written): every file's old and new
 * bytes, every action and whether it was done. It is on disk before the first file
 * changes, so whoever is killed in the middle leaves files that are wholly old or
 * wholly new each, and the next one finishes the transaction or takes it back.
 */
struct apply_to {
	const char *root; /* files are written below this directory; NULL: "/" */
	/*
	 * Files only: root is not where this system runs, so its tools, units and
	 * daemons cannot be asked. What would have to be run is kept in the transaction, undone.
	 */
	bool files_only;
	const char *docker;  /* socket URL of the engine, as host_options; NULL: found */
	const char *command; /* who is at it, for the lock: "egpu setup" */
	/* A step begins, or goes on for long (again is set): for progress. May be NULL. */
	void (*tell)(void *data, const struct step *s, bool again);
	void *data;
};

enum { TRANSACTION_ID_MAX = 64 };

/*
 * Held by whoever writes. -EBUSY: *e says who holds it, by name and pid. The kernel lets go of it
 * when its holder ends, however that ends.
 */
struct apply_lock {
	int fd; /* 0: not held */
};
int apply_lock(const struct apply_to *to, struct apply_lock *ret, struct err *e);
void apply_unlock(struct apply_lock *l);
/* Whether somebody holds it now: -EBUSY, as above. 0: nobody, or that cannot be told. Leaves no
 * trace. */
int apply_is_busy(const struct apply_to *to, struct err *e);

/*
 * With the lock: what an earlier transaction that was cut off left. One of which not all files were
 * written is taken back; one whose files all stand is finished. 1: something was done, *said says
 * what in one sentence; 0: there was nothing. A file that somebody else has changed since is left
 * as it is, and is an error that names it. A plan that
 * was for its moment (struct plan, once) is neither: it counts as done, as far as it came.
 */
int apply_recover(const struct apply_to *to, struct arena *a, const char **said, struct err *e);

/*
 * With the lock: does the plan's steps but those for a person. First all targets are looked at
 * (not a link, writable, not immutable, room on the disk, and still what the plan saw: -ESTALE),
 * then what stands before the first file is done (packages), then all files are written, then the
 * other steps follow in order. A file that fails takes back all before it. An action that fails
 * after the files ends it: the files stay, and the error says which step, and the end of what its
 * tool said. *ret_id names the transaction, also then; "" where nothing was done.
 */
int apply_plan(const struct apply_to *to, struct arena *a, const struct plan *p,
	       const char **ret_id, struct err *e);

/* Does one step that is no file, outside of any transaction. Blocks until it is done. */
int apply_act(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e);

/* A transaction as it is kept. */
enum transaction_state {
	TRANSACTION_PREPARED, /* its files are being written; only after a crash */
	TRANSACTION_WRITTEN,  /* files stand, actions are left; after a crash or a failed action */
	TRANSACTION_DONE,
	TRANSACTION_UNDONE,
};
struct transaction {
	const char *id, *command; /* "20261009-084107-1", "egpu setup" */
	const char *undoes;       /* id of the one that it took back; "" */
	enum transaction_state state;
	uint64_t usec;     /* wall clock of its start */
	struct names what; /* of its steps */
	struct names files;
	/* "KEY=VALUE" that was noted when it was made: what an experiment saw before. */
	struct names note;
};

/* Newest first; *ret_count may be 0. Those that cannot be read are left out, and told by *e once.
 */
int transaction_list(const struct apply_to *to, struct arena *a, struct transaction **ret,
		     size_t *ret_count, struct err *e);
/*
 * The plan that takes it back: each file to its old bytes, each action that has an undo by that
 * one, in reverse. -ENOENT: no such transaction; -EALREADY: it is undone. A file that was edited
 * since stands in the plan's refusals, with the diff's two sides in *edited (before: what egpu
 * left; after: what stands now), and the plan must not be applied then.
 */
int transaction_undo(const struct apply_to *to, struct arena *a, const char *id, struct plan *ret,
		     struct file_change **edited, size_t *edited_count, struct err *e);
/* apply_plan() for a plan of transaction_undo(); marks it undone. */
int transaction_apply_undo(const struct apply_to *to, struct arena *a, const char *id,
			   const struct plan *p, const char **ret_id, struct err *e);
/* With the lock: notes kept with a transaction. */
int transaction_note(const struct apply_to *to, const char *id, const struct names *note,
		     struct err *e);

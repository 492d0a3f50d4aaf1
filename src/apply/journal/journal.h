/* SPDX-License-Identifier: MIT */
#pragma once

#include "apply/apply.h"
#include "apply/file/attrs.h"

/*
 * What is kept of a transaction, below /var/lib/egpu/ID: journal.json, and for its file number N
 * the bytes before and after as old.N and new.N. Compose files hold passwords: the directories
 * are 0700, the files 0600. A directory without a journal.json is one of which nothing
 * was done: the journal comes last when it is made, and goes first when it is removed.
 */
#define STORE "/var/lib/egpu"

struct kept_file {
	struct file_change change; /* its bytes only after journal_bytes() */
	const char *theme, *what;
	struct attrs had;     /* before, where it existed */
	struct names missing; /* directories that were made for it */
	struct names gone;    /* that are removed after it, if they are empty then */
};

enum doing { DOING_LEFT, DOING_STARTED, DOING_DONE };
struct kept_step {
	struct step step;
	bool early; /* before the files */
	enum doing doing;
};

struct journal {
	const char *id, *command, *undoes;
	enum transaction_state state;
	uint64_t usec;
	bool once; /* as struct plan has it */
	struct kept_file *file;
	size_t file_count;
	struct kept_step *step; /* what is no file */
	size_t step_count;
	struct names note;
};

/* The directory that keeps them; make: also where there is none. -ENOENT. */
int journals_open(int root, bool make, struct err *e);
/* IDs, oldest first; directories without a journal too. */
int journals_list(int store, struct arena *a, struct names *ret, struct err *e);
/* false: it was cut off while it was made or removed. */
bool journals_have(int store, const char *id);
/* Its form; a user types it. */
bool journals_is_id(const char *id);
/* One that sorts behind all others, also where the clock went back. *ret_usec: now. */
int journals_next_id(int store, struct arena *a, const char **ret, uint64_t *ret_usec,
		     struct err *e);
/* Removes all that is kept of it. */
int journals_drop(int store, const char *id, struct err *e);

/* Makes the directory and writes all of it; nothing of it is left when that fails. */
int journal_create(int store, const struct journal *j, struct err *e);
/* Writes the journal anew: the old one or the new one stands, and is on disk when it returns. */
int journal_write(int store, const struct journal *j, struct err *e);
/* -ENOENT: there is none. -EINVAL: damaged, *e says where. */
int journal_read(int store, struct arena *a, const char *id, struct journal *ret, struct err *e);
/* The bytes of its files. */
int journal_bytes(int store, struct arena *a, struct journal *j, struct err *e);

/* Text of journal.json, and back. NULL: a name in it is no UTF-8. */
char *journal_format(const struct journal *j);
int journal_parse(struct arena *a, struct bytes text, const char *name, struct journal *ret,
		  struct err *e);

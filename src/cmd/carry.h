/* SPDX-License-Identifier: MIT */
#pragma once

#include "apply/apply.h"
#include "cmd/look.h"

/* How `setup`, `fix` and `undo` go from a plan to a deed: show, ask, do. */
struct carry {
	struct apply_to to;
	struct apply_lock lock;
	const char *command; /* "setup" */
	struct host_options host;
	const char *root;      /* env's --root; NULL: this machine */
	const char *recording; /* the host is this recording; NULL: it is this machine */
	bool dry_run, yes, json, verbose;
	bool for_root;         /* a dry run for want of rights */
	bool packages;         /* --packages: the yes that packages need */
	const char *enclosure; /* --enclosure UUID: the yes that this enclosure needs */
	bool kill;             /* --kill: the yes that the end of a process needs */
	const char *undoes;    /* the plan takes this transaction back; NULL: it is none */
	const char *id;        /* of the transaction that was made; "" where nothing was done */
};

enum carried {
	CARRIED_NOTHING, /* there was nothing to do, or it was only to be shown */
	CARRIED_DECLINED,
	CARRIED_LEFT, /* there is something to do, and it is not for this user */
	CARRIED_DONE,
};

/*
 * Takes the lock and finishes or takes back what was cut off before; where nothing was ever done
 * the lock waits for the first deed, so that a look leaves no trace. Where that is not for this
 * user, or on a recording, the run becomes a dry one. Says on stderr what it did.
 */
int carry_begin(struct carry *c, struct env *env, struct arena *a, struct err *e);
void carry_end(struct carry *c);

/*
 * Shows the plan (unless json), asks, and carries it out. The plan loses the steps that were
 * declined. -ENOTTY: somebody would have to be asked.
 */
int carry_out(struct carry *c, struct arena *a, struct plan *p, struct err *e);

/* Whether a plan has steps that egpu itself can do. */
bool plan_acts(const struct plan *p);

/* A look at this machine once more, told as `egpu check` tells it. Its exit status. */
int carry_prove(struct env *env, struct arena *a, const struct look_for *wanted, struct err *e);

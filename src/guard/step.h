/* SPDX-License-Identifier: MIT */
#pragma once

#include "guard/budget.h"
#include "guard/incident.h"

/*
 * What the guard decides, and nothing but that: a state, an event, and what to do now. No clock
 * (events carry the time), no file, no wait, so a test can live through ten
 * thousand boots in a second.
 *
 * The loop around it keeps four promises: it sends GUARD_TIMER once the order's wake time has come,
 * answers `look` by GUARD_SAW or GUARD_BLIND and `act` by GUARD_ACTED, and has `keep` on disk
 * before it acts.
 */

/* A container that the guard has stopped, because the GPU was gone. */
struct parked {
	char id[SIGHT_ID], name[SIGHT_NAME], cause[SIGHT_NAME];
	bool let; /* somebody has started it since: it is theirs */
};

struct guard_counts {
	uint64_t looks, incidents, tries, failures;
};

/* What survives the guard and, but for had_gpu, the boot. */
struct guard_kept {
	struct budget budget;
	struct parked parked[WORKERS_MAX];
	size_t parked_count;
	struct guard_counts counts;
	bool had_gpu; /* it was ready once in this boot */
};

enum guard_phase { GUARD_RESTING, GUARD_SETTLING, GUARD_LOOKING, GUARD_ACTING };

/* A deed, for which incident, and to whom. */
struct guard_doing {
	enum deed deed;
	char cause[SIGHT_NAME], subject[SIGHT_NAME];
	char on[SIGHT_NAME]; /* the worker; "": the host */
};

struct guard_order {
	bool look;
	bool act;
	struct guard_doing doing;            /* of `act` */
	int64_t wake_usec;                   /* 0: only events wake it */
	bool keep;                           /* guard_kept has changed */
	struct incident told[INCIDENTS_MAX]; /* to be told of now */
	size_t told_count;
};

struct guard {
	struct guard_kept kept;
	enum guard_phase phase;
	int64_t wake_usec, settle_since_usec, looked_usec, gap_usec;
	bool dirty, dirty_urgent; /* something happened while it looked or acted */
	unsigned blind;           /* looks that failed, in a row */
	unsigned busy;            /* acts that found somebody else at it, in a row */
	bool has_seen;
	struct sight seen;
	struct incident incident[INCIDENTS_MAX];
	size_t incident_count;
	/* Who was acted on last, until it is seen that it helped. */
	char proving[SIGHT_NAME];
	int64_t proving_until_usec;
	unsigned proving_looks;
	/* It helped somebody: until then the next one need not wait for the proof of the last. */
	int64_t trust_until_usec;
	/* It cannot be told yet whether the GPU, or who runs, computes: since then. */
	int64_t unsure_since_usec;
	unsigned unsure_looks;
	struct guard_doing doing; /* while it acts */
	int64_t doing_since_usec;
};

struct guard_rules {
	const struct want_guard *want;
	bool act; /* false: paused, or it only observes */
};

enum guard_event_kind {
	GUARD_NOTICED, /* something happened */
	GUARD_TIMER,
	GUARD_SAW,
	GUARD_BLIND, /* a look failed, or did not end in time */
	GUARD_ACTED,
	GUARD_RESUMED, /* a person says: try again */
};

enum acted {
	ACTED_DONE,
	ACTED_FAILED,
	ACTED_LEFT, /* nothing of it may be done unattended */
	ACTED_BUSY, /* somebody else is at it, or it could not be kept: no try */
};

struct guard_event {
	enum guard_event_kind kind;
	int64_t now_usec; /* above 0 */
	bool urgent;      /* of GUARD_NOTICED: a device or the kernel, not the container engine */
	const struct sight *sight; /* of GUARD_SAW */
	enum acted acted;          /* of GUARD_ACTED */
	const char *why;           /* of GUARD_ACTED: one clause where it was not done */
};

void guard_step(struct guard *g, const struct guard_rules *r, const struct guard_event *e,
		struct guard_order *ret);

/* The earlier of two moments; 0 is never. */
static inline int64_t guard_sooner(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* NULL: none is open. */
struct incident *guard_incident(struct guard *g, const char *cause, const char *subject);
struct parked *guard_parked(struct guard *g, const char *name); /* NULL: it was not stopped */

enum {
	SETTLE_USEC = 300000, /* after an event, before a look: they come in swarms */
	SETTLE_MAX_USEC = 2000000,
	GAP_FIRST_USEC = 1000000, /* between looks that see nothing new; it doubles */
	GAP_MAX_USEC = 30000000,
	PROVE_FIRST_USEC = 1000000, /* after an act; it doubles */
	PROVE_GAP_MAX_USEC = 8000000,
	PROVE_MAX_USEC = 60000000,
	TELL_AFTER_USEC = 20000000, /* a boot is full of troubles that go away */
	BLIND_FIRST_USEC = 2000000, /* after a look that failed; it doubles */
	BLIND_MAX_USEC = 600000000,
	BUSY_USEC = 5000000, /* doubles, BUSY_TIMES times */
	BUSY_TIMES = 3,
	SERVED_MAX_USEC = 300000000, /* metrics that are served are not older */
};

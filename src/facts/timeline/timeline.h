/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/*
 * This boot: what came when, and what came before what it needed. Times are microseconds since
 * the boot, as the kernel log has them. Built by a collector (collect/timeline/timeline.h), judged
 * here.
 */
enum moment_kind {
	MOMENT_CONTROLLER, /* the thunderbolt driver began */
	MOMENT_ENCLOSURE,  /* the enclosure was found */
	MOMENT_AUTHORIZED, /* boltd let it onto the PCI bus */
	MOMENT_PCI,        /* the GPU was on the bus */
	MOMENT_BARS,       /* the last of its memory windows was assigned */
	MOMENT_DRIVER,     /* nvidia was loaded */
	MOMENT_GPU,        /* GPU and driver were both there: from now on it can be used */
	MOMENT_LOST,       /* it can no longer be used */
	MOMENT_UVM,        /* nvidia-uvm, which CUDA needs, was loaded */
	MOMENT_NODES,      /* the last of the device nodes was made */
	MOMENT_PERSISTENCE,
	MOMENT_WAIT, /* egpu-ready.service: from its begin to the end of its waiting */
	MOMENT_DOCKER,
	MOMENT_CONTAINER,
	MOMENT_SERVER,    /* ollama.service */
	MOMENT_DISCOVERY, /* Ollama looked for GPUs */
	MOMENT_REQUEST,   /* the first one that a model had to answer */
	MOMENT_KINDS
};

const char *moment_kind_name(enum moment_kind k);  /* "gpu-ready", for JSON */
const char *moment_kind_title(enum moment_kind k); /* "GPU ready", for people */

struct moment {
	enum moment_kind kind;
	const char *who;  /* "22:00.0", "docker", a container's name; cleaned */
	const char *note; /* what came of it, "found GeForce RTX 3060 (CUDA)"; "": nothing to say */
	uint64_t usec;    /* when it began */
	uint64_t done_usec;   /* when it stood; of an instant the same */
	uint64_t within_usec; /* both may be so much earlier or later */
	const char *from;     /* "kernel-log:boot" */
	bool needs_gpu;
	bool has_gpu;   /* of one that looked: it found a GPU that it computes on */
	bool lasts;     /* it is still there */
	unsigned depth; /* 0; 1: inside of Docker or a service; 2: inside of a container */
};

/* What should have a time, and why it has none. */
struct moment_missing {
	enum moment_kind kind;
	const char *who; /* as above, may be "" */
	const char *why; /* one clause, cleaned */
};

/* Who began before what it needed. */
struct race {
	const struct moment *early;
	const struct moment *needed; /* the MOMENT_GPU that came too late for it */
	uint64_t by_usec;
	uint64_t within_usec; /* of both; always less than by_usec */
	bool all_the_same;    /* it found a GPU when it looked for one later */
};

enum { MOMENTS_MAX = 192, MOMENTS_MISSING_MAX = 64 };

struct timeline {
	struct moment *moment; /* at most MOMENTS_MAX; in order of time once finished */
	size_t moment_count;
	uint64_t left_out; /* moments that there was no room for, or that nobody would look at */
	struct moment_missing *missing;
	size_t missing_count;
	struct race *race;
	size_t race_count;
};

/* Both copy what they are given; the texts stay the caller's. Into the arena that t lives in. */
void timeline_add(struct timeline *t, struct arena *a, const struct moment *m);
void timeline_miss(struct timeline *t, struct arena *a, enum moment_kind kind, const char *who,
		   const char *why);

/* Puts the moments in order and finds the races. Nothing may be added after it. */
void timeline_finish(struct timeline *t, struct arena *a);

/* The first moment of that kind, or NULL. */
const struct moment *timeline_first(const struct timeline *t, enum moment_kind kind);
/* The race that a moment is the early one of, or NULL. */
const struct race *timeline_race_of(const struct timeline *t, const struct moment *m);
/*
 * Whether it can be told that nothing came too early: it is known when the GPU was ready, and
 * somebody who needs it has a time.
 */
bool timeline_can_tell(const struct timeline *t);

/*
 * A clock of the wall held against time since the boot: pairs of the same moment on both. The
 * nearest one counts, since the wall's clock is set while machines boot, and stands on through
 * sleep, in which the other one waits.
 */
struct wall_pair {
	uint64_t wall_usec, boot_usec;
};
enum { WALL_PAIRS_MAX = 16 };
struct wall_clock {
	struct wall_pair pair[WALL_PAIRS_MAX];
	size_t pair_count;
	struct maybe_u64 boot_usec; /* wall clock of the boot, cut to a second; where no pair is */
};

void wall_clock_add(struct wall_clock *c, uint64_t wall_usec, uint64_t boot_usec);
/*
 * Time since the boot, and how far it may be off. False: not of this boot, or there is nothing to
 * tell it by.
 */
bool wall_clock_since_boot(const struct wall_clock *c, uint64_t wall_usec, uint64_t *ret_usec,
			   uint64_t *ret_within_usec);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "guard/step.h"

/*
 * A machine for the guard to live on, with a clock of its own: a GPU that arrives when it wants,
 * containers that want it, and faults. It behaves as the engine and Ollama do: what a container
 * got of the GPU is settled when it starts, Ollama looks for devices once, and neither notices
 * anything later. Times are usec since the boot.
 */
enum { BOXES_MAX = 4, HAPPENINGS_MAX = 64 };

enum box_state { BOX_DOWN, BOX_FAILED, BOX_UP };
struct box {
	enum box_state state;
	bool by_user;       /* a person stopped it */
	bool has_nodes;     /* it got the GPU when it started, and nobody took it away */
	bool has_cuda;      /* what it found */
	int64_t found_usec; /* when it has looked for devices */
	int64_t silent_since_usec;
};

enum happening {
	HAPPENS_GPU,   /* it is on the bus */
	HAPPENS_READY, /* and computes */
	HAPPENS_UNPLUG,
	HAPPENS_LOST,   /* Xid 79: until the next boot */
	HAPPENS_RELOAD, /* systemctl daemon-reload */
	HAPPENS_DOCKER, /* the engine restarts */
	HAPPENS_START,  /* box n is started at boot */
	HAPPENS_USER_STOP,
	HAPPENS_USER_START,
	HAPPENS_HANG,
	HAPPENS_UNHANG, /* looks do not come to an end */
	HAPPENS_NOISE,  /* events that mean nothing */
	HAPPENS_PAUSE,
	HAPPENS_RESUME,
};

struct world_kind {
	bool with_ready; /* containers start after egpu-ready.service */
	bool calm;       /* no faults */
	bool one;        /* one container */
};

struct world {
	uint64_t seed, random;
	struct world_kind kind;
	bool acts_fail; /* some do */
	int64_t now;
	enum sight_gpu gpu;
	bool hangs, was_here, paused;
	struct box box[BOXES_MAX];
	unsigned box_count;
	struct {
		enum happening what;
		int64_t usec;
		unsigned box;
	} happening[HAPPENINGS_MAX];
	size_t happening_count, next;
	int faults;

	struct guard guard;
	struct want_guard want;
	int64_t guard_from_usec, look_until_usec, act_until_usec; /* 0: none under way */
	struct sight sight;                                       /* of the look under way */
	struct guard_order order;                                 /* of the act under way */
	bool blind;

	/* What it came to. */
	int64_t silent_usec, longest_usec;
	unsigned acts, wrong, looks;
	const char *wrong_why;
};

/* One boot, from that seed, until nothing happens any more. */
void world_live(struct world *w, uint64_t seed, struct world_kind kind);
uint64_t world_random(uint64_t *state, uint64_t below);

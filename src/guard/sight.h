/* SPDX-License-Identifier: MIT */
#pragma once

#include "rules/chain.h"

/*
 * What the guard needs of one look, and no more: it is made in the process that looked, and sent
 * to the guard as it lies in memory. So it points nowhere and has bounds; texts are clean.
 */
enum {
	SIGHT_NAME = 64,
	SIGHT_KEY = SIGHT_NAME + 8, /* guard_key(): a name and what is done to it */
	SIGHT_ID = 65,
	SIGHT_TEXT = 256,
	WORKERS_MAX = 48,
	TROUBLES_MAX = 32,
};

enum sight_gpu {
	GPU_UNSURE, /* what is known does not tell */
	GPU_ABSENT, /* not on the bus */
	GPU_COMING, /* on the bus, and does not compute yet */
	GPU_READY,  /* CUDA starts */
	GPU_LOST,   /* nobody may touch the driver: fallen off, or it hangs */
};
const char *sight_gpu_name(enum sight_gpu g); /* "ready" */

/* Whether a worker computes on the GPU. */
enum works {
	WORKS_UNSURE,
	WORKS_NOT,
	WORKS, /* its nodes open, and where it is an Ollama, it found CUDA */
};

/* A container that asks for the GPU, or Ollama as a service of the host. */
struct worker {
	char id[SIGHT_ID];     /* of a container; "" of a service */
	char name[SIGHT_NAME]; /* as findings name it */
	bool runs;
	bool failed; /* the engine could not start it, for want of the GPU as far as it says */
	enum works works;
	unsigned rank; /* who must run before it has a lower one */
};

/* A finding that is no consequence of another one. */
struct trouble {
	char cause[SIGHT_NAME];
	char subject[SIGHT_NAME]; /* whom the guard would do something to; "": the host */
	char text[SIGHT_TEXT];
	bool broken; /* else a warning */
	/* Of what a log tells: which line it is, so that it is known again. 0: a state. */
	uint64_t stamp;
};

struct sight {
	enum sight_gpu gpu;
	char gpu_why[SIGHT_TEXT]; /* of one that is lost */
	bool gate_open;
	bool workers_known; /* the engine answered */
	struct worker worker[WORKERS_MAX];
	size_t worker_count;
	struct trouble trouble[TROUBLES_MAX]; /* in the order of the chain, the root first */
	size_t trouble_count;
};

/* Pure; *ret needs not be zeroed. */
void sight_of(const struct facts *f, const struct report *r, struct sight *ret);

const struct worker *sight_worker(const struct sight *s, const char *name); /* NULL: none */
/* The first with that cause and subject. */
const struct trouble *sight_trouble(const struct sight *s, const char *cause, const char *subject);
/* Whether the two differ in what the guard would decide on. */
bool sight_same(const struct sight *a, const struct sight *b);

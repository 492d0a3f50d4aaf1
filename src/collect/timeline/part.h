/* SPDX-License-Identifier: MIT */
#pragma once

#include "collect/timeline/timeline.h"

/* A timeline that is being put together. */
struct timing {
	const struct facts *f;
	struct host *h;
	struct arena *arena;
	struct timeline *t;
	struct wall_clock clock;
};

/* Each adds its moments, or why there are none. Units first: they tell the clock. */
void timing_units(struct timing *s);
void timing_kernel(
    struct timing *s); /* the kernel log and what the driver's collector read in it */
void timing_devices(struct timing *s); /* boltd, device nodes */
void timing_containers(struct timing *s);
void timing_server(struct timing *s); /* ollama.service's log */

/* What the log of an Ollama server says: asked, read and added, for one that is called `who`. */
void timing_log(struct timing *s, enum source source, const char *question, const char *who,
		unsigned depth);

/*
 * Adds m, whose times are the wall's, cut to a multiple of `cut_usec` (0: exact). False: nothing
 * was added, since they are not of this boot, or cannot be told.
 */
bool timing_add_wall(struct timing *s, struct moment m, uint64_t cut_usec);
/* Why timing_add_wall() said no. */
const char *timing_no_clock(const struct timing *s);
void timing_miss(struct timing *s, enum moment_kind kind, const char *who, const char *why);

/* What an Ollama server's log says of times; wall clock, 0: it does not say. */
struct ollama_times {
	uint64_t looks_usec, found_usec; /* its search for GPUs: first line, result */
	uint64_t answered_usec,
	    answering_usec; /* the first request for a model: when done, how long */
	uint64_t status;    /* of that answer, as HTTP has it */
};

/*
 * Lines as `docker logs -t` and the journal give them, oldest first; what stands above the last
 * "server config" is of a run before. gin's lines tell when an answer was given, and how long it
 * took.
 */
struct ollama_times ollama_times_parse(struct arena *a, struct bytes text);

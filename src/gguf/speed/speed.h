/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/size/size.h"

/*
 * How fast: a token reads all weights that it uses once, so the memory that holds them is the
 * bound; a prompt is bound by arithmetic, or, where weights are streamed, by the link. The
 * constants were fitted to what others measured; tests/speed holds them against it. Pure.
 */

/* A graphics card, as its maker says: one line of the table in cards.c. */
struct card {
	const char *name; /* "RTX 3060 12GB", without "NVIDIA GeForce" */
	uint32_t vram_mib;
	double memory_gb_s;  /* 360, in 10^9 bytes/s */
	double fp16_tflops;  /* dense, of the tensor cores; without any, FP32 of the shaders */
	uint32_t capability; /* 86 is 8.6 */
	uint32_t sm_count;
};

/*
 * By name in any of its spellings: "RTX 3060", "NVIDIA GeForce RTX 3060", "rtx3060". Of several
 * memory sizes the one nearest to vram_mib, the larger where that is 0. NULL: not in the table.
 */
const struct card *card_find(const char *name, uint64_t vram_mib);
const struct card *card_at(size_t i); /* NULL behind the last */
/* What a CUDA process takes on it beside its buffers. NULL: of a card that is not known. */
struct span card_overhead(const struct card *c);

/*
 * What joins the card and the host: one line of the table in links.c. Beside those that people
 * name there is one for each "xLANES-genGENERATION" of 1, 4, 8, 16 lanes and generations 1 to 5
 * that is met with.
 */
struct link {
	const char *name;                                      /* "tb4", as --link takes it */
	const char *title;                                     /* "Thunderbolt 4" */
	double to_gpu_gb_s, to_gpu_low_gb_s, to_gpu_high_gb_s; /* 10^9 bytes/s, pinned, measured */
	double token_usec;  /* what each token waits for it longer than for a x16 slot */
	const char *source; /* where it was measured, or from what it is reckoned */
};
const struct link *link_find(const char *name); /* NULL: none of that name */
const struct link *link_at(size_t i);

struct rig_gpu {
	const char *name;        /* for people */
	const struct card *card; /* NULL: not in the table */
	double memory_gb_s;      /* of the card, or as the user says; 0: not known */
};

/* All that speed depends on beside the model and its place. */
struct rig {
	struct rig_gpu gpu[GPUS_MAX];
	uint32_t gpu_count;
	const struct link *link; /* never NULL */
	double link_gb_s;        /* measured here; 0: the link's own figure */
	double ram_gb_s;  /* in theory, of all channels; 0: not known, a usual one is taken */
	double disk_gb_s; /* 0: not known */
};

struct range {
	double low, likely, high;
};

enum bound {
	BOUND_GPU_MEMORY,
	BOUND_RAM,
	BOUND_LINK,
	BOUND_GPU_ARITHMETIC,
	BOUND_CPU_ARITHMETIC,
	BOUND_LATENCY, /* a fixed time a token is most of it */
	BOUND_DISK,
};
/* "the GPU's memory", "system RAM", "the link": after "bounded by" */
const char *bound_name(enum bound b);

struct pace {
	struct range value; /* tokens/s, or seconds */
	enum bound bound;
};

struct speed {
	struct pace token;  /* tokens/s of one sequence, with `depth` tokens before it */
	struct pace prompt; /* tokens/s of a prompt of one or more whole batches */
	struct pace load;   /* seconds until the weights are on the GPU */
	bool sure;          /* all that it rests on is known: card, RAM where it matters */
	struct names notes;
};

/*
 * depth: tokens of context already read. Of a card that is not in the table nothing is said but
 * what its bandwidth allows; what is not said is 0 in all three of a range, with a note. A range
 * also spans what is not known: RAM, disk, and the build. What is not said of the build is taken
 * to be between those of 2024 and today's, which differ by half in prompts.
 */
void speed_of(struct arena *a, const struct model *m, const struct settings *s,
	      const struct size *z, const struct rig *rig, uint32_t depth, struct speed *ret);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/*
 * What stands between a GPU that computes and a cable that may be pulled: who has it open, which
 * modules drive it, and what else goes with the cable.
 */

/* A process that has nodes of the chosen GPU, or of the driver, open. */
struct gpu_holder {
	uint64_t pid, start_ticks; /* clock ticks from the boot to its start */
	const char *name;          /* as the kernel has it: 15 bytes at most, one word */
	struct names nodes;        /* below /dev: "nvidia0", "dri/card1" */
	const char *container;     /* the id (64 digits) that its cgroup names; "" */
	const char *unit;          /* the system's service that it belongs to; "" */
};

/* A line of /proc/modules. proc_modules(5). */
struct kernel_module {
	const char *name;
	uint64_t users;       /* modules and open files */
	struct names used_by; /* modules */
};

/* A device that is neither the GPU nor a bridge. */
struct neighbour {
	const char *bdf;
	struct maybe_u64 class; /* 24 bits, as the PCI header has it */
	struct maybe_text driver;
};

struct release {
	enum know holders_know; /* DENIED: only root sees all; ABSENT: a recording without it */
	struct gpu_holder *holder;
	size_t holder_count;

	enum know modules_know;
	struct kernel_module *module;
	size_t module_count;
	/* flag, of nvidia_drm: it holds every GPU of the driver while it is loaded */
	struct maybe_u64 drm_modeset;
	struct names drm; /* nodes of a display that are the chosen GPU's: "card1" */

	enum know devices_know;
	struct names devices;   /* BDFs of all on the PCI bus */
	struct names functions; /* those of the chosen GPU, itself too, the highest first */
	enum know neighbours_know;
	/* behind the chosen GPU's enclosure, or its own port; without a GPU all that is not built
	 * in */
	struct neighbour *neighbour;
	size_t neighbour_count;
};

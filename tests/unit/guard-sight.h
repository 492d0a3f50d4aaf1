/* SPDX-License-Identifier: MIT */
#pragma once

#include "guard/sight.h"

#include "tap.h"

/* A host on which all is well, for tests of what the guard is told of it. */
static struct arena arena;
static struct pci_gpu gpu = { .bdf = "0000:22:00.0",
			      .name = "GA106 [GeForce RTX 3060]",
			      .config_answers = { KNOWN, 1, "x" } };
static struct sight sight;

/* Bound, asked, answered. */
static inline struct facts healthy(void)
{
	return (struct facts){ .arena = &arena,
			       .pci = { .know = KNOWN, .chosen = &gpu },
			       .driver = { .gpu_driver = { KNOWN, "nvidia", "x" } },
			       .gate = { .open = true, .why = "" },
			       .nvml = { .end = PROBE_ANSWERED },
			       .cuda = { .end = PROBE_ANSWERED, .result = { KNOWN, 0, "x" } },
			       .docker = { .know = KNOWN, .containers_know = KNOWN } };
}

static struct node_access opens[] = { { "/dev/nvidia0", { KNOWN, "ok", "x" } },
				      { "/dev/nvidiactl", { KNOWN, "ok", "x" } } };

static inline struct container box(const char *name, struct node_access *n, size_t count)
{
	return (struct container){ .id = "abc",
				   .name = name,
				   .state = "running",
				   .pid = 42,
				   .error = "",
				   .asks = ASK_DEVICE_REQUEST,
				   .node = n,
				   .node_count = count };
}

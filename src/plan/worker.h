/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"

/*
 * What is done to one who computes on the GPU: a container, or Ollama's own unit. All are safe
 * unattended: the container stays as it was made, its volumes too.
 */
enum worker_deed {
	WORKER_STOP,
	WORKER_START,
	WORKER_RESTART,
	/*
	 * By its compose project, from the files that it was made from. One that was made
	 * otherwise, or that would lose what was written in it, is restarted.
	 */
	WORKER_RECREATE,
};

/* stop_sec: before it is killed. A name that was not seen is a refusal. */
struct plan *plan_worker(struct arena *a, const struct facts *f, struct host *h, const char *name,
			 enum worker_deed d, unsigned stop_sec);

/*
 * The GPU reset by the driver (`nvidia-smi --gpu-reset`), which wants nobody to use it: running
 * containers that ask for it and persistenced are stopped before and started after.
 */
struct plan *plan_reset(struct arena *a, const struct facts *f, struct host *h, unsigned stop_sec);

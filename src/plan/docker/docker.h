/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"

/* The parts of the theme `runtime`, and what the theme `stack` takes from it. */

enum gpu_way {
	WAY_NONE,    /* nothing hands out the GPU, and nothing is planned to */
	WAY_TOOLKIT, /* the runtime nvidia, or the toolkit's hook behind --gpus */
	WAY_CDI,     /* a CDI specification, which the engine reads itself */
};

/*
 * How the engine will hand out the GPU when the plan is done: the way that works now is
 * kept, unless another one is wanted. WAY_NONE: *ret_why is one clause, "" where there is
 * nothing to say.
 */
enum gpu_way docker_way(const struct planner *p, const char **ret_why);

/* NVIDIA's toolkit is installed, or the plan so far installs it. */
bool toolkit_comes(const struct planner *p);
/* Its nvidia-ctk by its path; "" where the toolkit that is there has none. */
const char *toolkit_ctk(const struct planner *p);
/* The driver is loaded and did not lose the GPU, so a container can have it now. */
bool gpu_is_ready(const struct facts *f);
/* The specification is there and is this host's, as far as that is known. */
bool cdi_is_fresh(const struct facts *f);
/* A container asks by a request only, and runs: so the engine has a way to serve it. */
bool request_works(const struct docker *d);
/* daemon.json: each changes the file only; daemon_restart() brings it into force. */
void daemon_set_runtime(struct planner *p);
void daemon_set_cdi(struct planner *p);
void daemon_set_cgroupfs(struct planner *p);
/* Checks the file and restarts the engine, where the file changes or is not in force. */
void daemon_restart(struct planner *p);

/* A fresh specification, and whoever renews it. */
void plan_cdi(struct planner *p);
/* Against devices that get lost at daemon-reload. */
void plan_reload(struct planner *p, enum gpu_way way);

/* The words of a command that takes a step back. */
void step_undo(struct planner *p, struct step *s, const char *const *argv);

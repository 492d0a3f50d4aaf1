/* SPDX-License-Identifier: MIT */
#pragma once

#include "rules/verdict.h"

/* Parts of the rule of the driver. All of them want a chosen GPU. */

const char *driver_gpu(const struct facts *f); /* the GPU's short BDF: "22:00.0" */

/* True: nvidia drives the GPU. */
bool driver_judge_bound(const struct facts *f, struct verdict *v);
/*
 * The open kernel modules begin with Turing; from Blackwell on there are no others.
 * True: the loaded ones are not for this GPU.
 */
bool driver_judge_flavour(const struct facts *f, struct verdict *v);
/* Where a setting stands: "/etc/modprobe.d/local.conf", "the kernel command line". */
const char *driver_place(struct arena *a, struct maybe_text said);
/* "the kernel command line", "/etc/modprobe.d/local.conf, line 3" */
const char *driver_place_and_line(struct arena *a, struct maybe_text said);
/* A module that is not loaded, and what forbids it: KNOWN. */
void driver_judge_forbidden(struct verdict *v, struct maybe_text by, const char *module);

/* nvidia_uvm, and the nodes that every CUDA program opens. */
void driver_judge_reach(const struct facts *f, struct verdict *v);
bool driver_cuda_starts(const struct facts *f);

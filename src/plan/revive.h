/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"

/*
 * Once the GPU is there: nvidia-persistenced and nvidia-cdi-refresh that failed for want of it, at
 * last for having been started too often, are allowed anew and started. Each is two steps, of
 * which none waits: the units may be ordered after the one that asks (egpu-ready.service), and
 * would wait for it. Facts of services; a unit in any other state, or of which nothing is known, is
 * left alone, as is all where `[driver] persistence` is not to be touched.
 */
void plan_revive(struct planner *p);

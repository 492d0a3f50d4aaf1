/* SPDX-License-Identifier: MIT */
#pragma once

#include "cmd/cmd.h"

/*
 * Starts anew the units that failed while there was no GPU (plan/revive.h), a line on stdout for
 * each, or none where `quiet`. What goes wrong is said on stderr: the GPU is ready all the same.
 */
void wait_revive(struct env *env, struct arena *a, bool quiet);

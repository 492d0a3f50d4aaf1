/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/arena.h"

/*
 * Where the person wants the container engine to be: `option` (--docker; may be
 * NULL), DOCKER_HOST, or the current context of Docker's client where that is a
 * local one, read below root (O_PATH). NULL: they do not say. In the arena, or
 * of the environment.
 */
const char *docker_url_wanted(const char *option, int root, struct arena *a);

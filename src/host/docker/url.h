/* SPDX-License-Identifier: MIT */
#pragma once

#include "host/sources.h"

/*
 * Where the person wants the container engine to be: --docker, DOCKER_HOST, or
 * the current context of Docker's client where that is a local one. NULL: they
 * do not say. In the arena, or of the environment.
 */
const char *docker_url_wanted(struct live *l, struct arena *a);

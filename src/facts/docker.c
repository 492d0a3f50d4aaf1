/* SPDX-License-Identifier: MIT */
#include "facts/docker.h"

const struct shape shape_docker = { 0 };

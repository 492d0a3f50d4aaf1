/* SPDX-License-Identifier: MIT */
#include "facts/thunderbolt.h"

const struct shape shape_thunderbolt = { 0 };

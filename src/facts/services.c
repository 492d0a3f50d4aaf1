/* SPDX-License-Identifier: MIT */
#include "facts/services.h"

const struct shape shape_services = { 0 };

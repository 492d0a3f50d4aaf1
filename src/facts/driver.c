/* SPDX-License-Identifier: MIT */
#include "facts/driver.h"

const struct shape shape_driver = { 0 };

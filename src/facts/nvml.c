/* SPDX-License-Identifier: MIT */
#include "facts/nvml.h"

const struct shape shape_nvml = { 0 };
const struct shape shape_cuda = { 0 };

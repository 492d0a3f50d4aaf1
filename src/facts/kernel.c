/* SPDX-License-Identifier: MIT */
#include "facts/kernel.h"

const struct shape shape_kernel = { 0 };
const struct shape shape_initramfs = { 0 };

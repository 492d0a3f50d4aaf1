/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/str.h"

enum { BDF_BYTES = 16 };

/*
 * The first PCI address in the text, as "0000:22:00.0", from "0000:22:00.0",
 * "0000:22:00" (the driver leaves the function out), "00000000:22:00.0"
 * (nvidia-smi) or "22:00.0". False: there is none.
 */
bool bdf_in(struct bytes text, char ret[BDF_BYTES]);
/* "0000:22:00.1" and "0000:22:00.0" are one device. */
bool bdf_same_device(const char *a, const char *b);

/* SPDX-License-Identifier: MIT */
#include "facts/pci.h"

const struct shape shape_pci = { 0 };

/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/str.h"

/*
 * A kernel command line. Parameters are separated by blanks; double quotes
 * keep blanks together and are taken off. '-' and '_' are the same in names.
 * Kernel: Documentation/admin-guide/kernel-parameters.rst.
 */
enum { CMDLINE_PARAMETERS_MAX = 512 };

/* At most CMDLINE_PARAMETERS_MAX, in their order; what follows "--" is for init and left out. */
struct names cmdline_split(struct arena *a, const char *cmdline);

/* Value of the last NAME=value; "" for NAME alone; NULL where there is none. */
const char *cmdline_value(struct arena *a, const char *cmdline, const char *name);

/*
 * What of the parameters that concern an external GPU (nvidia, nouveau, pci,
 * thunderbolt, iommu, vfio, module blacklists) one line has and the other has
 * not, whatever their order.
 */
struct names cmdline_missing(struct arena *a, const char *here, const char *there);

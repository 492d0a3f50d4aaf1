/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"
#include "host/host.h"

/*
 * A link's speed in thousandths of its unit: "20.0 Gb/s" is 20000 of "Gb/s",
 * "2.5 GT/s PCIe" is 2500 of "GT/s". "Unknown", which the kernel writes of a
 * link that is down, is UNREADABLE.
 */
struct maybe_u64 sysfs_rate(struct host *h, struct arena *a, const char *dev, const char *attr,
			    const char *unit);

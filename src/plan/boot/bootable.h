/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"

/*
 * Would a boot entry start? Boot loader specification, type 1: what it names lies on its own
 * partition. Asked before an entry is changed, and after.
 */

/* A file that the entry at that path names and that is not there; NULL: all are. */
const char *bootable_missing(struct arena *a, struct host *h, const char *path, struct bytes text);

/* Of the entries that the plan changed, as they stand now: "ENTRY names FILE, ...", or NULL. */
const char *bootable_trouble(struct arena *a, struct host *h, const struct plan *p);

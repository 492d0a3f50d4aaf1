/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"
#include "host/host.h"

/* What keeps modules that are not loaded from being loaded. The loaded ones are known by now. */
void collect_forbidden(struct facts *f, struct host *h);

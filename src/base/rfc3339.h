/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/str.h"

/*
 * Times as Go's time.RFC3339Nano writes them, "2024-05-01T10:00:00.25Z" or
 * "...+02:00", since 1970 and in UTC. False: no such time, or not between 1970
 * and 2261.
 */
bool rfc3339_nsec(struct bytes text, int64_t *ret_nsec);
/* The same in microseconds; the zero time of Go ("0001-01-01...") is none. */
bool rfc3339_usec(const char *text, uint64_t *ret_usec);

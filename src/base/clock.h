/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_usec_of(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* The wall's clock: microseconds since 1970, which may jump. */
static inline uint64_t clock_wall_usec(void)
{
	return clock_usec_of(CLOCK_REALTIME);
}

/* The clock of every deadline: microseconds that only go up (CLOCK_MONOTONIC). */
static inline uint64_t clock_usec(void)
{
	return clock_usec_of(CLOCK_MONOTONIC);
}

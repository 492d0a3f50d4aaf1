/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * Sums and products that stop at the top instead of wrapping: a header may claim any number, and a
 * size that wrapped would say that the largest of all models fits.
 */
static inline uint64_t sat_add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static inline uint64_t sat_mul(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static inline uint64_t sat_mul3(uint64_t a, uint64_t b, uint64_t c)
{
	return sat_mul(sat_mul(a, b), c);
}

static inline uint64_t sat_sub(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* Up to a multiple of to. */
static inline uint64_t sat_pad(uint64_t n, uint64_t to)
{
	return n > UINT64_MAX - (to - 1) ? UINT64_MAX / to * to : (n + to - 1) / to * to;
}

static inline uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

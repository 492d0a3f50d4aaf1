/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

enum { EACH_THREADS_MAX = 8 };

/*
 * one(data, i) for each i below count, in any order and at once on as many CPUs as this process may
 * use; back when all are done. Where no thread can be had, the caller's own does it all.
 */
void each_do(size_t count, void (*one)(void *data, size_t i), void *data);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"

/* As err_set(), where strerror() would explain nothing ("Stale file handle"). */
int refuse(struct err *e, int code, const char *fmt, ...) PRINTF(3, 4);

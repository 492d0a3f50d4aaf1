/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/str.h"

enum {
	KLOG_HEAD_BYTES = 1 << 20, /* what is kept of a log that is too long: its beginning, */
	KLOG_TAIL_BYTES = 3 << 20, /* and its end */
};

/*
 * Takes syslog(2)'s "<6>" and the caller ("[    T0]", CONFIG_PRINTK_CALLER) off
 * every line, in place; "[    1.234567] text" is left. Returns the new size.
 */
size_t klog_strip(char *text, size_t size);
/* Drops whole lines out of the middle of what is longer than head + tail, in place. */
size_t klog_bound(char *text, size_t size, size_t head, size_t tail);

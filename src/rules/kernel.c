/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_kernel = {
	.id = "kernel",
	.asks = "Does this kernel, and the one of the next boot, have the driver?",
	.needs = { NULL },
	.judge = judge,
};

/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_runtime = {
	.id = "runtime",
	.asks = "Can the container engine hand out the GPU, and keep it handed out?",
	.needs = { NULL },
	.judge = judge,
};

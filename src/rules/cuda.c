/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_cuda = {
	.id = "cuda",
	.asks = "Can CUDA compute?",
	.needs = { "nvml" },
	.judge = judge,
};

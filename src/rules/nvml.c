/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_nvml = {
	.id = "nvml",
	.asks = "Does the driver answer, and is the GPU well?",
	.needs = { "driver" },
	.judge = judge,
};

/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_workload = {
	.id = "workload",
	.asks = "Can each container that wants the GPU open it now?",
	.needs = { "runtime", "cuda" },
	.judge = judge,
};

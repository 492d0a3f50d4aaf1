/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_persistence = {
	.id = "persistence",
	.asks = "Is the driver kept awake, and safe over suspend?",
	.needs = { "driver" },
	.judge = judge,
};

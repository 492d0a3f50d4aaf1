/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_driver = {
	.id = "driver",
	.asks = "Is the NVIDIA driver bound, whole and quiet?",
	.needs = { "pci", "kernel" },
	.judge = judge,
};

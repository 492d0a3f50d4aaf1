/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_initramfs = {
	.id = "initramfs",
	.asks = "Do the early images carry what they should?",
	.needs = { NULL },
	.judge = judge,
};

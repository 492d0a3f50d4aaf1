/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_exposure = {
	.id = "exposure",
	.asks = "Who can reach these services and this machine's memory?",
	.needs = { NULL },
	.judge = judge,
};

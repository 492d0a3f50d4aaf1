/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_controller = {
	.id = "controller",
	.asks =
	    "Is there a Thunderbolt or USB4 controller with a driver, and does it protect memory?",
	.needs = { NULL },
	.judge = judge,
};

/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_enclosure = {
	.id = "enclosure",
	.asks = "Is the enclosure connected, authorised and at full speed?",
	.needs = { "controller" },
	.judge = judge,
};

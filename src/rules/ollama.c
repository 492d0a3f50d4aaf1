/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_ollama = {
	.id = "ollama",
	.asks = "Does Ollama compute on the GPU?",
	.needs = { "workload" },
	.judge = judge,
};

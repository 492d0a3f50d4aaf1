/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

static void judge(const struct facts *f, struct verdict *v)
{
	(void)f;
	found_skipped(v, "not judged yet");
}

const struct link link_pci = {
	.id = "pci",
	.asks = "Is the GPU on the PCI bus, with its BARs and its link?",
	.needs = { "enclosure" },
	.judge = judge,
};

/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

void collect_nvml(struct facts *f, struct host *h)
{
	(void)f;
	(void)h;
}

void collect_cuda(struct facts *f, struct host *h)
{
	(void)f;
	(void)h;
}

/* SPDX-License-Identifier: MIT */
#pragma once

#include "collect/collect.h"

/*
 * A host of which nothing is known but what the probe child says: an answer,
 * or a negative errno. Both sources are answered from it.
 */
struct probe_host {
	struct host host;
	struct bytes nvml, cuda;
	int nvml_errno, cuda_errno;
	unsigned asked;
};

static int probe_host_ask(struct host *h, struct arena *a, enum source who, const char *question,
			  struct bytes *ret, struct err *e)
{
	(void)a;
	struct probe_host *p = (struct probe_host *)h;
	int r = who == SOURCE_NVML ? p->nvml_errno : p->cuda_errno;

	p->asked++;
	if (r < 0)
		return err_set(e, r, "%s:%s", source_name(who), question);
	*ret = who == SOURCE_NVML ? p->nvml : p->cuda;
	return 0;
}

static const struct host_ops probe_host_ops = { .ask = probe_host_ask };

/* Both collectors, behind an open gate. */
static inline struct facts *probe_host_facts(struct probe_host *p, struct arena *a)
{
	struct facts *f = arena_alloc(a, sizeof(*f));

	p->host = (struct host){ .ops = &probe_host_ops, .name = "a test" };
	f->arena = a;
	f->gate = (struct gate){ .open = true, .why = "" };
	collect_nvml(f, &p->host);
	collect_cuda(f, &p->host);
	return f;
}

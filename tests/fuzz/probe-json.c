/* SPDX-License-Identifier: MIT */
/* Both answers of the probe child, and what the rules make of them. */
#include "probe-host.h"
#include "rules/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	struct bytes b = { str_ndup(&arena, (const char *)p, n), n };
	struct probe_host host = { .nvml = b, .cuda = b };
	struct facts *f = probe_host_facts(&host, &arena);
	struct verdict *v = arena_alloc(&arena, sizeof(*v));
	const struct pci_gpu chosen = { .bdf = "0000:22:00.0" };

	f->pci.chosen = &chosen;
	v->arena = &arena;
	link_nvml.judge(f, v);
	link_cuda.judge(f, v);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * A host whose every file is the next piece of the input, pieces divided by
 * NUL: what sysfs says of Thunderbolt and PCI, down to the rules' findings.
 */
#include "collect/collect.h"
#include "input-host.h"
#include "rules/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct link *const link[] = { &link_controller, &link_enclosure, &link_pci };
	struct input_host in = { .host = { .ops = &input_ops },
				 .data = (const char *)p,
				 .size = n };
	ARENA arena = { 0 };
	struct facts f = { .arena = &arena, .want = { .gpu = "any" } };

	collect_thunderbolt(&f, &in.host);
	collect_pci(&f, &in.host);
	for (size_t i = 0; i < COUNT_OF(link); i++) {
		struct verdict *v = arena_alloc(&arena, sizeof(*v));
		v->arena = &arena;
		v->link = link[i]->id;
		link[i]->judge(&f, v);
		if (!v->count)
			__builtin_trap(); /* every link says something */
	}
	return 0;
}

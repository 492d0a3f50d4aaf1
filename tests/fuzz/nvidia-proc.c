/* SPDX-License-Identifier: MIT */
/* Every file that the driver and machine collectors read, all with the same text. */
#include <stdint.h>

#include "collect/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct bytes input;

static int text(struct host *h, struct arena *a, const char *path, struct bytes *ret, struct err *e)
{
	(void)h;
	(void)path;
	(void)e;
	/* Readers may count on the byte behind the end, as host.h says. */
	*ret = (struct bytes){ str_ndup(a, input.data, input.size), input.size };
	return 0;
}

static int is_node(struct host *h, struct arena *a, const char *path, struct host_stat *ret,
		   struct err *e)
{
	(void)h;
	(void)a;
	(void)path;
	(void)e;
	*ret = (struct host_stat){ .type = STAT_CHAR, .major = 195, .target = "" };
	return 0;
}

static const struct host_ops ops = { .read = text, .stat = is_node };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA a = { 0 };
	struct host h = { .ops = &ops, .name = "fuzz" };
	struct pci_hop hop = { .bdf = "0000:22:00.0", .driver = { KNOWN, "nvidia", "" } };
	struct pci_gpu gpu = { .bdf = "0000:22:00.0", .hop = &hop, .hop_count = 1 };
	struct facts f = { .arena = &a, .pci = { .know = KNOWN, .chosen = &gpu } };

	input = (struct bytes){ (const char *)p, n };
	collect_machine(&f, &h);
	collect_driver(&f, &h);
	if (f.driver.version.know == KNOWN && !*f.driver.version.v)
		__builtin_trap();
	return 0;
}

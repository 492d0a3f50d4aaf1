/* SPDX-License-Identifier: MIT */
/* The kernel log, the journal's copy of it and the list of stuck processes: one text as all three.
 */
#include <stdint.h>

#include "collect/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct bytes input;

static int nothing(struct host *h, struct arena *a, const char *path, struct bytes *ret,
		   struct err *e)
{
	(void)h;
	(void)a;
	(void)path;
	(void)ret;
	(void)e;
	return -2;
}

static int answer(struct host *h, struct arena *a, enum source who, const char *question,
		  struct bytes *ret, struct err *e)
{
	(void)h;
	(void)a;
	(void)question;
	(void)e;
	/* An odd length denies the ring buffer, so that the journal is read. */
	if (who == SOURCE_KERNEL_LOG && input.size % 2)
		return -1;
	*ret = input;
	return 0;
}

static const struct host_ops ops = { .read = nothing, .ask = answer };

static void look(struct pci_gpu *chosen)
{
	ARENA a = { 0 };
	struct host h = { .ops = &ops, .name = "fuzz" };
	struct facts f = { .arena = &a, .pci = { .know = KNOWN, .chosen = chosen } };

	collect_driver_log(&f, &h);
	if (f.driver.event_count > EVENTS_MAX)
		__builtin_trap();
	for (size_t i = 0; i < f.driver.event_count; i++)
		if (!f.driver.event[i].bdf || !f.driver.event[i].line)
			__builtin_trap();
	driver_down(&f.driver);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct pci_hop hop[] = { { .bdf = "0000:00:07.0" }, { .bdf = "0000:22:00.0" } };
	struct pci_gpu gpu = { .bdf = "0000:22:00.0", .hop = hop, .hop_count = 2 };

	input = (struct bytes){ (const char *)p, n };
	look(&gpu);
	look(NULL);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* The text that boltd and systemd are said to have sent: from a recording, so from anybody. */
#include <stdint.h>

#include "collect/collect.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct fuzz_host {
	struct host host;
	struct bytes answer;
};

static int same_answer(struct host *h, struct arena *a, enum source who, const char *question,
		       struct bytes *ret, struct err *e)
{
	(void)a;
	(void)who;
	(void)question;
	(void)e;
	*ret = ((struct fuzz_host *)h)->answer;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct host_ops ops = { .ask = same_answer };
	static const struct pci_gpu gpu = { .bdf = "0000:22:00.0" };
	ARENA arena = { 0 };
	struct facts *f = arena_alloc(&arena, sizeof(*f));
	struct fuzz_host h = { { .ops = &ops }, { str_ndup(&arena, (const char *)p, n), n } };

	f->arena = &arena;
	f->thunderbolt.know = KNOWN;
	f->pci.chosen = &gpu;
	collect_bolt(f, &h.host);
	collect_services(f, &h.host);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Files of boot loaders. The first byte chooses the loader (b loader entry, l limine.conf, else
 * refind_linux.conf), the second one the change.
 */
#include "change.h"
#include "edits.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int run_bls(struct edit *t, const void *change, struct err *e)
{
	return bls_edit(t, change, e);
}

static int run_limine(struct edit *t, const void *change, struct err *e)
{
	return limine_edit(t, NULL, change, e);
}

static int run_limine_some(struct edit *t, const void *change, struct err *e)
{
	return limine_edit(t, &(struct names){ (const char *[]){ "v" }, 1 }, change, e);
}

static int run_refind(struct edit *t, const void *change, struct err *e)
{
	return refind_edit(t, change, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	struct cmdline_change change = change_of(n > 1 ? p[1] : 0);
	struct edit t = { &arena, "FILE", text_of(&arena, p, n, 2) };
	struct edit again = t;

	if (!n || *p == 'b') {
		edit_twice(&t, run_bls, &change);
	} else if (*p == 'l') {
		edit_twice(&t, run_limine, &change);
		edit_twice(&again, run_limine_some, &change);
	} else {
		edit_twice(&t, run_refind, &change);
	}
	return 0;
}

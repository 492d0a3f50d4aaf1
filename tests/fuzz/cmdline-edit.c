/* SPDX-License-Identifier: MIT */
/* A kernel command line, and a file of them; the first byte chooses the change. */
#include "change.h"
#include "edits.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int run(struct edit *t, const void *change, struct err *e)
{
	return kernel_cmdline_edit(t, change, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	struct cmdline_change change = change_of(n ? *p : 0);
	struct bytes line = text_of(&arena, p, n, 1);
	struct bytes changed = cmdline_changed(&arena, line, &change);

	hold((changed.data == line.data) == equal(changed, line));
	hold(cmdline_changed(&arena, changed, &change).data == changed.data);
	edit_twice(&(struct edit){ &arena, "FILE", line }, run, &change);
	return 0;
}

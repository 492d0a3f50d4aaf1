/* SPDX-License-Identifier: MIT */
/* A file that a shell sources; the first byte chooses what is done to it. */
#include "format/shell-edit.h"

#include "edits.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int run(struct edit *t, const void *which, struct err *e)
{
	static const char *words[] = { "nvidia", "n-u;m" }, *sets[] = { "a=1" },
			  *adds[] = { "b=\"c d\"" };
	const struct names list = { words, 2 };
	const struct cmdline_change both = { .set = { sets, 1 }, .add = { adds, 1 } };
	const struct cmdline_change drop = { .drop = { sets, 1 } };

	switch (*(const uint8_t *)which % 6) {
	case 0:
		return shell_list_add(t, "MODULES", &list, e);
	case 1:
		return shell_list_remove(t, "MODULES", &list, e);
	case 2:
		return shell_set(t, "K", "a \"$b'", e);
	case 3:
		return shell_cmdline(t, "K", &both, e);
	case 4:
		return shell_cmdline(t, "K[x]", &both, e);
	}
	return shell_cmdline(t, "K", &drop, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	uint8_t which = n ? *p : 0;
	struct edit t = { &arena, "FILE", text_of(&arena, p, n, 1) };

	edit_twice(&t, run, &which);
	return 0;
}

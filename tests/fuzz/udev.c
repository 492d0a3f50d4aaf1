/* SPDX-License-Identifier: MIT */
/* A file of udev's rules: taken apart to its end, and what is taken holds no more than it did. */
#include "collect/udev.h"

#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct bytes input;

static int read_input(struct host *h, struct arena *a, const char *path, struct bytes *ret,
		      struct err *e)
{
	(void)h;
	(void)path;
	(void)e;
	*ret = (struct bytes){ str_ndup(a, input.data, input.size), input.size };
	return 0;
}

static int list_one(struct host *h, struct arena *a, const char *dir, struct names *ret,
		    struct err *e)
{
	(void)h;
	(void)e;
	if (!str_starts(dir, "/etc/"))
		return -ENOENT;
	*ret = str_split(a, "60-x.rules", " ", 1);
	return 0;
}

static bool none(const struct udev_part *p)
{
	if (!*p->key || !*p->op || strlen(p->value) > input.size)
		__builtin_trap();
	return udev_assigns(p) && strlen(p->op) > 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct host_ops ops = { .read = read_input, .list = list_one };
	struct host h = { .ops = &ops, .name = "fuzz" };
	ARENA a = { 0 };

	input = (struct bytes){ (const char *)p, n };
	if (!is_u64(udev_has(&a, &h, "", none), 0))
		__builtin_trap();
	return 0;
}

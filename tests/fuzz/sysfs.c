/* SPDX-License-Identifier: MIT */
/*
 * A host whose every file is the next piece of the input, pieces divided by
 * NUL: what sysfs says of Thunderbolt and PCI, down to the rules' findings.
 */
#include "collect/collect.h"
#include "rules/verdict.h"

#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct input_host {
	struct host host;
	const char *data;
	size_t size;
};

static struct bytes next_piece(struct arena *a, struct host *h)
{
	struct input_host *in = (struct input_host *)h;
	const char *end = in->size ? memchr(in->data, '\0', in->size) : NULL;
	size_t n = end ? (size_t)(end - in->data) : in->size;
	struct bytes b = { str_ndup(a, in->data, n), n };

	in->data += n + (end != NULL);
	in->size -= n + (end != NULL);
	return b;
}

static int input_read(struct host *h, struct arena *a, const char *path, struct bytes *ret,
		      struct err *e)
{
	(void)path;
	(void)e;
	if (!((struct input_host *)h)->size)
		return -ENOENT;
	*ret = next_piece(a, h);
	return 0;
}

static int input_list(struct host *h, struct arena *a, const char *dir, struct names *ret,
		      struct err *e)
{
	(void)dir;
	(void)e;
	*ret = str_split(a, next_piece(a, h).data, "\n", 8);
	return ret->count ? 0 : -ENOENT;
}

static int input_stat(struct host *h, struct arena *a, const char *path, struct host_stat *ret,
		      struct err *e)
{
	(void)path;
	(void)e;
	if (!((struct input_host *)h)->size)
		return -ENOENT;
	*ret = (struct host_stat){ .type = STAT_LINK, .target = next_piece(a, h).data };
	return 0;
}

static int input_ask(struct host *h, struct arena *a, enum source who, const char *question,
		     struct bytes *ret, struct err *e)
{
	(void)who;
	return input_read(h, a, question, ret, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct host_ops ops = { input_read, input_list, input_stat, input_ask, NULL };
	static const struct link *const link[] = { &link_controller, &link_enclosure, &link_pci };
	struct input_host in = { .host = { .ops = &ops }, .data = (const char *)p, .size = n };
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

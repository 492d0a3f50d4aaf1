/* SPDX-License-Identifier: MIT */
/* daemon.json, and the toolkit's config.toml from the same bytes. */
#include "docker-host.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	struct facts *f = arena_alloc(&arena, sizeof(*f));
	struct docker_host d = DOCKER_HOST({ "x", "" });
	struct host_ops ops = *d.host.ops;

	ops.read = read_input;
	ops.ask = docker_host_ask;
	d.host.ops = &ops;
	f->arena = &arena;
	input = (struct bytes){ (const char *)p, n };
	collect_docker(f, &d.host);
	return 0;
}

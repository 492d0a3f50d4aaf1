/* SPDX-License-Identifier: MIT */
/* A CDI specification, read as YAML and as JSON. */
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
	struct docker_host d = DOCKER_HOST({ "/etc/cdi/a.yaml", "" }, { "/etc/cdi/b.json", "" },
					   { "/dev/nvidia0", .major = 195 });
	struct host_ops ops = *d.host.ops;

	ops.read = read_input;
	d.host.ops = &ops;
	f->arena = &arena;
	input = (struct bytes){ (const char *)p, n };
	collect_cdi(f, &d.host);
	return 0;
}

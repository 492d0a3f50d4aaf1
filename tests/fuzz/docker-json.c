/* SPDX-License-Identifier: MIT */
/* The engine's answers: the same bytes as /info, /version, all containers and node access. */
#include "docker-host.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct bytes input;

static int ask(struct host *h, struct arena *a, enum source who, const char *question,
	       struct bytes *ret, struct err *e)
{
	(void)h;
	(void)who;
	(void)question;
	(void)e;
	*ret = (struct bytes){ str_ndup(a, input.data, input.size), input.size };
	return 0;
}

/* NULs cut the text short for some readers; both ways must be safe. */
static void look(struct host *h)
{
	ARENA arena = { 0 };
	struct facts *f = arena_alloc(&arena, sizeof(*f));

	f->arena = &arena;
	f->gate = (struct gate){ true, "" };
	collect_docker(f, h);
	f->docker.know = KNOWN;
	collect_containers(f, h);
	for (size_t i = 0; i < f->docker.container_count; i++) {
		f->docker.container[i].state = "running";
		f->docker.container[i].pid = 1;
		f->docker.container[i].asks = ASK_RUNTIME;
	}
	collect_container_nodes(f, h);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct docker_host d = DOCKER_HOST({ "x", "" });
	struct host_ops ops = *d.host.ops;

	ops.ask = ask;
	d.host.ops = &ops;
	input = (struct bytes){ (const char *)p, n };
	look(&d.host);
	return 0;
}

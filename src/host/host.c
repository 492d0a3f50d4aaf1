/* SPDX-License-Identifier: MIT */
#include "host/host.h"

#include <string.h>

#include "base/clock.h"

static const char *const names[SOURCE_COUNT + 1] = {
	[SOURCE_DOCKER] = "docker",       [SOURCE_BOLT] = "bolt",
	[SOURCE_SYSTEMD] = "systemd",     [SOURCE_NVML] = "nvml",
	[SOURCE_CUDA] = "cuda",           [SOURCE_KERNEL_LOG] = "kernel-log",
	[SOURCE_JOURNAL] = "journal",     [SOURCE_OLLAMA] = "ollama",
	[SOURCE_CONTAINER] = "container", [SOURCE_NAMES] = "names",
	[SOURCE_PROCESSES] = "processes", [SOURCE_COUNT] = "files",
};

const char *source_name(enum source who)
{
	return names[who];
}

enum source source_of_name(const char *name)
{
	enum source who = 0;
	while (who < SOURCE_COUNT && strcmp(names[who], name) != 0)
		who++;
	return who;
}

static int charge(struct host *h, enum source who, uint64_t since_usec, int r)
{
	h->cost[who].count++;
	h->cost[who].usec += clock_usec() - since_usec;
	return r;
}

int host_read(struct host *h, struct arena *a, const char *path, struct bytes *ret, struct err *e)
{
	uint64_t since = clock_usec();
	return charge(h, SOURCE_COUNT, since, h->ops->read(h, a, path, ret, e));
}

int host_list(struct host *h, struct arena *a, const char *dir, struct names *ret, struct err *e)
{
	uint64_t since = clock_usec();
	return charge(h, SOURCE_COUNT, since, h->ops->list(h, a, dir, ret, e));
}

int host_stat(struct host *h, struct arena *a, const char *path, struct host_stat *ret,
	      struct err *e)
{
	uint64_t since = clock_usec();
	return charge(h, SOURCE_COUNT, since, h->ops->stat(h, a, path, ret, e));
}

int host_ask(struct host *h, struct arena *a, enum source who, const char *question,
	     struct bytes *ret, struct err *e)
{
	uint64_t since = clock_usec();
	return charge(h, who, since, h->ops->ask(h, a, who, question, ret, e));
}

void host_expect(struct host *h, enum source who, const struct names *questions)
{
	uint64_t since = clock_usec();
	if (!h->ops->expect)
		return;
	h->ops->expect(h, who, questions);
	h->cost[who].usec += clock_usec() - since;
}

void host_close(struct host *h)
{
	if (h)
		h->ops->close(h);
}

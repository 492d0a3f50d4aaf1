/* SPDX-License-Identifier: MIT */
#include "host/host.h"

#include <string.h>
#include <time.h>

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

static uint64_t now_usec(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static int charge(struct host *h, enum source who, uint64_t since_usec, int r)
{
	h->cost[who].count++;
	h->cost[who].usec += now_usec() - since_usec;
	return r;
}

int host_read(struct host *h, struct arena *a, const char *path, struct bytes *ret, struct err *e)
{
	uint64_t since = now_usec();
	return charge(h, SOURCE_COUNT, since, h->ops->read(h, a, path, ret, e));
}

int host_list(struct host *h, struct arena *a, const char *dir, struct names *ret, struct err *e)
{
	uint64_t since = now_usec();
	return charge(h, SOURCE_COUNT, since, h->ops->list(h, a, dir, ret, e));
}

int host_stat(struct host *h, struct arena *a, const char *path, struct host_stat *ret,
	      struct err *e)
{
	uint64_t since = now_usec();
	return charge(h, SOURCE_COUNT, since, h->ops->stat(h, a, path, ret, e));
}

int host_ask(struct host *h, struct arena *a, enum source who, const char *question,
	     struct bytes *ret, struct err *e)
{
	uint64_t since = now_usec();
	return charge(h, who, since, h->ops->ask(h, a, who, question, ret, e));
}

void host_expect(struct host *h, enum source who, const char *question)
{
	uint64_t since = now_usec();
	if (!h->ops->expect)
		return;
	h->ops->expect(h, who, question);
	h->cost[who].usec += now_usec() - since;
}

void host_close(struct host *h)
{
	if (h)
		h->ops->close(h);
}

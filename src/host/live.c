/* SPDX-License-Identifier: MIT */
/* This machine: files below a root, and the services that run here. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/sources.h"
#include "host/tree.h"

static int live_read(struct host *h, struct arena *a, const char *path, struct bytes *ret,
		     struct err *e)
{
	return tree_read(((struct live *)h)->root, a, path, ret, e);
}

static int live_list(struct host *h, struct arena *a, const char *dir, struct names *ret,
		     struct err *e)
{
	return tree_list(((struct live *)h)->root, a, dir, ret, e);
}

static int live_stat(struct host *h, struct arena *a, const char *path, struct host_stat *ret,
		     struct err *e)
{
	return tree_stat(((struct live *)h)->root, a, path, ret, e);
}

static int live_ask(struct host *h, struct arena *a, enum source who, const char *question,
		    struct bytes *ret, struct err *e)
{
	static int (*const ask[SOURCE_COUNT])(struct live *, struct arena *, const char *,
					      struct bytes *, struct err *) = {
		[SOURCE_DOCKER] = docker_ask,       [SOURCE_BOLT] = bolt_ask,
		[SOURCE_SYSTEMD] = systemd_ask,     [SOURCE_NVML] = nvml_ask,
		[SOURCE_CUDA] = cuda_ask,           [SOURCE_KERNEL_LOG] = klog_ask,
		[SOURCE_JOURNAL] = journal_ask,     [SOURCE_OLLAMA] = ollama_ask,
		[SOURCE_CONTAINER] = container_ask, [SOURCE_NAMES] = names_ask,
		[SOURCE_PROCESSES] = processes_ask,
	};
	return ask[who]((struct live *)h, a, question, ret, e);
}

static void live_expect(struct host *h, enum source who, const char *question)
{
	if (who == SOURCE_DOCKER)
		docker_expect((struct live *)h, question);
	if (who == SOURCE_SYSTEMD)
		systemd_expect((struct live *)h, question);
}

static void live_close(struct host *h)
{
	struct live *l = (struct live *)h;
	docker_client_free(l->docker);
	bus_close(l->bus);
	json_decref(l->units);
	close(l->root);
	free(l);
}

static const struct host_ops live_ops = {
	.read = live_read,
	.list = live_list,
	.stat = live_stat,
	.ask = live_ask,
	.expect = live_expect,
	.close = live_close,
};

struct host *host_live(const struct host_options *o, struct err *e)
{
	const char *dir = o->root ? o->root : "/";
	int root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		err_set(e, -errno, "open %s", dir);
		return NULL;
	}
	struct live *l = calloc(1, sizeof(*l));
	if (!l)
		abort();
	*l = (struct live){ .host = { .ops = &live_ops, .name = "this host" },
			    .root = root,
			    .options = *o };
	return &l->host;
}

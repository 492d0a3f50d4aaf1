/* SPDX-License-Identifier: MIT */
/* This machine: files below a root, and the services that run here. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bus.h"
#include "base/clock.h"
#include "host/ahead.h"
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

/* boltd and systemd are on one bus, NVML and CUDA in one child. */
static pthread_mutex_t *lock_of(struct live *l, enum source who)
{
	who = who == SOURCE_BOLT ? SOURCE_SYSTEMD : who == SOURCE_CUDA ? SOURCE_NVML : who;
	return &l->lock[who];
}

void live_lock(struct live *l, enum source who)
{
	pthread_mutex_lock(lock_of(l, who));
}

void live_unlock(struct live *l, enum source who)
{
	pthread_mutex_unlock(lock_of(l, who));
}

void live_hint(struct live *l, enum source who, const char *question)
{
	if (who == SOURCE_DOCKER)
		docker_expect(l, question);
	if (who == SOURCE_SYSTEMD)
		systemd_expect(l, question);
}

static int until_readable(int fd, uint64_t until_usec)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int r;

	do {
		uint64_t now = clock_usec();
		r = poll(&p, 1, now < until_usec ? (int)((until_usec - now + 999) / 1000) : 0);
	} while (r < 0 && errno == EINTR);
	return r;
}

int live_await(struct live *l, enum source who, const char *question, struct err *e)
{
	if (who != SOURCE_DOCKER)
		return 0;
	live_lock(l, who);
	int fd = docker_awaits(l, question);
	live_unlock(l, who);
	if (fd < 0 || until_readable(fd, clock_usec() + DOCKER_QUESTION_USEC) != 0)
		return 0;
	return err_set(e, -ETIMEDOUT, "docker %s", question);
}

int live_answer(struct live *l, struct arena *a, enum source who, const char *question,
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
	return ask[who](l, a, question, ret, e);
}

static int live_ask(struct host *h, struct arena *a, enum source who, const char *question,
		    struct bytes *ret, struct err *e)
{
	struct live *l = (struct live *)h;
	int r;

	if (ahead_take(l, a, who, question, ret, e, &r))
		return r;
	live_lock(l, who);
	r = live_answer(l, a, who, question, ret, e);
	live_unlock(l, who);
	return r;
}

static void live_expect(struct host *h, enum source who, const struct names *questions)
{
	ahead_send((struct live *)h, who, questions);
}

static void live_close(struct host *h)
{
	struct live *l = (struct live *)h;
	ahead_end(l);
	docker_client_free(l->docker);
	bus_close(l->bus);
	probe_let_go(&l->probe);
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
	for (size_t i = 0; i < SOURCE_COUNT; i++)
		pthread_mutex_init(&l->lock[i], NULL);
	return &l->host;
}

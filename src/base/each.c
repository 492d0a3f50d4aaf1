/* SPDX-License-Identifier: MIT */
#include "base/each.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

struct work {
	void (*one)(void *data, size_t i);
	void *data;
	size_t count;
	atomic_size_t next;
};

static void *take_turns(void *work)
{
	struct work *w = work;
	size_t i;

	while ((i = atomic_fetch_add(&w->next, 1)) < w->count)
		w->one(w->data, i);
	return NULL;
}

static size_t cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (size_t)CPU_COUNT(&set);
}

void each_do(size_t count, void (*one)(void *data, size_t i), void *data)
{
	struct work w = { one, data, count, 0 };
	pthread_t thread[EACH_THREADS_MAX - 1];
	size_t threads = 0, most = cpus();

	if (most > EACH_THREADS_MAX)
		most = EACH_THREADS_MAX;
	if (most > count)
		most = count;
	while (threads + 1 < most && pthread_create(&thread[threads], NULL, take_turns, &w) == 0)
		threads++;
	take_turns(&w);
	while (threads > 0)
		pthread_join(thread[--threads], NULL);
}

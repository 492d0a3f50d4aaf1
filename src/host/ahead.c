/* SPDX-License-Identifier: MIT */
#include "host/ahead.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"

/* An answer that nobody has asked for yet. */
struct waiting {
	const char *question;
	bool there;
	int code;
	struct err err;
	struct bytes bytes;
	struct arena arena; /* of bytes: goes to who asks */
};

struct errand {
	struct errand *next;
	struct live *live;
	enum source who;
	uint64_t sent_usec;
	pthread_t thread;
	bool joined;
	pthread_mutex_t lock; /* of what follows: the thread is at waiting[came] until it is done */
	pthread_cond_t news;
	bool done;
	size_t came;
	size_t count;
	struct waiting waiting[];
};

enum { LOOK_USEC = 30000000 }; /* more than one look takes, but for the driver's deadline */

static void hint(struct errand *x)
{
	live_lock(x->live, x->who);
	for (size_t i = 0; i < x->count; i++)
		live_hint(x->live, x->who, x->waiting[i].question);
	live_unlock(x->live, x->who);
}

/* Others may ask the same source while its answer is on the way. */
static int fetch(struct errand *x, struct waiting *w)
{
	int r = live_await(x->live, x->who, w->question, &w->err);

	if (r < 0)
		return r;
	live_lock(x->live, x->who);
	r = live_answer(x->live, &w->arena, x->who, w->question, &w->bytes, &w->err);
	live_unlock(x->live, x->who);
	return r;
}

static void tell(struct errand *x, size_t came, bool done)
{
	pthread_mutex_lock(&x->lock);
	x->came = came;
	x->done = done;
	pthread_cond_broadcast(&x->news);
	pthread_mutex_unlock(&x->lock);
}

static void *run(void *data)
{
	struct errand *x = data;
	size_t i = 0;
	bool good = true;

	hint(x);
	while (good && i < x->count) {
		struct waiting *w = &x->waiting[i++];
		w->code = fetch(x, w);
		w->there = true;
		good = w->code >= 0 || w->code == -ENOENT;
		tell(x, i, !good);
	}
	tell(x, i, true);
	return NULL;
}

/* Until it has answered that one, or will not. */
static void wait_for(struct errand *x, size_t i)
{
	pthread_mutex_lock(&x->lock);
	while (!x->done && x->came <= i)
		pthread_cond_wait(&x->news, &x->lock);
	pthread_mutex_unlock(&x->lock);
}

static void errand_free(struct errand *x)
{
	if (!x->joined)
		pthread_join(x->thread, NULL);
	for (size_t i = 0; i < x->count; i++)
		arena_done(&x->waiting[i].arena);
	pthread_cond_destroy(&x->news);
	pthread_mutex_destroy(&x->lock);
	free(x);
}

static void end_from(struct errand **first)
{
	while (*first) {
		struct errand *x = *first;
		*first = x->next;
		errand_free(x);
	}
}

/* What nobody has asked for is not told to the next look. */
static void end_stale(struct live *l)
{
	struct errand **x = &l->errands;
	uint64_t now = clock_usec();
	uint64_t fresh_usec = LOOK_USEC + 1000 * (uint64_t)l->options.probe_msec;

	while (*x && now - (*x)->sent_usec < fresh_usec)
		x = &(*x)->next;
	end_from(x);
}

void ahead_send(struct live *l, enum source who, const struct names *questions)
{
	if (questions->count == 0)
		return;
	struct errand *x = calloc(1, sizeof(*x) + questions->count * sizeof(x->waiting[0]));
	if (!x)
		abort();
	*x = (struct errand){ l->errands, l, who, clock_usec(), .count = questions->count };
	for (size_t i = 0; i < x->count; i++)
		x->waiting[i].question = str_dup(&x->waiting[i].arena, questions->name[i]);
	pthread_mutex_init(&x->lock, NULL);
	pthread_cond_init(&x->news, NULL);
	/* Not by what it returns: a thread that is quick has set done by then. */
	if (pthread_create(&x->thread, NULL, run, x) != 0)
		x->joined = x->done = true;
	l->errands = x;
}

static struct waiting *find(struct errand *x, enum source who, const char *question)
{
	for (; x; x = x->next)
		for (size_t i = 0; x->who == who && i < x->count; i++) {
			struct waiting *w = &x->waiting[i];
			if (!str_eq(w->question, question))
				continue;
			wait_for(x, i);
			return w->there ? w : NULL;
		}
	return NULL;
}

bool ahead_take(struct live *l, struct arena *a, enum source who, const char *question,
		struct bytes *ret, struct err *e, int *ret_code)
{
	end_stale(l);
	struct waiting *w = find(l->errands, who, question);
	if (!w)
		return false;
	*ret_code = w->code;
	if (w->code < 0 && e)
		*e = w->err;
	if (w->code == 0) {
		*ret = w->bytes;
		arena_adopt(a, &w->arena);
	}
	/* Asked again, it is looked at anew. */
	w->question = NULL;
	return true;
}

void ahead_end(struct live *l)
{
	end_from(&l->errands);
}

/* SPDX-License-Identifier: MIT */
#include "guard/budget.h"

#include <stdio.h>
#include <string.h>

enum { BACKOFF_USEC = 5000000, BACKOFF_TIMES = 3, BACKOFF_STEPS = 4 };

static bool in_window(const struct budget_try *t, const struct budget_limit *l, int64_t now)
{
	return now - t->usec < l->window_usec;
}

static struct breaker *breaker_of(struct budget *b, const char *on)
{
	for (size_t i = 0; i < b->breaker_count; i++)
		if (str_eq(b->breaker[i].on, on))
			return &b->breaker[i];
	return NULL;
}

unsigned budget_spent(const struct budget *b, const struct budget_limit *l, const char *on,
		      int64_t now)
{
	unsigned n = 0;

	for (size_t i = 0; i < b->try_count; i++)
		n += str_eq(b->tries[i].on, on) && in_window(&b->tries[i], l, now);
	return n;
}

/* 5 s after the first, 15 s after the second, 45 s ... */
static int64_t backoff(unsigned spent)
{
	int64_t usec = BACKOFF_USEC;

	for (unsigned i = 1; i < spent && i < BACKOFF_STEPS; i++)
		usec *= BACKOFF_TIMES;
	return usec;
}

int64_t budget_when(const struct budget *b, const struct budget_limit *l, const char *on,
		    int64_t now)
{
	unsigned spent = budget_spent(b, l, on, now);
	int64_t last = 0;

	if (budget_is_open(b, on) || spent >= l->tries)
		return BUDGET_NEVER_USEC;
	for (size_t i = 0; i < b->try_count; i++)
		if (str_eq(b->tries[i].on, on))
			last = b->tries[i].usec;
	if (!spent)
		return now;
	/* before zero lies an earlier boot, and BUDGET_NEVER_USEC */
	return last + backoff(spent) > 0 ? last + backoff(spent) : 0;
}

static void drop_first(struct budget *b)
{
	memmove(b->tries, b->tries + 1, (b->try_count - 1) * sizeof(*b->tries));
	b->try_count--;
}

void budget_spend(struct budget *b, const char *on, int64_t now)
{
	if (b->try_count == TRIES_MAX)
		drop_first(b);
	struct budget_try *t = &b->tries[b->try_count++];
	snprintf(t->on, sizeof(t->on), "%s", on);
	t->usec = now;
}

bool budget_is_open(const struct budget *b, const char *on)
{
	return breaker_of((struct budget *)b, on);
}

bool budget_open(struct budget *b, const char *on, const char *cause)
{
	struct breaker *k = breaker_of(b, on);
	bool news = !k || !str_eq(k->cause, cause);

	if (!k && b->breaker_count == BREAKERS_MAX)
		memmove(b->breaker, b->breaker + 1, --b->breaker_count * sizeof(*b->breaker));
	if (!k) {
		k = &b->breaker[b->breaker_count++];
		k->whole = false;
		snprintf(k->on, sizeof(k->on), "%s", on);
	}
	snprintf(k->cause, sizeof(k->cause), "%s", cause);
	return news;
}

void budget_close(struct budget *b, const char *on)
{
	struct breaker *k = breaker_of(b, on), *end = b->breaker + b->breaker_count;

	if (!k)
		return;
	memmove(k, k + 1, (size_t)(end - k - 1) * sizeof(*k));
	b->breaker_count--;
}

bool budget_whole(struct budget *b, const char *on)
{
	struct breaker *k = breaker_of(b, on);
	bool news = k && !k->whole;

	if (k)
		k->whole = true;
	return news;
}

bool budget_renew(struct budget *b, const struct budget_limit *l, const char *on, int64_t now)
{
	const struct breaker *k = breaker_of(b, on);

	if (!k || !k->whole || budget_spent(b, l, on, now))
		return false;
	budget_close(b, on);
	return true;
}

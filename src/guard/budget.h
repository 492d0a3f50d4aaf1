/* SPDX-License-Identifier: MIT */
#pragma once

#include "guard/sight.h"

/*
 * How often something was tried, for whom. What is kept survives the guard and the boot, so
 * that a machine that cannot be mended is left alone and told of, instead of being restarted for
 * ever. Times are usec of one clock that never goes back; they may be negative for tries of
 * an earlier boot.
 */
enum { TRIES_MAX = 128, BREAKERS_MAX = 48 };

struct budget_try {
	char on[SIGHT_KEY]; /* guard_key() */
	int64_t usec;
};

/* For whom nothing is tried any more, until it is whole again or a person says so. */
struct breaker {
	char on[SIGHT_KEY], cause[SIGHT_NAME];
	bool whole; /* it was seen whole since: the next trouble is a new one, once the tries are
		       old */
};

struct budget {
	struct budget_try tries[TRIES_MAX]; /* oldest first */
	size_t try_count;
	struct breaker breaker[BREAKERS_MAX];
	size_t breaker_count;
};

struct budget_limit {
	unsigned tries;
	int64_t window_usec;
};

/* When the next try may be made: now or earlier, a later moment (it has just been tried), or never.
 */
enum { BUDGET_NEVER_USEC = -1 };
int64_t budget_when(const struct budget *b, const struct budget_limit *l, const char *on,
		    int64_t now);
/* Tries within the window. */
unsigned budget_spent(const struct budget *b, const struct budget_limit *l, const char *on,
		      int64_t now);
void budget_spend(struct budget *b, const char *on, int64_t now);
bool budget_is_open(const struct budget *b, const char *on);
/* It is whole: true where that is news. */
bool budget_whole(struct budget *b, const char *on);
/* It is in trouble again: one that was whole meanwhile, and was not tried of late, is closed. */
bool budget_renew(struct budget *b, const struct budget_limit *l, const char *on, int64_t now);
/* false: it was open already, for that cause. */
bool budget_open(struct budget *b, const char *on, const char *cause);
void budget_close(struct budget *b, const char *on);

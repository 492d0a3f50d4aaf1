/* SPDX-License-Identifier: MIT */
/* How often, for whom, and who is given up on. */
#include "guard/budget.h"

#include "tap.h"

#define SEC INT64_C(1000000)

static struct budget budget;
static const struct budget_limit limit = { 3, 600 * SEC };

static int64_t when(const char *on, int64_t now)
{
	return budget_when(&budget, &limit, on, now);
}

TEST(the_first_try_is_made_at_once)
{
	CHECK_INT(when("ollama", 7 * SEC), 7 * SEC);
	CHECK_INT(budget_spent(&budget, &limit, "ollama", 7 * SEC), 0);
}

TEST(tries_are_5_and_15_seconds_apart_and_then_there_is_none)
{
	budget_spend(&budget, "ollama", 100 * SEC);
	CHECK_INT(when("ollama", 101 * SEC), 105 * SEC);
	budget_spend(&budget, "ollama", 105 * SEC);
	CHECK_INT(when("ollama", 106 * SEC), 120 * SEC);
	budget_spend(&budget, "ollama", 120 * SEC);
	CHECK_INT(when("ollama", 121 * SEC), BUDGET_NEVER_USEC);
	CHECK_INT(when("vllm", 121 * SEC), 121 * SEC);
}

TEST(the_wait_grows_to_45_and_135_seconds_and_no_more)
{
	struct budget_limit many = { 100, 600 * SEC };
	static const int64_t waits[] = { 5, 15, 45, 135, 135 };

	for (size_t i = 0; i < COUNT_OF(waits); i++) {
		budget_spend(&budget, "x", 10 * SEC);
		CHECK_INT(budget_when(&budget, &many, "x", 11 * SEC), (10 + waits[i]) * SEC);
	}
}

TEST(tries_grow_old)
{
	for (int i = 0; i < 3; i++)
		budget_spend(&budget, "ollama", 10 * SEC);
	CHECK_INT(when("ollama", 609 * SEC), BUDGET_NEVER_USEC);
	CHECK_INT(when("ollama", 610 * SEC), 610 * SEC);
}

/* An earlier boot's tries lie before zero, and one of them a backoff before -1. */
TEST(a_try_of_an_earlier_boot_is_never_taken_for_never)
{
	budget_spend(&budget, "ollama", -5 * SEC + BUDGET_NEVER_USEC);
	int64_t first = when("ollama", 1 * SEC);
	CHECK(first != BUDGET_NEVER_USEC);
	CHECK(first <= 1 * SEC);
}

TEST(a_full_list_forgets_the_oldest)
{
	char name[16];

	for (int i = 0; i < TRIES_MAX + 1; i++) {
		snprintf(name, sizeof(name), "box%d", i);
		budget_spend(&budget, name, i);
	}
	CHECK_INT((long long)budget.try_count, TRIES_MAX);
	CHECK_STR(budget.tries[0].on, "box1");
	CHECK_STR(budget.tries[TRIES_MAX - 1].on, "box128");
}

TEST(an_open_breaker_says_never)
{
	CHECK(budget_open(&budget, "ollama", "gpu-lost"));
	CHECK(!budget_open(&budget, "ollama", "gpu-lost"));
	CHECK_INT((long long)budget.breaker_count, 1);
	CHECK_STR(budget.breaker[0].cause, "gpu-lost");
	CHECK_INT(when("ollama", 1), BUDGET_NEVER_USEC);
	budget_close(&budget, "vllm");
	CHECK(budget_is_open(&budget, "ollama"));
	budget_close(&budget, "ollama");
	CHECK_INT(when("ollama", 1), 1);
}

TEST(a_full_list_of_breakers_forgets_the_oldest)
{
	char name[16];

	for (int i = 0; i < BREAKERS_MAX + 2; i++) {
		snprintf(name, sizeof(name), "box%d", i);
		CHECK(budget_open(&budget, name, "c"));
	}
	CHECK_INT((long long)budget.breaker_count, BREAKERS_MAX);
	CHECK(!budget_is_open(&budget, "box1"));
	CHECK(budget_is_open(&budget, "box2"));
	CHECK(budget_is_open(&budget, "box49"));
	CHECK(!budget.breaker[BREAKERS_MAX - 1].whole);
}

TEST(whole_is_news_once)
{
	CHECK(!budget_whole(&budget, "ollama"));
	budget_open(&budget, "ollama", "c");
	CHECK(budget_whole(&budget, "ollama"));
	CHECK(!budget_whole(&budget, "ollama"));
	CHECK(budget_is_open(&budget, "ollama"));
}

TEST(a_breaker_is_renewed_when_it_was_whole_and_its_tries_are_old)
{
	budget_spend(&budget, "ollama", 10 * SEC);
	budget_open(&budget, "ollama", "c");
	CHECK(!budget_renew(&budget, &limit, "ollama", 9999 * SEC));
	budget_whole(&budget, "ollama");
	CHECK(!budget_renew(&budget, &limit, "ollama", 609 * SEC));
	CHECK(budget_renew(&budget, &limit, "ollama", 610 * SEC));
	CHECK(!budget_is_open(&budget, "ollama"));
	CHECK(!budget_renew(&budget, &limit, "ollama", 611 * SEC));
}

TEST(a_reopened_breaker_is_not_whole)
{
	budget_open(&budget, "ollama", "c");
	budget_whole(&budget, "ollama");
	budget_close(&budget, "ollama");
	budget_open(&budget, "ollama", "c");
	CHECK(!budget_renew(&budget, &limit, "ollama", 9999 * SEC));
}

TEST(long_names_are_cut_and_harm_nobody)
{
	char name[300];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	budget_spend(&budget, name, 1);
	budget_open(&budget, name, name);
	CHECK_INT((long long)strlen(budget.tries[0].on), sizeof(budget.tries[0].on) - 1);
	CHECK_INT((long long)strlen(budget.breaker[0].on), sizeof(budget.breaker[0].on) - 1);
}

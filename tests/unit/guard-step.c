/* SPDX-License-Identifier: MIT */
/* When the guard looks: swarms, storms, looks that fail, and rest. */
#include "guard-step.h"

TEST(an_event_is_looked_at_when_it_has_settled)
{
	noticed(1000, true);
	wakes_at(1300);
	CHECK(!order.look);
	timer(1299);
	CHECK(!order.look);
	timer(1300);
	CHECK(order.look);
	CHECK_INT(order.wake_usec, 0);
	timer(1301);
	CHECK(!order.look);
}

TEST(a_swarm_is_one_look_and_waits_2_seconds_at_most)
{
	for (int64_t ms = 1000; ms < 2700; ms += 100)
		noticed(ms, false);
	wakes_at(2900);
	for (int64_t ms = 2700; ms < 3000; ms += 10)
		noticed(ms, false);
	wakes_at(3000);
}

TEST(an_urgent_swarm_is_looked_at_within_2_seconds_too)
{
	for (int64_t ms = 1000; ms < 3000; ms += 100)
		noticed(ms, true);
	wakes_at(3000);
}

TEST(it_rests_when_all_is_well)
{
	all_is_well();
	look(1000);
	rests();
	CHECK_INT(order.wake_usec, 0);
	CHECK_INT(guard.phase, GUARD_RESTING);
	CHECK(order.keep); /* it was ready once */
	look(9000);
	CHECK(!order.keep);
	CHECK_INT((long long)guard.kept.counts.looks, 2);
}

TEST(it_looks_now_and_then_where_that_is_wanted_and_somebody_works)
{
	want.every_sec = 900;
	all_is_well();
	look(1000);
	CHECK_INT(order.wake_usec, 0);
	worker("ollama", WORKS);
	look(2000);
	wakes_at(902000);
}

TEST(what_is_served_is_not_older_than_5_minutes)
{
	want.listen = "127.0.0.1:9469";
	all_is_well();
	look(1000);
	wakes_at(301000);
	want.every_sec = 60;
	worker("ollama", WORKS);
	look(2000);
	wakes_at(62000);
}

/* A storm of events that bring nothing new. */
TEST(a_storm_is_looked_at_less_and_less_often)
{
	static const int64_t gaps[] = { 1, 2, 4, 8, 16, 30, 30 };
	int64_t now = 1000;

	all_is_well();
	look(now);
	CHECK_INT(guard.gap_usec, 0);
	look(now += 1000);
	for (size_t i = 0; i < COUNT_OF(gaps); i++) {
		noticed(now + 1, false);
		wakes_at(now + gaps[i] * 1000);
		for (int k = 2; k < 700; k++)
			noticed(now + k, false);
		wakes_at(now + gaps[i] * 1000);
		timer(now += gaps[i] * 1000);
		CHECK(order.look);
		saw(now);
	}
}

TEST(an_urgent_event_ends_the_wait_of_a_storm)
{
	all_is_well();
	for (int64_t ms = 1000; ms < 9000; ms += 1000)
		look(ms);
	guard.gap_usec = GAP_MAX_USEC;
	noticed(9000, false);
	wakes_at(38000);
	noticed(9100, true);
	wakes_at(9400);
}

TEST(something_new_ends_a_storm)
{
	all_is_well();
	look(1000);
	guard.gap_usec = GAP_MAX_USEC;
	worker("ollama", WORKS);
	look(40000);
	CHECK_INT(guard.gap_usec, 0);
}

TEST(what_happens_during_a_look_is_looked_at_after_it)
{
	all_is_well();
	noticed(1000, true);
	timer(1300);
	noticed(1400, true);
	CHECK_INT(order.wake_usec, 0);
	saw(1500);
	CHECK(!order.act);
	wakes_at(1800);
	timer(1800);
	CHECK(order.look);
	saw(1900);
	CHECK_INT(order.wake_usec, 0);
}

/* Looks that fail */

TEST(a_blind_guard_looks_again_after_2_4_8_seconds)
{
	int64_t now = 1000;

	noticed(now - 300, true);
	timer(now);
	for (int i = 0; i < 12; i++) {
		int64_t gap = (int64_t)2000 << i;
		blind(now);
		rests();
		gap = gap < 600000 ? gap : 600000;
		wakes_at(now + gap);
		now += gap;
		timer(now);
		CHECK(order.look);
	}
	all_is_well();
	saw(now);
	CHECK_INT(guard.blind, 0);
}

/* Each look that hangs leaves a process behind. */
TEST(containers_that_come_and_go_do_not_hurry_a_blind_guard)
{
	noticed(700, true);
	timer(1000);
	blind(61000);
	noticed(61100, false);
	wakes_at(63000);
	noticed(61200, true);
	wakes_at(61500);
}

TEST(answers_that_nobody_waits_for_are_nothing)
{
	all_is_well();
	trouble("container-devices-lost", "ollama");
	worker("ollama", WORKS_NOT);
	saw(1000);
	rests();
	blind(1000);
	acted(1000, ACTED_DONE, NULL);
	rests();
	CHECK_INT(order.wake_usec, 0);
	CHECK_INT((long long)guard.kept.counts.looks, 0);
	timer(2000);
	rests();
}

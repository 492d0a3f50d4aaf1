/* SPDX-License-Identifier: MIT */
/* What the guard does and tells, one event after another. */
#include "guard-step.h"

static void devices_lost(void)
{
	all_is_well();
	worker("ollama", WORKS_NOT);
	trouble("container-devices-lost", "ollama");
}

static void whole_again(void)
{
	all_is_well();
	worker("ollama", WORKS);
}

TEST(a_container_is_restarted_and_proved)
{
	devices_lost();
	look(1000);
	acts(DEED_RESTART, "ollama");
	CHECK_STR(order.doing.cause, "container-devices-lost");
	CHECK_INT((long long)guard.kept.budget.try_count, 1);
	CHECK_INT(order.wake_usec, 0);
	acted(3000, ACTED_DONE, NULL);
	CHECK(order.keep);
	wakes_at(4000);
	whole_again();
	look(4000);
	rests();
	const struct incident *i = told(1, OUTCOME_MENDED);
	CHECK_INT(i->tries, 1);
	CHECK_INT(i->act_took_usec, 2000 * MSEC);
	CHECK_INT(i->over_usec - i->since_usec, 3000 * MSEC);
	CHECK_STR(i->text, "container-devices-lost of ollama");
	CHECK_INT((long long)guard.incident_count, 0);
}

TEST(what_did_not_help_is_made_anew_then_given_up_once)
{
	devices_lost();
	look(1000);
	acts(DEED_RESTART, "ollama");
	acted(2000, ACTED_DONE, NULL);
	look(3000);
	rests();
	wakes_at(6000); /* 5 s after the first try */
	look(6000);
	acts(DEED_RECREATE, "ollama");
	acted(7000, ACTED_FAILED, "no space left");
	look(8000);
	wakes_at(21000); /* and 15 s after the second */
	look(21000);
	acts(DEED_RECREATE, "ollama");
	acted(22000, ACTED_FAILED, "no space left");
	look(23000);
	rests();
	CHECK_INT(told(1, OUTCOME_GAVE_UP)->tries, 3);
	CHECK_STR(order.told[0].failed, "no space left");
	CHECK_INT((long long)guard.kept.budget.breaker_count, 1);
	CHECK_INT((long long)guard.kept.counts.failures, 2);
	look(700000);
	rests();
	CHECK_INT((long long)order.told_count, 0);
}

static void give_up(void)
{
	devices_lost();
	look(1000);
	for (int64_t ms = 2000; ms <= 60000; ms += 20000) {
		acted(ms, ACTED_DONE, NULL);
		look(ms + 20000 - 1);
	}
	told(1, OUTCOME_GAVE_UP);
}

TEST(a_person_who_resumes_has_it_tried_again)
{
	give_up();
	step((struct guard_event){ GUARD_RESUMED }, 70000);
	CHECK(order.keep);
	CHECK_INT((long long)guard.kept.budget.breaker_count, 0);
	CHECK_INT((long long)guard.kept.budget.try_count, 0);
	wakes_at(70300);
	look(70300);
	CHECK(order.act);
}

TEST(one_that_was_given_up_and_is_whole_is_told_and_renewed)
{
	give_up();
	whole_again();
	look(100000);
	told(1, OUTCOME_MENDED);
	CHECK(guard.kept.budget.breaker[0].whole);
	devices_lost();
	look(110000); /* tries are not old yet */
	CHECK(!order.act);
	whole_again();
	look(800000);
	devices_lost();
	look(900000);
	acts(DEED_RESTART, "ollama");
	CHECK_INT((long long)guard.kept.budget.breaker_count, 0);
}

TEST(somebody_else_at_it_is_no_try)
{
	devices_lost();
	look(1000);
	acted(1500, ACTED_BUSY, NULL);
	CHECK_INT((long long)guard.kept.budget.try_count, 0);
	CHECK_INT((long long)guard.kept.counts.tries, 0);
	wakes_at(6500);
	look(6500);
	acts(DEED_RESTART, "ollama");
	noticed(6600, false);
	acted(6700, ACTED_BUSY, NULL);
	wakes_at(7000);
}

TEST(what_may_not_be_done_unattended_is_left_and_told)
{
	all_is_well();
	trouble("cdi-spec-stale", "");
	look(1000);
	acts(DEED_MEND, "");
	acted(2000, ACTED_LEFT, NULL);
	wakes_at(2300);
	look(2300);
	rests();
	wakes_at(21000);
	look(21000);
	told(1, OUTCOME_LEFT);
	look(90000);
	CHECK_INT((long long)order.told_count, 0);
	CHECK(!order.act);
}

/* What only a person can do */

TEST(a_break_is_told_once_it_has_stood_20_seconds)
{
	all_is_well();
	trouble("docker-runtime-missing", "");
	look(1000);
	rests();
	CHECK_INT((long long)order.told_count, 0);
	wakes_at(21000);
	timer(21000);
	saw(21000);
	told(1, OUTCOME_LEFT);
	CHECK_INT(order.wake_usec, 0);
	all_is_well();
	look(30000);
	told(1, OUTCOME_BY_ITSELF);
}

TEST(one_that_goes_away_before_is_not_told)
{
	all_is_well();
	trouble("docker-runtime-missing", "");
	look(1000);
	all_is_well();
	look(9000);
	CHECK_INT((long long)order.told_count, 0);
	CHECK_INT((long long)guard.incident_count, 0);
}

TEST(a_warning_for_a_person_is_not_told_at_all)
{
	all_is_well();
	trouble("docker-runtime-missing", "")->broken = false;
	look(1000);
	CHECK_INT((long long)guard.incident_count, 0);
	CHECK_INT(order.wake_usec, 0);
}

TEST(a_paused_guard_tells_and_does_nothing)
{
	rules.act = false;
	devices_lost();
	look(1000);
	rests();
	wakes_at(21000);
	look(21000);
	rests();
	told(1, OUTCOME_LEFT);
	CHECK_INT((long long)guard.kept.counts.tries, 0);
}

/* One at a time */

TEST(the_second_waits_for_the_proof_of_the_first)
{
	devices_lost();
	worker("vllm", WORKS_NOT);
	trouble("container-devices-lost", "vllm");
	look(1000);
	acts(DEED_RESTART, "ollama");
	acted(2000, ACTED_DONE, NULL);
	all_is_well();
	worker("ollama", WORKS_UNSURE);
	worker("vllm", WORKS_NOT);
	trouble("container-devices-lost", "vllm");
	look(3000);
	rests();
	wakes_at(4000);
	CHECK_STR(guard.proving, "ollama");
	sight.worker[0].works = WORKS;
	look(5000);
	acts(DEED_RESTART, "vllm");
}

TEST(who_others_wait_for_is_first)
{
	all_is_well();
	worker("webui", WORKS_NOT)->rank = 1;
	worker("ollama", WORKS_NOT);
	trouble("container-devices-lost", "webui");
	trouble("container-devices-lost", "ollama");
	look(1000);
	acts(DEED_RESTART, "ollama");
}

TEST(whether_it_helped_and_cannot_be_seen_is_said_after_a_minute)
{
	devices_lost();
	look(1000);
	acted(2000, ACTED_DONE, NULL);
	all_is_well();
	worker("ollama", WORKS_UNSURE);
	look(3000);
	CHECK_INT((long long)order.told_count, 0);
	look(62000);
	told(1, OUTCOME_UNPROVEN);
}

TEST(one_that_a_person_has_stopped_is_left_alone)
{
	devices_lost();
	sight.worker[0].runs = false;
	look(1000);
	rests();
	sight.worker[0].failed = true;
	look(2000);
	acts(DEED_START, "ollama");
}

TEST(nothing_is_done_behind_a_shut_gate_or_before_the_gpu_computes)
{
	all_is_well();
	sight.gate_open = false;
	trouble("cdi-spec-stale", "");
	look(1000);
	rests();
	devices_lost();
	sight.gpu = GPU_COMING;
	look(2000);
	rests();
	sight.gpu = GPU_UNSURE;
	look(3000);
	rests();
}

/* The GPU goes and comes */

static void unplug(void)
{
	all_is_well();
	worker("ollama", WORKS);
	look(1000);
	sight.gpu = GPU_ABSENT;
	sight.worker[0].works = WORKS_NOT;
	trouble("gpu-not-on-bus", "");
	look(10000);
	acts(DEED_STOP, "ollama");
	acted(11000, ACTED_DONE, NULL);
	wakes_at(11300);
	sight.worker[0].runs = false;
	look(11300);
	rests();
	CHECK_INT(told(1, OUTCOME_STOPPED)->done, 1);
	CHECK_STR(guard_parked(&guard, "ollama")->id, "id-ollama");
	CHECK_STR(guard_parked(&guard, "ollama")->cause, "gpu-not-on-bus");
}

static void replug(void)
{
	sight.gpu = GPU_READY;
	sight.trouble_count = 0;
}

TEST(who_was_stopped_is_started_when_the_gpu_is_back)
{
	unplug();
	replug();
	look(50000);
	acts(DEED_START, "ollama");
	CHECK_STR(guard.kept.budget.tries[0].on, "stop ollama");
	CHECK_STR(guard.kept.budget.tries[1].on, "start ollama");
	acted(51000, ACTED_DONE, NULL);
	CHECK_INT((long long)guard.kept.parked_count, 0);
	sight.worker[0].runs = true;
	sight.worker[0].works = WORKS;
	look(52000);
	rests();
	told(1, OUTCOME_MENDED);
}

TEST(not_before_it_computes)
{
	unplug();
	replug();
	sight.gpu = GPU_COMING;
	look(50000);
	rests();
}

TEST(one_that_a_person_started_meanwhile_is_theirs)
{
	unplug();
	sight.worker[0].runs = true;
	look(20000);
	rests();
	CHECK(guard_parked(&guard, "ollama")->let);
	sight.worker[0].runs = false;
	replug();
	look(50000);
	rests();
}

TEST(one_that_is_gone_for_good_is_forgotten)
{
	unplug();
	sight.worker_count = 0;
	sight.workers_known = false;
	look(20000);
	CHECK_INT((long long)guard.kept.parked_count, 1);
	sight.workers_known = true;
	look(30000);
	CHECK_INT((long long)guard.kept.parked_count, 0);
	CHECK(order.keep);
}

TEST(a_gpu_that_never_was_here_stops_nobody)
{
	all_is_well();
	worker("ollama", WORKS_NOT);
	trouble("gpu-not-on-bus", "");
	sight.gpu = GPU_ABSENT;
	look(1000);
	rests();
	CHECK_INT((long long)guard.incident_count, 0);
}

/* Lines of a log */

static void xid(uint64_t stamp)
{
	all_is_well();
	worker("ollama", WORKS_NOT);
	trouble("xid-31", "ollama")->stamp = stamp;
}

TEST(lines_of_before_the_guard_are_not_acted_on)
{
	xid(5);
	look(1000);
	rests();
	look(90000);
	rests();
	CHECK_INT((long long)order.told_count, 0);
}

TEST(an_xid_is_acted_on_once_and_a_second_one_again)
{
	whole_again();
	look(1000);
	xid(7);
	look(2000);
	acts(DEED_RESTART, "ollama");
	acted(3000, ACTED_DONE, NULL);
	sight.worker[0].works = WORKS;
	look(4000);
	rests();
	CHECK_INT(told(1, OUTCOME_MENDED)->tries, 1);
	look(30000);
	CHECK_INT((long long)order.told_count, 0);
	xid(9);
	look(40000);
	acts(DEED_RESTART, "ollama");
	acted(41000, ACTED_DONE, NULL);
	sight.worker[0].works = WORKS;
	look(42000);
	CHECK_INT(told(1, OUTCOME_MENDED)->tries, 1);
	CHECK_INT(order.told[0].since_usec, 40000 * MSEC);
	all_is_well();
	look(50000);
	CHECK_INT((long long)order.told_count, 0);
	CHECK_INT((long long)guard.incident_count, 0);
}

TEST(an_xid_that_did_no_harm_is_not_acted_on)
{
	whole_again();
	look(1000);
	xid(7);
	sight.worker[0].works = WORKS;
	look(2000);
	rests();
}

/* Bounds */

TEST(more_troubles_than_there_is_room_for_harm_nobody)
{
	char name[32];

	for (int turn = 0; turn < 3; turn++) {
		all_is_well();
		for (int i = 0; i < TROUBLES_MAX; i++) {
			snprintf(name, sizeof(name), "box%d-%d", turn, i);
			trouble("docker-runtime-missing", name);
		}
		look(1000 + turn * 30000);
	}
	CHECK(guard.incident_count <= INCIDENTS_MAX);
	CHECK(order.told_count <= INCIDENTS_MAX);
}

TEST(a_long_name_is_tried_three_times_like_any_other)
{
	char name[SIGHT_NAME];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	all_is_well();
	guard.kept.had_gpu = true;
	worker(name, WORKS_NOT);
	trouble("gpu-not-on-bus", "");
	sight.gpu = GPU_ABSENT;
	look(1000);
	acts(DEED_STOP, name);
	CHECK_INT((long long)strlen(guard.kept.budget.tries[0].on), SIGHT_NAME - 1 + 5);
}

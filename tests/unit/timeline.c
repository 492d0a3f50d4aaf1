/* SPDX-License-Identifier: MIT */
#include "facts/timeline/timeline.h"

#include "tap.h"

static struct arena arena;
static struct timeline boot;

static void add(enum moment_kind kind, const char *who, uint64_t usec)
{
	bool needs = kind == MOMENT_CONTAINER || kind == MOMENT_DISCOVERY;
	timeline_add(&boot, &arena,
		     &(struct moment){ .kind = kind,
				       .who = who,
				       .note = "",
				       .usec = usec,
				       .from = "x",
				       .needs_gpu = needs });
}

static void add_until(enum moment_kind kind, const char *who, uint64_t usec, uint64_t done_usec)
{
	add(kind, who, usec);
	boot.moment[boot.moment_count - 1].done_usec = done_usec;
	boot.moment[boot.moment_count - 1].needs_gpu = true;
}

static void finish(void)
{
	timeline_finish(&boot, &arena);
}

TEST(moments_are_put_in_order_of_time_and_of_the_chain)
{
	add(MOMENT_CONTAINER, "b", 5);
	add(MOMENT_GPU, "", 3);
	add(MOMENT_DRIVER, "", 3);
	add(MOMENT_CONTAINER, "a", 5);
	add(MOMENT_CONTROLLER, "", 0);
	finish();
	CHECK_INT(boot.moment[0].kind, MOMENT_CONTROLLER);
	CHECK_INT(boot.moment[1].kind, MOMENT_DRIVER);
	CHECK_INT(boot.moment[2].kind, MOMENT_GPU);
	/* of one time and kind as they came */
	CHECK_STR(boot.moment[3].who, "b");
	CHECK_STR(boot.moment[4].who, "a");
}

TEST(who_started_before_the_gpu_is_in_a_race)
{
	add(MOMENT_GPU, "", 103455010);
	add(MOMENT_CONTAINER, "ollama", 11711000);
	add(MOMENT_CONTAINER, "late", 103455011);
	finish();
	CHECK_INT(boot.race_count, 1);
	CHECK_STR(boot.race[0].early->who, "ollama");
	CHECK_INT(boot.race[0].by_usec, 91744010);
	CHECK(boot.race[0].needed->kind == MOMENT_GPU);
	CHECK(timeline_race_of(&boot, timeline_first(&boot, MOMENT_CONTAINER)) == &boot.race[0]);
	CHECK(timeline_can_tell(&boot));
}

TEST(the_same_time_is_no_race)
{
	add(MOMENT_GPU, "", 7);
	add(MOMENT_CONTAINER, "ollama", 7);
	finish();
	CHECK_INT(boot.race_count, 0);
}

TEST(who_does_not_need_the_gpu_is_in_none)
{
	add(MOMENT_CONTAINER, "postgres", 1);
	boot.moment[0].needs_gpu = false;
	add(MOMENT_GPU, "", 7);
	finish();
	CHECK_INT(boot.race_count, 0);
	CHECK(!timeline_can_tell(&boot));
}

TEST(without_a_gpu_nothing_can_be_told)
{
	add(MOMENT_CONTAINER, "ollama", 1);
	finish();
	CHECK_INT(boot.race_count, 0);
	CHECK(!timeline_can_tell(&boot));
}

TEST(nothing_is_too_early_by_less_than_its_time_may_be_off)
{
	add(MOMENT_GPU, "", 5000000);
	add(MOMENT_CONTAINER, "near", 4600000);
	boot.moment[1].within_usec = 500000;
	add(MOMENT_CONTAINER, "far", 4400000);
	boot.moment[2].within_usec = 500000;
	finish();
	CHECK_INT(boot.race_count, 1);
	CHECK_STR(boot.race[0].early->who, "far");
	CHECK_INT(boot.race[0].within_usec, 500000);
}

TEST(what_was_there_before_it_was_lost_counts)
{
	add(MOMENT_GPU, "", 3);
	add(MOMENT_LOST, "", 200);
	add(MOMENT_GPU, "", 230);
	add(MOMENT_CONTAINER, "before", 12);
	add(MOMENT_CONTAINER, "between", 215);
	add(MOMENT_CONTAINER, "after", 240);
	finish();
	CHECK_INT(boot.race_count, 1);
	CHECK_STR(boot.race[0].early->who, "between");
	CHECK_INT(boot.race[0].by_usec, 15);
}

TEST(a_gpu_that_never_came_back_was_raced_by_nobody)
{
	add(MOMENT_GPU, "", 3);
	add(MOMENT_LOST, "", 200);
	add(MOMENT_CONTAINER, "after", 240);
	finish();
	CHECK_INT(boot.race_count, 0);
}

TEST(who_looks_has_until_its_end)
{
	add(MOMENT_GPU, "", 50);
	add_until(MOMENT_DISCOVERY, "slow", 10, 60);
	add_until(MOMENT_DISCOVERY, "quick", 10, 20);
	add_until(MOMENT_WAIT, "", 5, 40);
	finish();
	CHECK_INT(boot.race_count, 2);
	CHECK_INT(boot.race[0].early->kind, MOMENT_WAIT);
	CHECK_INT(boot.race[0].by_usec, 10);
	CHECK_STR(boot.race[1].early->who, "quick");
	CHECK_INT(boot.race[1].by_usec, 30);
}

TEST(who_found_it_later_was_lucky)
{
	add(MOMENT_CONTAINER, "ollama", 10);
	add(MOMENT_CONTAINER, "other", 10);
	add(MOMENT_GPU, "", 20);
	add(MOMENT_DISCOVERY, "ollama", 30);
	boot.moment[3].has_gpu = true;
	finish();
	CHECK_INT(boot.race_count, 2);
	CHECK(boot.race[0].all_the_same);
	CHECK(!boot.race[1].all_the_same);
}

TEST(a_server_may_load_the_driver_itself)
{
	add_until(MOMENT_SERVER, "ollama.service", 10, 11);
	add_until(MOMENT_PERSISTENCE, "", 12, 25);
	add(MOMENT_GPU, "", 20);
	add(MOMENT_DISCOVERY, "ollama.service", 30);
	boot.moment[3].has_gpu = true;
	finish();
	CHECK_INT(boot.race_count, 0);
	boot.moment[3].has_gpu = false;
	finish();
	CHECK_INT(boot.race_count, 1);
	CHECK_INT(boot.race[0].early->kind, MOMENT_SERVER);
}

TEST(more_than_there_is_room_for_is_counted)
{
	for (unsigned i = 0; i < MOMENTS_MAX + 7; i++)
		add(MOMENT_CONTAINER, "c", i);
	for (unsigned i = 0; i < MOMENTS_MISSING_MAX + 7; i++)
		timeline_miss(&boot, &arena, MOMENT_CONTAINER, "c", "x");
	finish();
	CHECK_INT(boot.moment_count, MOMENTS_MAX);
	CHECK_INT(boot.left_out, 7);
	CHECK_INT(boot.missing_count, MOMENTS_MISSING_MAX);
}

TEST(an_empty_timeline_is_one)
{
	finish();
	CHECK_INT(boot.race_count, 0);
	CHECK(timeline_first(&boot, MOMENT_GPU) == NULL);
}

TEST(every_kind_has_a_name_and_a_title)
{
	for (enum moment_kind k = 0; k < MOMENT_KINDS; k++)
		CHECK(*moment_kind_name(k) && *moment_kind_title(k));
	CHECK_STR(moment_kind_name(MOMENT_KINDS), "");
}

/* Clocks. */

#define BOOT UINT64_C(1760000000000000)

static uint64_t usec, within;

TEST(a_pair_of_clocks_tells_to_the_microsecond)
{
	struct wall_clock c = { .boot_usec = known_u64(BOOT, "x") };
	wall_clock_add(&c, BOOT + 9000000, 8588204);
	CHECK(wall_clock_since_boot(&c, BOOT + 12123456, &usec, &within));
	CHECK_INT(usec, 11711660);
	CHECK_INT(within, 0);
}

TEST(without_a_pair_the_middle_of_a_second_is_taken)
{
	struct wall_clock c = { .boot_usec = known_u64(BOOT, "x") };
	CHECK(wall_clock_since_boot(&c, BOOT + 12123456, &usec, &within));
	CHECK_INT(usec, 11623456);
	CHECK_INT(within, 500000);
	CHECK(wall_clock_since_boot(&c, BOOT + 100, &usec, &within));
	CHECK_INT(usec, 0);
}

TEST(the_nearest_pair_counts_where_the_clock_was_set)
{
	struct wall_clock c = { 0 };
	wall_clock_add(&c, BOOT + 5000000, 5000000);
	wall_clock_add(&c, BOOT + 3600000000 + 60000000, 60000000); /* an hour was slept */
	CHECK(wall_clock_since_boot(&c, BOOT + 7000000, &usec, &within));
	CHECK_INT(usec, 7000000);
	CHECK(wall_clock_since_boot(&c, BOOT + 3600000000 + 61000000, &usec, &within));
	CHECK_INT(usec, 61000000);
}

TEST(another_boot_is_not_this_one)
{
	struct wall_clock c = { .boot_usec = known_u64(BOOT, "x") };
	CHECK(!wall_clock_since_boot(&c, BOOT - 1, &usec, &within));
	CHECK(!wall_clock_since_boot(&c, UINT64_MAX, &usec, &within));
	wall_clock_add(&c, BOOT + 5000000, 5000000);
	CHECK(!wall_clock_since_boot(&c, BOOT - 1, &usec, &within));
}

TEST(no_clock_tells_nothing)
{
	struct wall_clock c = { .boot_usec = unknown_u64(DENIED, "x") };
	CHECK(!wall_clock_since_boot(&c, BOOT + 1, &usec, &within));
}

TEST(pairs_that_cannot_be_are_none)
{
	struct wall_clock c = { .boot_usec = known_u64(BOOT, "x") };
	wall_clock_add(&c, 0, 5);
	wall_clock_add(&c, 5, 0);
	wall_clock_add(&c, UINT64_MAX, 5);
	wall_clock_add(&c, BOOT, UINT64_MAX);
	CHECK_INT(c.pair_count, 0);
	for (unsigned i = 0; i < WALL_PAIRS_MAX + 3; i++)
		wall_clock_add(&c, BOOT + i, 5 + i);
	CHECK_INT(c.pair_count, WALL_PAIRS_MAX);
	struct wall_clock before = { 0 };
	wall_clock_add(&before, 5, 10);
	CHECK(!wall_clock_since_boot(&before, 7, &usec, &within));
}

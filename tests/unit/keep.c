/* SPDX-License-Identifier: MIT */
/* What the guard keeps on disk, and what becomes of it when it is damaged or of another boot. */
#include "watch/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "scratch.h"
#include "tap.h"
#include "watch/keep-file.h"
#include "watch/kept-json.h"

#define SEC INT64_C(1000000)
#define BOOT "0123456789abcdef0123456789abcdef"
#define DIR_BELOW "var/lib/egpu/guard/"

static struct arena arena;
static struct err err;
static const struct keep_now now = { 1000 * SEC, 1700000000 * SEC, BOOT };

static int opened(void)
{
	int dir = keep_open(scratch(), true, &err);

	CHECK_STR(err.text, "");
	return dir;
}

static struct guard_kept some(void)
{
	struct guard_kept k = { .had_gpu = true, .counts = { 5, 4, 3, 2 }, .parked_count = 1 };

	budget_spend(&k.budget, "ollama", 400 * SEC);
	budget_spend(&k.budget, "stop vllm", 900 * SEC);
	budget_open(&k.budget, "ollama", "container-devices-lost");
	k.budget.breaker[0].whole = true;
	k.parked[0] = (struct parked){ "id", "vllm", "gpu-lost", true };
	return k;
}

static struct guard_kept loaded(int dir, const struct keep_now *at)
{
	struct guard_kept k;
	int r = keep_load(dir, at, &k, &err);

	CHECK_STR(r < 0 ? err.text : "", "");
	return k;
}

TEST(what_is_kept_comes_back_in_the_same_boot)
{
	int dir = opened();
	struct guard_kept k = some(), got;
	struct stat st;

	CHECK_INT(keep_load(dir, &now, &got, NULL), -ENOENT);
	CHECK_INT(keep_save(dir, &now, &k, &err), 0);
	got = loaded(dir, &now);
	CHECK(memcmp(&got, &k, sizeof(k)) == 0);
	CHECK_INT(fstatat(dir, "state.json", &st, 0), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	CHECK_INT(stat(scratch_path("var/lib/egpu/guard"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0700);
	CHECK(faccessat(dir, ".state.json.tmp", F_OK, 0) < 0);
}

/* In another boot a try is as old as the wall clock says, but not younger than this boot. */
static int64_t try_after_boot(int64_t boot_sec, int64_t wall_sec)
{
	static const char other[] = "ffffffffffffffffffffffffffffffff";
	struct keep_now later = { boot_sec * SEC, (1700000000 + wall_sec) * SEC, "" };
	struct guard_kept k = some();
	int dir = opened();

	memcpy(later.boot_id, other, sizeof(other));
	CHECK_INT(keep_save(dir, &now, &k, &err), 0);
	k = loaded(dir, &later);
	CHECK(!k.had_gpu);
	CHECK_INT((long long)k.budget.try_count, 2);
	CHECK_INT((long long)k.budget.breaker_count, 1);
	CHECK_INT((long long)k.parked_count, 1);
	return k.budget.tries[1].usec / SEC;
}

TEST(another_boot_counts_by_the_wall_clock)
{
	/* 100 s old when it was kept, 300 s later, 20 s after the boot */
	CHECK_INT(try_after_boot(20, 300), 20 - 400);
}

TEST(a_clock_that_was_set_back_frees_no_budget)
{
	CHECK_INT(try_after_boot(20, -86400), 0);
	CHECK_INT(try_after_boot(0, 0), -100);
}

TEST(a_clock_far_ahead_makes_it_old_and_is_read_again)
{
	struct guard_kept k = { 0 };

	CHECK_INT(try_after_boot(20, 10 * 365 * 86400), 20 - 100 - 10 * 365 * 86400);
	/* as old as a number can be */
	const char *text =
	    "{\"version\": 1, \"boot_id\": \"x\", \"tries\": [{\"on\": \"a\", \"boot_usec\": 0, "
	    "\"wall_usec\": -2305843009213693950}], \"breakers\": [], \"stopped\": [], "
	    "\"counts\": {\"looks\": 0, \"incidents\": 0, \"tries\": 0, \"failures\": 0}}";
	CHECK_INT(kept_parse(bytes_of(text), &now, &k, &err), 0);
	text = kept_text(&arena, &now, &k);
	memset(&k, 0, sizeof(k));
	CHECK_INT(kept_parse(bytes_of(text), &now, &k, &err), 0);
}

TEST(the_same_boot_does_not_ask_the_wall_clock)
{
	struct keep_now later = { 1001 * SEC, 1000 * SEC, BOOT };
	struct guard_kept k = some();
	int dir = opened();

	CHECK_INT(keep_save(dir, &now, &k, &err), 0);
	k = loaded(dir, &later);
	CHECK_INT(k.budget.tries[0].usec, 400 * SEC);
	later.boot_usec = 500 * SEC; /* a try of the future is as old as now */
	k = loaded(dir, &later);
	CHECK_INT(k.budget.tries[1].usec, 500 * SEC);
}

TEST(a_boot_without_an_id_is_another_one)
{
	struct keep_now unnamed = { 1000 * SEC, 1700000000 * SEC, "" };
	struct guard_kept k = some();
	int dir = opened();

	CHECK_INT(keep_save(dir, &unnamed, &k, &err), 0);
	k = loaded(dir, &unnamed);
	CHECK(!k.had_gpu);
}

/* Damaged */

#define COUNTS "\"counts\": {\"looks\": 0, \"incidents\": 0, \"tries\": 0, \"failures\": 0}"
#define REST "\"breakers\": [], \"stopped\": [], " COUNTS "}"
#define HEAD "{\"version\": 1, \"boot_id\": \"" BOOT "\", "

static const struct {
	const char *text, *wrong;
} damaged[] = {
	{ "", "state.json" },
	{ "{\"version\": 1", "state.json" },
	{ "[]", "'version'" },
	{ "{\"version\": 2}", "'version'" },
	{ HEAD "\"tries\": {}, " REST, "'tries'" },
	{ HEAD "\"tries\": [1], " REST, "'tries'" },
	{ HEAD "\"tries\": [{\"on\": \"a\\u001bb\", \"boot_usec\": 1, \"wall_usec\": 1}], " REST,
	  "'tries'" },
	{ HEAD "\"tries\": [{\"on\": \"a\\u007f\", \"boot_usec\": 1, \"wall_usec\": 1}], " REST,
	  "'tries'" },
	{ HEAD "\"tries\": [{\"on\": \"a\", \"boot_usec\": 9223372036854775807, \"wall_usec\": 1}"
	       "], " REST,
	  "'tries'" },
	{ HEAD "\"tries\": [{\"on\": \"a\", \"boot_usec\": 1.5, \"wall_usec\": 1}], " REST,
	  "'tries'" },
	{ HEAD "\"tries\": [], \"breakers\": [{\"on\": \"a\"}], \"stopped\": [], " COUNTS "}",
	  "'breakers'" },
	{ HEAD "\"tries\": [], \"breakers\": [], \"stopped\": [{\"id\": 7}], " COUNTS "}",
	  "'stopped'" },
	{ HEAD "\"tries\": [], \"breakers\": [], \"stopped\": []}", "'counts'" },
	{ HEAD "\"tries\": [], \"breakers\": [], \"stopped\": [], \"counts\": {\"looks\": -1, "
	       "\"incidents\": 0, \"tries\": 0, \"failures\": 0}}",
	  "'counts'" },
};

TEST(a_damaged_file_is_moved_aside_and_said)
{
	struct guard_kept k;

	for (size_t i = 0; i < COUNT_OF(damaged); i++) {
		int dir = opened();
		scratch_text(DIR_BELOW "state.json", damaged[i].text);
		CHECK_INT(keep_load(dir, &now, &k, &err), -EINVAL);
		if (!strstr(err.text, damaged[i].wrong))
			CHECK_STR(err.text, damaged[i].wrong);
		CHECK(strstr(err.text, "it is now /var/lib/egpu/guard/state.json.damaged") != NULL);
		CHECK(faccessat(dir, "state.json", F_OK, 0) < 0);
		CHECK_INT(faccessat(dir, "state.json.damaged", F_OK, 0), 0);
		CHECK_INT((long long)k.budget.try_count, 0);
		CHECK_INT(keep_load(dir, &now, &k, NULL), -ENOENT);
		err = (struct err){ 0 };
		close(dir);
	}
}

static const char *list_of(const char *key, size_t count)
{
	const char *entry = str_eq(key, "tries")
				? "{\"on\":\"a\",\"boot_usec\":1,\"wall_usec\":1}"
				: "{\"on\":\"a\",\"cause\":\"c\",\"id\":\"i\",\"name\":\"n\"}";
	const char *out = "";

	for (size_t i = 0; i < count; i++)
		out = arena_printf(&arena, "%s%s%s", out, i ? "," : "", entry);
	return out;
}

static int parse_lists(size_t tries, size_t breakers, size_t stopped)
{
	struct guard_kept k = { 0 };
	const char *text = arena_printf(
	    &arena, HEAD "\"tries\":[%s],\"breakers\":[%s],\"stopped\":[%s]," COUNTS "}",
	    list_of("tries", tries), list_of("breakers", breakers), list_of("stopped", stopped));

	return kept_parse(bytes_of(text), &now, &k, &err);
}

TEST(lists_that_are_too_long_are_damage)
{
	CHECK_INT(parse_lists(TRIES_MAX, BREAKERS_MAX, WORKERS_MAX), 0);
	CHECK_INT(parse_lists(TRIES_MAX + 1, 0, 0), -EINVAL);
	CHECK_INT(parse_lists(0, BREAKERS_MAX + 1, 0), -EINVAL);
	CHECK_INT(parse_lists(0, 0, WORKERS_MAX + 1), -EINVAL);
}

TEST(the_fullest_state_comes_back_whole)
{
	static struct guard_kept k, got;
	char name[SIGHT_KEY];
	int dir = opened();

	memset(name, '"', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (int i = 0; i < TRIES_MAX; i++)
		budget_spend(&k.budget, name, i * SEC);
	for (int i = 0; i < BREAKERS_MAX; i++) {
		name[0] = (char)('0' + i);
		budget_open(&k.budget, name, "c");
	}
	k.parked_count = WORKERS_MAX;
	for (int i = 0; i < WORKERS_MAX; i++)
		snprintf(k.parked[i].name, sizeof(k.parked[i].name), "box%d\\", i);
	CHECK_INT(keep_save(dir, &now, &k, &err), 0);
	got = loaded(dir, &now);
	CHECK(memcmp(&got, &k, sizeof(k)) == 0);
}

/* Files of another kind in its place */

TEST(a_symlink_is_not_followed_and_is_written_over)
{
	struct guard_kept k = some(), got;
	struct stat st;
	int dir = opened();

	scratch_text("elsewhere", "{}");
	CHECK_INT(symlinkat(scratch_path("elsewhere"), dir, "state.json"), 0);
	CHECK_INT(keep_load(dir, &now, &got, &err), -ELOOP);
	CHECK(strstr(err.text, "/var/lib/egpu/guard/state.json") != NULL);
	CHECK_INT(keep_save(dir, &now, &k, NULL), 0);
	CHECK_INT(fstatat(dir, "state.json", &st, AT_SYMLINK_NOFOLLOW), 0);
	CHECK(S_ISREG(st.st_mode));
	CHECK_INT(stat(scratch_path("elsewhere"), &st), 0);
	CHECK_INT(st.st_size, 2);
}

TEST(a_symlink_in_the_temporary_files_place_is_refused)
{
	struct guard_kept k = some();
	struct stat st;
	int dir = opened();

	scratch_text("elsewhere", "{}");
	CHECK_INT(symlinkat(scratch_path("elsewhere"), dir, ".state.json.tmp"), 0);
	CHECK_INT(keep_save(dir, &now, &k, &err), -ELOOP);
	CHECK_INT(stat(scratch_path("elsewhere"), &st), 0);
	CHECK_INT(st.st_size, 2);
}

TEST(a_pipe_or_a_directory_is_damage_and_nobody_waits_for_it)
{
	struct guard_kept k;
	int dir = opened();

	alarm(10);
	CHECK_INT(mkfifoat(dir, "state.json", 0600), 0);
	CHECK_INT(keep_load(dir, &now, &k, &err), -EINVAL);
	CHECK_INT(mkdirat(dir, "state.json", 0700), 0);
	CHECK_INT(keep_load(dir, &now, &k, NULL), -EINVAL);
}

/* A bind mount: root may write to any other directory that is read only. */
static void make_read_only(const char *path)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(path, path, NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
		TAP_SKIP("no mounts of our own here");
}

TEST(a_directory_that_cannot_be_written_keeps_the_old_state)
{
	struct guard_kept k = some(), got;
	int dir = opened();
	const char *path = scratch_path("var/lib/egpu/guard");

	CHECK_INT(keep_save(dir, &now, &k, &err), 0);
	close(dir);
	make_read_only(path);
	dir = opened();
	k.counts.looks = 99;
	CHECK_INT(keep_save(dir, &now, &k, &err), -EROFS);
	CHECK(strstr(err.text, "write /var/lib/egpu/guard/state.json") != NULL);
	got = loaded(dir, &now);
	CHECK_INT((long long)got.counts.looks, 5);
	CHECK(keep_history(dir, "x\n", NULL) < 0);
	CHECK(keep_set_off(dir, true, NULL) < 0);
	CHECK(!keep_is_off(dir));
	close(dir);
	umount(path);
}

TEST(a_damaged_file_that_cannot_be_moved_is_not_said_to_be)
{
	struct guard_kept k;
	const char *path = scratch_path("var/lib/egpu/guard");

	close(opened());
	scratch_text(DIR_BELOW "state.json", "{");
	make_read_only(path);
	int dir = opened();
	CHECK_INT(keep_load(dir, &now, &k, &err), -EINVAL);
	CHECK(!strstr(err.text, "damaged"));
	CHECK(strstr(err.text, "; the guard begins anew") != NULL);
	close(dir);
	umount(path);
}

/* Switches */

TEST(off_and_resume)
{
	int dir = opened();

	CHECK(!keep_is_off(dir));
	CHECK_INT(keep_set_off(dir, true, &err), 0);
	CHECK_INT(keep_set_off(dir, true, &err), 0);
	CHECK(keep_is_off(dir));
	CHECK_INT(keep_set_off(dir, false, &err), 0);
	CHECK_INT(keep_set_off(dir, false, &err), 0);
	CHECK(!keep_is_off(dir));
	CHECK(!keep_take_resume(dir));
	CHECK(!keep_resume_waits(dir));
	CHECK_INT(keep_ask_resume(dir, &err), 0);
	CHECK(keep_resume_waits(dir));
	CHECK(keep_take_resume(dir));
	CHECK(!keep_resume_waits(dir));
	CHECK(!keep_take_resume(dir));
}

TEST(what_cannot_be_looked_at_is_off)
{
	int dir = opened();

	CHECK_INT(symlinkat("nowhere", dir, "off"), 0);
	CHECK(keep_is_off(dir));
	CHECK(keep_is_off(-1));
}

/* History */

TEST(history_goes_on_in_a_second_file_when_it_is_full)
{
	static char line[1025];
	struct bytes all;
	struct stat st;
	int dir = opened();

	CHECK_INT(keep_history_read(dir, &arena, &all, NULL), -ENOENT);
	memset(line, 'x', sizeof(line) - 2);
	line[sizeof(line) - 2] = '\n';
	for (int i = 0; i < HISTORY_MAX / 1024; i++) {
		CHECK(faccessat(dir, "history.1", F_OK, 0) < 0);
		CHECK_INT(keep_history(dir, line, &err), 0);
	}
	CHECK_INT(faccessat(dir, "history.1", F_OK, 0), 0);
	CHECK(faccessat(dir, "history", F_OK, 0) < 0);
	CHECK_INT(keep_history_read(dir, &arena, &all, &err), 0);
	CHECK_INT((long long)all.size, HISTORY_MAX);
	CHECK_INT(keep_history(dir, "the last\n", &err), 0);
	CHECK_INT(keep_history_read(dir, &arena, &all, &err), 0);
	CHECK_INT((long long)all.size, HISTORY_MAX + 9);
	CHECK(str_ends(all.data, "x\nthe last\n"));
	CHECK_INT(fstatat(dir, "history", &st, 0), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
}

/* What others show of it */

TEST(upkeep_is_read_without_a_guard)
{
	struct guard_kept k = some();

	CHECK_INT(keep_upkeep_read(scratch_path("nothing")).know, ABSENT);
	int dir = opened();
	CHECK_INT(keep_upkeep_read(scratch()).know, ABSENT);
	CHECK_INT(keep_save(dir, &now, &k, &err), 0);
	CHECK_INT(keep_set_off(dir, true, &err), 0);
	struct upkeep u = keep_upkeep_read(scratch());
	CHECK_INT(u.know, KNOWN);
	CHECK(u.paused);
	CHECK_INT((long long)u.looks, 5);
	CHECK_INT((long long)u.incidents, 4);
	CHECK_INT((long long)u.tries, 3);
	CHECK_INT((long long)u.tries_failed, 2);
	CHECK_INT((long long)u.breakers_open, 1);
	scratch_text(DIR_BELOW "state.json", "{");
	CHECK_INT(keep_upkeep_read(scratch()).know, UNREADABLE);
	CHECK_INT(faccessat(dir, "state.json", F_OK, 0), 0); /* it only shows */
}

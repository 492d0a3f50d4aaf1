/* SPDX-License-Identifier: MIT */
#include "host/host.h"

#include "scratch.h"
#include "tap.h"

#include <errno.h>

static int stuck(struct arena *a, const char **ret)
{
	struct bytes answer;
	HOST *h = host_live(&(struct host_options){ .root = scratch() }, NULL);
	int r = host_ask(h, a, SOURCE_PROCESSES, "stuck", &answer, NULL);
	if (r == 0)
		*ret = answer.data;
	return r;
}

static void process(const char *pid, const char *stat, const char *wchan)
{
	char name[64];

	snprintf(name, sizeof(name), "proc/%s/stat", pid);
	scratch_text(name, stat);
	snprintf(name, sizeof(name), "proc/%s/wchan", pid);
	if (wchan)
		scratch_text(name, wchan);
}

TEST(only_uninterruptible_sleep_is_told)
{
	ARENA a = { 0 };
	const char *text;

	process("1", "1 (systemd) S 0 1 1 0\n", "ep_poll");
	process("40", "40 (nvidia-smi) D 1 40 40 0\n", "os_acquire_mutex");
	process("41", "41 (Z) Z 1 41 41 0\n", "0");
	scratch_text("proc/meminfo", "1 (D) D 1");
	CHECK_INT(stuck(&a, &text), 0);
	CHECK_STR(text, "40 nvidia-smi os_acquire_mutex\n");
}

TEST(a_name_cannot_forge_a_state_or_a_line)
{
	ARENA a = { 0 };
	const char *text;

	process("1", "1 (init) S 0\n", NULL);
	process("50", "50 (x) D 1 (y) S 1 50\n", NULL);
	process("51", "51 (a b\n9 \033[2J) D 1 51\n", "0");
	CHECK_INT(stuck(&a, &text), 0);
	CHECK_STR(text, "51 a_b_9__[2J ?\n");
}

TEST(an_unreadable_wchan_is_a_question_mark)
{
	ARENA a = { 0 };
	const char *text;

	process("1", "1 (init) D 0\n", NULL);
	CHECK_INT(stuck(&a, &text), 0);
	CHECK_STR(text, "1 init ?\n");
}

TEST(a_proc_that_hides_others_is_denied)
{
	ARENA a = { 0 };
	const char *text;

	process("900", "900 (sh) S 1 900\n", NULL);
	CHECK_INT(stuck(&a, &text), -EACCES);
}

TEST(no_proc_is_absent)
{
	ARENA a = { 0 };
	const char *text;

	CHECK_INT(stuck(&a, &text), -ENOENT);
	scratch_text("proc/", "");
	CHECK_INT(stuck(&a, &text), -ENOENT);
}

TEST(a_half_written_stat_is_passed_over)
{
	ARENA a = { 0 };
	const char *text;

	process("1", "1 (init) S 0\n", NULL);
	process("7", "7 (", NULL);
	process("8", ")8(", NULL);
	process("9", "", NULL);
	process("10", "10 (x)", NULL);
	CHECK_INT(stuck(&a, &text), 0);
	CHECK_STR(text, "");
}

static int holders(struct arena *a, const char **ret)
{
	struct bytes answer;
	HOST *h = host_live(&(struct host_options){ .root = scratch() }, NULL);
	int r = host_ask(h, a, SOURCE_PROCESSES, "holders", &answer, NULL);
	if (r == 0)
		*ret = answer.data;
	return r;
}

TEST(files_that_have_the_name_of_a_node_are_none)
{
	ARENA a = { 0 };
	const char *text;

	scratch_text("proc/1/fd/", "");
	process("90", "90 (x) S 1 90\n", NULL);
	scratch_text("proc/90/fd/", "");
	CHECK_INT(symlink("/dev/nvidia-egpu-test-none", scratch_path("proc/90/fd/3")), 0);
	CHECK_INT(symlink("/dev/dri/../null", scratch_path("proc/90/fd/4")), 0);
	CHECK_INT(symlink("/dev/null", scratch_path("proc/90/fd/5")), 0);
	CHECK_INT(holders(&a, &text), 0);
	CHECK_STR(text, "");
}

TEST(who_does_not_see_the_first_process_sees_no_holder)
{
	ARENA a = { 0 };
	const char *text;

	scratch_text("proc/90/fd/", "");
	CHECK_INT(holders(&a, &text), -EACCES);
	CHECK_INT(stuck(&a, &text), -EACCES);
}

/* SPDX-License-Identifier: MIT */
#include "apply/apply.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "tap.h"

static struct arena arena;
static struct err e;
static int told;

static void tell(void *data, const struct step *s, bool again)
{
	CHECK(data == &told && s->kind == STEP_RUN && again);
	told++;
}

static int act(const struct apply_to *to, unsigned deadline_sec, const char *const *argv)
{
	struct step s = { .kind = STEP_RUN, .what = "do it", .run.deadline_sec = deadline_sec };

	s.run.argv.name = (const char **)argv;
	while (argv[s.run.argv.count])
		s.run.argv.count++;
	return apply_act(to, &arena, &s, &e);
}

static int run(const char *const *argv)
{
	const struct apply_to to = { .root = NULL };
	return act(&to, 0, argv);
}

static int shell(const char *script)
{
	return run(ARGV("sh", "-c", script));
}

TEST(what_succeeds_says_nothing)
{
	CHECK_INT(run(ARGV("true")), 0);
	CHECK_STR(e.text, "");
}

TEST(a_status_is_told_with_the_last_words)
{
	CHECK_INT(shell("echo first; echo second; echo third >&2; exit 3"), -EIO);
	CHECK_STR(e.text, "sh ended with status 3: second / third");
}

TEST(a_silent_failure_says_so)
{
	CHECK_INT(run(ARGV("false")), -EIO);
	CHECK_STR(e.text, "false ended with status 1, and said nothing");
}

TEST(a_signal_is_named)
{
	CHECK_INT(shell("echo before; kill -SEGV $$"), -EIO);
	CHECK_STR(e.text, "sh was killed by signal 11 (Segmentation fault): before");
}

TEST(a_missing_program_is_not_installed)
{
	CHECK_INT(run(ARGV("no-such-tool-of-egpu", "-P")), -ENOENT);
	CHECK_STR(e.text, "no-such-tool-of-egpu is not installed");
	CHECK_INT(run(ARGV("/no/such/tool")), -ENOENT);
	CHECK_STR(e.text, "/no/such/tool is not installed");
	CHECK_INT(run(ARGV("")), -ENOENT);
}

TEST(nothing_is_found_in_the_callers_path)
{
	char dir[] = "/tmp/egpu-act-XXXXXX", tool[64];

	CHECK(mkdtemp(dir));
	snprintf(tool, sizeof(tool), "%s/egpu-test-tool", dir);
	FILE *f = fopen(tool, "w");
	CHECK(f && fputs("#!/bin/sh\n", f) >= 0 && fclose(f) == 0);
	CHECK_INT(chmod(tool, 0755), 0);
	setenv("PATH", dir, 1);
	int r = run(ARGV("egpu-test-tool"));
	unlink(tool);
	rmdir(dir);
	CHECK_INT(r, -ENOENT);
	CHECK_INT(run(ARGV("true")), 0);
}

TEST(a_program_that_cannot_be_started_says_why)
{
	CHECK_INT(run(ARGV("/etc/passwd")), -EACCES);
	CHECK_STR(e.text, "start /etc/passwd: Permission denied");
}

TEST(a_deadline_ends_it_with_its_children)
{
	const struct apply_to to = { .tell = tell, .data = &told };
	uint64_t before = clock_usec();

	CHECK_INT(act(&to, 1, ARGV("sh", "-c", "echo begun; sleep 98765 & sleep 98766")),
		  -ETIMEDOUT);
	CHECK_STR(e.text, "sh did not end within 1 s and was stopped: begun");
	CHECK(clock_usec() - before < 3000000);
	CHECK_INT(run(ARGV("pgrep", "-f", "sleep 9876[56]")), -EIO);
}

TEST(who_ignores_being_asked_to_end_is_killed)
{
	const struct apply_to to = { .root = NULL };
	uint64_t before = clock_usec();

	CHECK_INT(act(&to, 1, ARGV("sh", "-c", "trap '' TERM; while :; do sleep 1; done")),
		  -ETIMEDOUT);
	CHECK(clock_usec() - before < 6000000);
}

TEST(what_goes_on_is_told_every_two_seconds)
{
	const struct apply_to to = { .tell = tell, .data = &told };

	CHECK_INT(act(&to, 0, ARGV("sleep", "5")), 0);
	CHECK_INT(told, 2);
}

TEST(gigabytes_of_output_are_read_and_not_kept)
{
	/* 2 GiB of blanks, on a single line, then a last one. */
	CHECK_INT(shell("head -c 2147483648 /dev/zero; echo; echo the end; exit 1"), -EIO);
	CHECK_STR(e.text + strlen(e.text) - strlen("? / the end"), "? / the end");
	CHECK(strlen(e.text) < 200);
}

TEST(a_daemon_that_holds_the_output_is_not_waited_for)
{
	uint64_t before = clock_usec();

	CHECK_INT(shell("setsid sleep 4 & echo done"), 0);
	CHECK(clock_usec() - before < 2000000);
}

TEST(who_closes_its_output_is_waited_for)
{
	CHECK_INT(shell("exec >&- 2>&-; sleep 0.3; exit 7"), -EIO);
	CHECK_STR(e.text, "sh ended with status 7, and said nothing");
}

TEST(no_shell_reads_the_words)
{
	CHECK_INT(run(ARGV("sh", "-c", "echo \"$1\"; exit 1", "sh", "$(id); `id` > /x")), -EIO);
	CHECK_STR(e.text, "sh ended with status 1: $(id); `id` > /x");
}

TEST(nobody_is_there_to_answer_a_question)
{
	CHECK_INT(shell("read -r answer && exit 1; [ -e /dev/tty ] && (: </dev/tty) 2>/dev/null && "
			"exit 2; exit 0"),
		  0);
}

TEST(the_environment_is_ours)
{
	const struct apply_to to = { .docker = "unix:///x/sock" };

	setenv("LD_PRELOAD_OF_SOMEBODY", "1", 1);
	setenv("LC_ALL", "C", 1);
	setenv("DOCKER_HOST", "unix:///other", 1);
	CHECK_INT(
	    act(&to, 0, ARGV("sh", "-c", "env | grep -E '^(LC_ALL|LD_|DOCKER)' | sort; exit 1")),
	    -EIO);
	CHECK_STR(e.text, "sh ended with status 1: DOCKER_HOST=unix:///x/sock / LC_ALL=C.UTF-8");
}

TEST(escapes_in_the_output_reach_no_terminal)
{
	CHECK_INT(shell("printf '\\033[2J\\377bad\\n'; exit 1"), -EIO);
	CHECK_STR(e.text, "sh ended with status 1: ?[2J?bad");
}

TEST(signals_that_we_block_are_open_in_the_tool)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	signal(SIGPIPE, SIG_IGN);
	CHECK_INT(shell("kill -TERM $$; sleep 1"), -EIO);
	CHECK(strstr(e.text, "Terminated"));
}

TEST(files_only_never_acts)
{
	const struct apply_to to = { .root = "/mnt", .files_only = true };

	CHECK_INT(act(&to, 0, ARGV("touch", "/tmp/egpu-must-not-be")), -ENOTSUP);
	CHECK_STR(e.text, "do it: not done, since only files are written here");
	CHECK(access("/tmp/egpu-must-not-be", F_OK) < 0);
}

TEST(a_step_for_a_person_is_not_done)
{
	const struct apply_to to = { .root = NULL };
	const struct step s = { .kind = STEP_PERSON, .what = "plug in the cable" };

	CHECK_INT(apply_act(&to, &arena, &s, &e), -ENOTSUP);
	CHECK_INT(run(ARGV(NULL)), -EINVAL);
}

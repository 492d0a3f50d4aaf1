/* SPDX-License-Identifier: MIT */
/* Children that end, that hang, that crash and that talk too much. */
#include "watch/child.h"

#include <errno.h>
#include <signal.h>

#include "tap.h"

struct job {
	sd_event *event;
	unsigned ended;
	int status;
	size_t size;
	char text[32];
	bool stay; /* the loop goes on after it */
};

static struct err err;

static void on_end(void *data, int status, struct bytes out)
{
	struct job *j = data;

	j->ended++;
	j->status = status;
	j->size = out.size;
	CHECK(out.data != NULL);
	snprintf(j->text, sizeof(j->text), "%.*s", (int)(out.size < 31 ? out.size : 31), out.data);
	if (!j->stay)
		sd_event_exit(j->event, 0);
}

static int work(struct job *j, int (*run)(void *, int), uint64_t deadline_usec)
{
	struct child_work w = { run, on_end, j, deadline_usec };
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	CHECK(sd_event_new(&j->event) >= 0);
	return child_start(j->event, &w, &err);
}

static struct job done(int (*run)(void *, int), uint64_t deadline_usec)
{
	struct job j = { 0 };

	alarm(20);
	CHECK_INT(work(&j, run, deadline_usec), 0);
	CHECK(sd_event_loop(j.event) >= 0);
	CHECK_INT(j.ended, 1);
	j.event = sd_event_unref(j.event);
	return j;
}

static bool write_text(int out, const char *text)
{
	return write(out, text, strlen(text)) == (ssize_t)strlen(text);
}

static int says(void *data, int out)
{
	(void)data;
	return write_text(out, "hello") ? 7 : 1;
}

TEST(what_it_wrote_and_its_status_are_told)
{
	struct job j = done(says, 10000000);

	CHECK_INT(j.status, 7);
	CHECK_STR(j.text, "hello");
}

static int silent(void *data, int out)
{
	(void)data;
	(void)out;
	return 0;
}

TEST(one_that_wrote_nothing_is_told_too)
{
	struct job j = done(silent, 10000000);

	CHECK_INT(j.status, 0);
	CHECK_INT((long long)j.size, 0);
}

static int hangs(void *data, int out)
{
	(void)data;
	signal(SIGTERM, SIG_IGN);
	write_text(out, "so far");
	for (;;)
		pause();
	return 0;
}

TEST(one_that_ignores_sigterm_is_told_at_its_deadline)
{
	struct job j = done(hangs, 200000);

	CHECK_INT(j.status, -ETIMEDOUT);
	CHECK_STR(j.text, "so far");
}

static int on_later(sd_event_source *s, uint64_t usec, void *data)
{
	(void)s;
	(void)usec;
	return sd_event_exit(data, 0);
}

/* Killed at the deadline, and reaped without being told again. */
TEST(one_past_its_deadline_is_told_once_and_reaped)
{
	struct job j = { .stay = true };

	alarm(20);
	CHECK_INT(work(&j, hangs, 100000), 0);
	CHECK(sd_event_add_time_relative(j.event, NULL, CLOCK_MONOTONIC, 1000000, 0, on_later,
					 j.event) >= 0);
	CHECK(sd_event_loop(j.event) >= 0);
	CHECK_INT(j.ended, 1);
	CHECK_INT(waitpid(-1, NULL, WNOHANG), -1);
	CHECK_INT(errno, ECHILD);
}

static int crashes(void *data, int out)
{
	(void)data;
	write_text(out, "before");
	signal(SIGABRT, SIG_DFL);
	raise(SIGKILL);
	return 0;
}

TEST(one_that_a_signal_ends_is_epipe)
{
	struct job j = done(crashes, 10000000);

	CHECK_INT(j.status, -EPIPE);
	CHECK_STR(j.text, "before");
}

static int writes(int out, size_t size)
{
	static char block[4096];

	for (size_t n = 0; n < size; n += sizeof(block))
		if (write(out, block, size - n < sizeof(block) ? size - n : sizeof(block)) < 0)
			return 1;
	return 0;
}

static int as_much_as_it_may(void *data, int out)
{
	(void)data;
	return writes(out, CHILD_OUT_MAX);
}

static int too_much(void *data, int out)
{
	(void)data;
	return writes(out, CHILD_OUT_MAX + 1);
}

TEST(more_than_may_be_said_is_not_taken)
{
	CHECK_INT((long long)done(as_much_as_it_may, 10000000).size, CHILD_OUT_MAX);
	struct job j = done(too_much, 10000000);
	CHECK_INT(j.status, 0);
	CHECK_INT((long long)j.size, 0);
}

static int unblocked(void *data, int out)
{
	sigset_t now;

	(void)data;
	(void)out;
	sigprocmask(SIG_BLOCK, NULL, &now);
	return sigismember(&now, SIGCHLD);
}

TEST(in_the_child_no_signal_is_blocked)
{
	CHECK_INT(done(unblocked, 10000000).status, 0);
}

TEST(where_no_child_can_be_made_nothing_is_told)
{
	struct job j = { 0 };
	struct child_work w = { silent, on_end, &j, 1000 };

	CHECK(child_start(NULL, &w, &err) < 0);
	CHECK(strstr(err.text, "start a child") != NULL);
	CHECK_INT(child_start(NULL, &w, NULL), err.code);
	CHECK_INT(j.ended, 0);
}

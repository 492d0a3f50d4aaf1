/* SPDX-License-Identifier: MIT */
/* The container engine's events: one that answers, refuses, goes away, or does not stop talking. */
#include <fcntl.h>

#include "base/clock.h"
#include "scratch.h"
#include "server.h"
#include "tap.h"
#include "watch/notice.h"

#define EVENTS                                                                                     \
	"/events?filters=%7B%22type%22%3A%5B%22container%22%5D%2C%22event%22%3A%5B%22create%22%2C" \
	"%22start%22%2C%22die%22%2C%22restart%22%2C%22stop%22%2C%22destroy%22%2C%22oom%22%2C"      \
	"%22pause%22%2C%22unpause%22%2C%22health_status%22%5D%7D"
#define HEAD "HTTP/1.1 200 OK\r\nApi-Version: 1.47\r\nTransfer-Encoding: chunked\r\n\r\n"
#define ONE                                                                                        \
	"45\r\n{\"status\":\"start\",\"id\":\"abc\",\"Type\":\"container\",\"Action\":\"start\"}"  \
	"\n\r\n"

static struct {
	unsigned told, urgent;
} heard;

static void happened(void *data, bool urgent)
{
	(void)data;
	heard.told++;
	heard.urgent += urgent;
}

static struct notice notice = { happened, NULL };
static struct notice_engine engine;
static char url[128];

static int begin(void)
{
	engine = (struct notice_engine){ .notice = &notice,
					 .url = url,
					 .root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) };
	CHECK(sd_event_default(&engine.event) >= 0);
	return notice_engine(&engine, NULL);
}

static void listens(const char *name, const struct canned *script)
{
	server_unix(scratch_path(name), script);
	snprintf(url, sizeof(url), "unix://%s", scratch_path(name));
}

/* Lives for so long. */
static void live(uint64_t usec)
{
	uint64_t until = clock_usec() + usec;

	for (uint64_t now; (now = clock_usec()) < until;)
		CHECK(sd_event_run(engine.event, until - now) >= 0);
}

static void expect(unsigned told, uint64_t usec)
{
	uint64_t until = clock_usec() + usec;

	for (uint64_t now; heard.told < told && (now = clock_usec()) < until;)
		CHECK(sd_event_run(engine.event, until - now) >= 0);
	CHECK_INT(heard.told, told);
}

static int to(const struct canned *script)
{
	listens("sock", script);
	return begin();
}

TEST(an_event_is_told_and_is_not_urgent)
{
	static const struct canned script[] = { { .path = EVENTS, .answer = HEAD ONE }, { 0 } };

	CHECK_INT(to(script), 0);
	expect(1, 5000000);
	CHECK_INT(heard.urgent, 0);
	live(300000);
	CHECK_INT(heard.told, 1);
	CHECK(engine.line.open);
	CHECK(engine.answered);
	notice_engine_end(&engine);
	notice_engine_end(&engine);
}

/* A byte at a time, each an event of its own for poll: they are taken together. */
TEST(a_drip_is_told_now_and_then)
{
	static const struct canned script[] = {
		{ .path = EVENTS, .answer = HEAD ONE ONE, .slow_usec = 3000 }, { 0 }
	};

	CHECK_INT(to(script), 0);
	live(400000);
	CHECK(heard.told >= 1);
	CHECK(heard.told <= 30);
}

TEST(one_that_refuses_is_called_again_less_and_less_often)
{
	static const struct canned script[] = {
		{ .path = EVENTS,
		  .answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" },
		{ 0 }
	};

	CHECK_INT(to(script), 0);
	expect(1, 5000000);
	CHECK(!engine.line.open);
	CHECK_INT(engine.tries, 1);
	live(1500000); /* again after 1 s */
	CHECK_INT(engine.tries, 2);
	live(1000000); /* and then after 2 */
	CHECK_INT(engine.tries, 2);
	CHECK(!engine.line.open);
}

TEST(one_that_hangs_up_is_called_again)
{
	static const struct canned script[] = {
		{ .path = EVENTS, .answer = HEAD ONE, .hang_up = true }, { 0 }
	};

	CHECK_INT(to(script), 0);
	expect(1, 5000000);
	live(300000);
	CHECK(!engine.line.open);
	CHECK_INT(engine.tries, 1);
	live(1200000);
	CHECK_INT(engine.tries, 2);
	CHECK(heard.told >= 3); /* what it said before, that it is back, and what it said then */
}

TEST(garbage_is_hung_up_on)
{
	static const struct canned script[] = { { .path = EVENTS, .answer = "220 mail ESMTP\r\n" },
						{ 0 } };

	CHECK_INT(to(script), 0);
	expect(1, 5000000);
	CHECK(!engine.line.open);
	CHECK(!engine.answered);
}

TEST(one_that_is_not_there_is_called_when_it_may_be_back)
{
	static const struct canned script[] = { { .path = EVENTS, .answer = HEAD }, { 0 } };

	snprintf(url, sizeof(url), "unix://%s", scratch_path("sock"));
	engine.patient = true;
	CHECK(begin() < 0);
	engine.patient = true;
	live(200000);
	CHECK_INT(heard.told, 0);
	listens("sock", script);
	notice_engine_again(&engine);
	CHECK_INT(engine.tries, 0);
	expect(1, 900000); /* before the second it would have waited */
	CHECK(engine.line.open);
	notice_engine_again(&engine); /* it is there: nothing */
	live(200000);
	CHECK(heard.told <= 2);
}

/* The place of one that was there for long is tried soon, and then less often, too. */
TEST(one_that_was_there_for_long_and_is_gone_is_called_less_and_less_often)
{
	static const struct canned script[] = {
		{ .path = EVENTS, .answer = HEAD ONE, .slow_usec = 2000, .hang_up = true }, { 0 }
	};

	CHECK_INT(to(script), 0);
	expect(1, 5000000);
	CHECK(engine.line.open);
	engine.since_usec -= 60000000;
	engine.tries = 5;
	unlink(scratch_path("sock"));
	for (int i = 0; engine.line.open && i < 100; i++)
		live(50000);
	CHECK_INT(engine.tries, 1);
	live(1500000);
	CHECK_INT(engine.tries, 2);
	live(1000000);
	CHECK_INT(engine.tries, 2);
}

/* One who never stops must not keep the loop from all else. */
static _Noreturn void flood(int listener)
{
	static char block[65536];
	int fd = accept(listener, NULL, NULL);

	memset(block, 'x', sizeof(block));
	memcpy(block, HEAD, strlen(HEAD));
	while (send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
		;
	_exit(0);
}

static int on_timer(sd_event_source *s, uint64_t usec, void *data)
{
	(void)s;
	(void)usec;
	*(bool *)data = true;
	return 0;
}

TEST(a_flood_leaves_the_loop_its_turn)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	bool came = false;

	alarm(20);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", scratch_path("sock"));
	CHECK(bind(listener, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(listener, 4) == 0);
	pid_t self = getpid();
	if (fork() == 0) {
		server_end_with(self);
		flood(listener);
	}
	snprintf(url, sizeof(url), "unix://%s", at.sun_path);
	CHECK_INT(begin(), 0);
	CHECK(sd_event_add_time_relative(engine.event, NULL, CLOCK_MONOTONIC, 200000, 1000,
					 on_timer, &came) >= 0);
	live(1000000);
	CHECK(came);
	CHECK(heard.told >= 2);
	CHECK(heard.told <= 60); /* one a rest of 20 ms, plus what a slow machine adds */
}

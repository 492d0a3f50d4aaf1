/* SPDX-License-Identifier: MIT */
/* What is expected is asked at once, and its answer waits for the one who asks. */
#include "host/host.h"

#include "scratch.h"
#include "server.h"
#include "tap.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define OK "HTTP/1.1 200 OK\r\n"

static struct arena arena;

static struct host *with(const struct canned *script)
{
	char *url = arena_printf(&arena, "unix://%s/engine", scratch());
	server_unix(url + strlen("unix://"), script);
	struct host_options o = { .docker = url, .root = scratch() };
	return host_live(&o, NULL);
}

static void expect(struct host *h, enum source who, const char *one, const char *two)
{
	const char *both[] = { one, two };
	host_expect(h, who, &(struct names){ both, two ? 2 : 1 });
}

static const char *ask(struct host *h, enum source who, const char *question, int *ret)
{
	struct bytes got = { "", 0 };
	struct err e = { 0 };
	*ret = host_ask(h, &arena, who, question, &got, &e);
	return *ret < 0 ? arena_printf(&arena, "%s", e.text) : got.data;
}

static const struct canned slow[] = {
	{ "/one", OK, "first", .slow_usec = 2000 },
	{ "/two", OK, "second", .slow_usec = 2000 },
	{ "/broken", "HTTP/1.1 500 No\r\n", "{\"message\":\"no\"}" },
	{ "/gone", "HTTP/1.1 404 No\r\n", "{\"message\":\"gone\"}" },
	{ 0 },
};

TEST(answer_comes_while_nobody_waits)
{
	HOST *h = with(slow);
	int r;

	expect(h, SOURCE_DOCKER, "/one", "/two");
	CHECK(h->cost[SOURCE_DOCKER].usec < 50000);
	usleep(400000);
	CHECK_STR(ask(h, SOURCE_DOCKER, "/two", &r), "second");
	CHECK_STR(ask(h, SOURCE_DOCKER, "/one", &r), "first");
	CHECK(h->cost[SOURCE_DOCKER].usec < 50000);
	CHECK_INT(h->cost[SOURCE_DOCKER].count, 2);
}

TEST(who_asks_early_waits_for_the_answer)
{
	HOST *h = with(slow);
	int r;

	expect(h, SOURCE_DOCKER, "/one", "/two");
	CHECK_STR(ask(h, SOURCE_DOCKER, "/one", &r), "first");
	CHECK_INT(r, 0);
}

/* /info is not in the script, so the engine is silent about it. */
TEST(a_slow_answer_keeps_nobody_waiting)
{
	static const struct canned script[] = {
		{ "/quick", OK, "quick" },
		{ "/other", OK, "other" },
		{ 0 },
	};
	HOST *h = with(script);
	int r;

	expect(h, SOURCE_DOCKER, "/quick", "/info");
	CHECK_STR(ask(h, SOURCE_DOCKER, "/quick", &r), "quick");
	CHECK_STR(ask(h, SOURCE_DOCKER, "/other", &r), "other");
	CHECK(h->cost[SOURCE_DOCKER].usec < 1000000);
	CHECK(strstr(ask(h, SOURCE_DOCKER, "/info", &r), "docker /info"));
	CHECK_INT(r, -ETIMEDOUT);
	CHECK(h->cost[SOURCE_DOCKER].usec < 3000000);
}

TEST(asked_again_it_is_looked_at_anew)
{
	HOST *h = with(slow);
	int r;

	expect(h, SOURCE_PROCESSES, "stuck", NULL);
	ask(h, SOURCE_PROCESSES, "stuck", &r);
	CHECK_INT(r, -ENOENT);
	scratch_text("proc/1/stat", "1 (init) S 0\n");
	CHECK_STR(ask(h, SOURCE_PROCESSES, "stuck", &r), "");
	CHECK_INT(r, 0);
}

TEST(failure_is_told_and_ends_the_errand)
{
	HOST *h = with(slow);
	int r;

	expect(h, SOURCE_DOCKER, "/broken", "/one");
	CHECK(strstr(ask(h, SOURCE_DOCKER, "/broken", &r), "GET /broken: 500, no"));
	CHECK_INT(r, -EPROTO);
	uint64_t before = h->cost[SOURCE_DOCKER].usec;
	CHECK_STR(ask(h, SOURCE_DOCKER, "/one", &r), "first");
	CHECK(h->cost[SOURCE_DOCKER].usec - before > 50000);
}

TEST(what_is_not_there_does_not_end_it)
{
	HOST *h = with(slow);
	int r;

	expect(h, SOURCE_DOCKER, "/gone", "/one");
	usleep(300000);
	ask(h, SOURCE_DOCKER, "/gone", &r);
	CHECK_INT(r, -ENOENT);
	CHECK_STR(ask(h, SOURCE_DOCKER, "/one", &r), "first");
	CHECK(h->cost[SOURCE_DOCKER].usec < 50000);
}

/* The linker puts these around pthread_create(): a thread may be far before its maker goes on. */
int __real_pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*run)(void *),
			  void *data);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*run)(void *),
			  void *data);
static long head_start_nsec;

int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*run)(void *),
			  void *data)
{
	int r = __real_pthread_create(t, attr, run, data);

	nanosleep(&(struct timespec){ .tv_nsec = head_start_nsec }, NULL);
	return r;
}

/* A socket whose server has died. */
static struct host *with_nobody_at_it(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/dead", scratch());
	CHECK_INT(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	struct host_options o = { .docker = arena_printf(&arena, "unix://%s", at.sun_path),
				  .root = scratch() };
	return host_live(&o, NULL);
}

TEST(errand_that_is_over_before_its_sender_goes_on_is_not_waited_for)
{
	HOST *h = with_nobody_at_it();
	int r;

	head_start_nsec = 200000000;
	expect(h, SOURCE_DOCKER, "/one", "/two");
	head_start_nsec = 0;
	alarm(20);
	ask(h, SOURCE_DOCKER, "/two", &r);
	alarm(0);
	CHECK_INT(r, -EHOSTDOWN);
}

TEST(nobody_has_to_ask)
{
	HOST *h = with(slow);

	expect(h, SOURCE_DOCKER, "/one", "/two");
	expect(h, SOURCE_SYSTEMD, "no question", NULL);
	host_expect(h, SOURCE_BOLT, &(struct names){ 0 });
}

TEST(an_arena_takes_over_another)
{
	struct arena from = { 0 }, to = { 0 };
	const char *big = str_ndup(&from, "old", 3);

	for (int i = 0; i < 3; i++)
		arena_alloc(&from, 8192);
	arena_adopt(&to, &from);
	CHECK(!from.blocks);
	str_dup(&from, "more");
	arena_adopt(&to, &from);
	CHECK_STR(big, "old");
	arena_done(&to);
}

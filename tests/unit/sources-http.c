/* SPDX-License-Identifier: MIT */
/* The sources docker and ollama, against servers that behave as no real one can be made to. */
#include "host/host.h"
#include "scratch.h"
#include "server.h"
#include "tap.h"

#include <errno.h>

#define ID(c) c c c c c c c c c c c c
#define OK "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define BAD "HTTP/1.1 500 Internal Server Error\r\n"
#define GONE "HTTP/1.1 404 Not Found\r\n"

static const struct canned engine[] = {
	{ "/version", OK, "{\"Version\":\"28\"}\n" },
	{ "/info", OK, "{}", .hang_up = true },
	{ "/containers/json?all=1", OK,
	  "[{\"Id\":\"" ID("a") "\"},{\"Id\":\"" ID("b") "\"},{\"Id\":\"" ID(
	      "c") "\"},{\"Id\":\"a/../b\"},{\"Id\":7}]\n" },
	{ "/containers/" ID("a") "/json", OK, "{\"Id\":\"aa\"}" },
	{ "/containers/" ID("b") "/json", GONE, "{\"message\":\"No such container\"}\n" },
	{ "/containers/" ID("c") "/json", BAD, "{}" },
	{ "/broken", BAD, "{\"message\":\"layer \\u001b is bad\"}" },
	{ 0 },
};

static struct arena arena;
static struct err e;

static struct host *with(const struct canned *script)
{
	char *url = arena_printf(&arena, "unix://%s/engine", scratch());
	if (script)
		server_unix(url + strlen("unix://"), script);
	struct host_options o = { .docker = url };
	return host_live(&o, NULL);
}

static int ask(struct host *h, enum source who, const char *question, const char *want)
{
	struct bytes got = { "", 0 };
	int r = host_ask(h, &arena, who, question, &got, &e);
	if (r == 0)
		CHECK_STR(got.data, want);
	return r;
}

TEST(docker_answers_are_the_bodies)
{
	HOST *h = with(engine);

	CHECK_INT(ask(h, SOURCE_DOCKER, "/version", "{\"Version\":\"28\"}\n"), 0);
	CHECK_INT(
	    ask(h, SOURCE_DOCKER, "endpoint", arena_printf(&arena, "unix://%s/engine", scratch())),
	    0);
}

TEST(docker_connection_that_was_closed_meanwhile_is_made_again)
{
	HOST *h = with(engine);

	for (int i = 0; i < 5; i++) {
		CHECK_INT(ask(h, SOURCE_DOCKER, "/info", "{}"), 0);
		usleep(20000);
	}
}

TEST(docker_inspects_leave_out_who_is_gone_and_name_who_cannot_be_told)
{
	HOST *h = with(engine);

	CHECK_INT(ask(h, SOURCE_DOCKER, "/containers/*/json",
		      "[{\"Id\":\"aa\"},{\"Id\":\"" ID("c") "\"}]"),
		  0);
}

TEST(docker_says_why_without_control_characters)
{
	HOST *h = with(engine);

	CHECK_INT(ask(h, SOURCE_DOCKER, "/containers/" ID("b") "/json", ""), -ENOENT);
	CHECK(strstr(e.text, "No such container"));
	CHECK_INT(ask(h, SOURCE_DOCKER, "/broken", ""), -EPROTO);
	CHECK(strstr(e.text, "layer ? is bad"));
}

TEST(docker_question_that_is_none)
{
	HOST *h = with(engine);

	CHECK_INT(ask(h, SOURCE_DOCKER, "/log-end/a/../b", ""), -EINVAL);
	CHECK_INT(ask(h, SOURCE_DOCKER, "/log-start/", ""), -EINVAL);
	CHECK_INT(ask(h, SOURCE_DOCKER, "version", ""), -EINVAL);
}

TEST(docker_that_hangs_costs_five_seconds_in_all)
{
	HOST *h = with(engine);
	unsigned asked = 0;

	while (asked < 10) {
		asked++;
		CHECK_INT(ask(h, SOURCE_DOCKER, "/hangs", ""), -ETIMEDOUT);
	}
	CHECK(h->cost[SOURCE_DOCKER].usec > 4900000 && h->cost[SOURCE_DOCKER].usec < 6000000);
}

TEST(docker_over_tcp_by_literal_address)
{
	struct host_options o = { 0 };
	o.docker = arena_printf(&arena, "tcp://127.0.0.1:%u", server_tcp(AF_INET, engine));
	HOST *h = host_live(&o, NULL);
	CHECK_INT(ask(h, SOURCE_DOCKER, "/version", "{\"Version\":\"28\"}\n"), 0);

	o.docker = "tcp://docker.example:2375";
	HOST *named = host_live(&o, NULL);
	CHECK_INT(ask(named, SOURCE_DOCKER, "/version", ""), -EINVAL);
	CHECK_INT(ask(named, SOURCE_DOCKER, "endpoint", ""), -EINVAL);

	o.docker = "ssh://me@there";
	HOST *away = host_live(&o, NULL);
	CHECK_INT(ask(away, SOURCE_DOCKER, "/version", ""), -EPROTONOSUPPORT);
	CHECK(strstr(e.text, "ssh://me@there"));
}

TEST(docker_without_a_socket)
{
	HOST *h = with(NULL);

	CHECK_INT(ask(h, SOURCE_DOCKER, "/version", ""), -ENOENT);
}

static const struct canned ollama[] = {
	{ "/api/version", OK, "{\"version\":\"0.12.3\"}" },
	{ "/away", "HTTP/1.1 302 Found\r\nLocation: /api/version\r\n", "" },
	{ "/gone", GONE, "" },
	{ "/big", "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n" },
	{ 0 },
};

static int ask_port(const char *address, uint16_t port, const char *path, const char *want)
{
	struct host_options o = { 0 };
	HOST *h = host_live(&o, NULL);
	return ask(h, SOURCE_OLLAMA, arena_printf(&arena, "%s:%u%s", address, port, path), want);
}

TEST(ollama_answers_on_both_families)
{
	uint16_t four = server_tcp(AF_INET, ollama), six = server_tcp(AF_INET6, ollama);

	CHECK_INT(ask_port("127.0.0.1", four, "/api/version", "{\"version\":\"0.12.3\"}"), 0);
	if (six) /* a machine may have no IPv6 */
		CHECK_INT(ask_port("[::1]", six, "/api/version", "{\"version\":\"0.12.3\"}"), 0);
}

TEST(ollama_redirect_is_not_followed)
{
	uint16_t port = server_tcp(AF_INET, ollama);

	CHECK_INT(ask_port("127.0.0.1", port, "/away", ""), -EPROTO);
	CHECK_INT(ask_port("127.0.0.1", port, "/gone", ""), -ENOENT);
	CHECK_INT(ask_port("127.0.0.1", port, "/big", ""), -EFBIG);
}

TEST(ollama_is_not_waited_for)
{
	struct host_options o = { 0 };
	HOST *h = host_live(&o, NULL);
	uint16_t port = server_tcp(AF_INET, ollama);

	CHECK_INT(ask(h, SOURCE_OLLAMA, arena_printf(&arena, "127.0.0.1:%u/silence", port), ""),
		  -ETIMEDOUT);
	CHECK(h->cost[SOURCE_OLLAMA].usec < 1500000);
	CHECK_INT(ask_port("127.0.0.1", server_tcp(AF_INET, NULL), "/api/version", ""), -EHOSTDOWN);
}

TEST(ollama_is_asked_by_address_only)
{
	CHECK_INT(ask_port("localhost", 11434, "/api/version", ""), -EINVAL);
	CHECK_INT(ask_port("127.0.0.1", 0, "/api/version", ""), -EINVAL);
	CHECK_INT(ask_port("127.0.0.1:1", 80, "/api/version", ""), -EINVAL);
	struct host_options o = { 0 };
	HOST *h = host_live(&o, NULL);
	CHECK_INT(ask(h, SOURCE_OLLAMA, "127.0.0.1:11434", ""), -EINVAL);
	CHECK_INT(ask(h, SOURCE_OLLAMA, "", ""), -EINVAL);
}

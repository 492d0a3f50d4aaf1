/* SPDX-License-Identifier: MIT */
/* Where a server of the host is asked, by what its unit has it listen on. */
#include "collect/collect.h"

#include "answers.h"
#include "tap.h"

static struct arena arena;

static const char *endpoint(const char *variable)
{
	struct answering_host w = ANSWERS({ SOURCE_OLLAMA, "x", "" });
	struct unit unit = {
		.name = "ollama.service",
		.know = KNOWN,
		.active = "active",
		.active_since_usec = 1760000005000000,
		.environment = { &variable, variable ? 1 : 0 },
	};
	struct facts f = { .arena = &arena, .services = { KNOWN, &unit, 1 } };

	collect_ollama(&f, &w.host);
	CHECK_INT((long long)f.ollama.server_count, 1);
	return f.ollama.server[0].endpoint;
}

TEST(a_service_listens_where_its_environment_says)
{
	CHECK_STR(endpoint(NULL), "127.0.0.1:11434");
	CHECK_STR(endpoint("OLLAMA_HOST="), "127.0.0.1:11434");
	CHECK_STR(endpoint("OLLAMA_HOST=0.0.0.0"), "127.0.0.1:11434");
	CHECK_STR(endpoint("OLLAMA_HOST=:8080"), "127.0.0.1:8080");
	CHECK_STR(endpoint("OLLAMA_HOST=192.168.7.2"), "192.168.7.2:11434");
	CHECK_STR(endpoint("OLLAMA_HOST=localhost:8080"), "127.0.0.1:8080");
	CHECK_STR(endpoint("OLLAMA_HOST=[::]:8080"), "127.0.0.1:8080");
	CHECK_STR(endpoint("OLLAMA_HOST=::1"), "[::1]:11434");
	CHECK_STR(endpoint("OLLAMA_HOST=[::1]"), "[::1]:11434");
	CHECK_STR(endpoint("OLLAMA_HOST=http://127.0.0.1:8080/api"), "127.0.0.1:8080");
	CHECK_STR(endpoint("OLLAMA_HOST=http://127.0.0.1"), "127.0.0.1:80");
	CHECK_STR(endpoint("OLLAMA_HOST=https://0.0.0.0"), "127.0.0.1:443");
}

TEST(what_cannot_be_is_the_usual_port)
{
	CHECK_STR(endpoint("OLLAMA_HOST=0.0.0.0:99999"), "127.0.0.1:11434");
	CHECK_STR(endpoint("OLLAMA_HOST=0.0.0.0:x"), "127.0.0.1:11434");
	CHECK_STR(endpoint("OLLAMA_HOST=[::1"), "[::1]:11434");
	CHECK_STR(endpoint("OLLAMA_HOST=["), "127.0.0.1:11434");
}

TEST(a_name_is_not_looked_up)
{
	CHECK_STR(endpoint("OLLAMA_HOST=gpu.lan:8080"), "");
}

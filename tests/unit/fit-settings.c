/* SPDX-License-Identifier: MIT */
#include "cmd/fit/fit.h"
#include "facts/facts.h"

#include "tap.h"

static struct arena arena;
static struct fit_model m;
static struct fit_options options;
static struct ollama server;

/* What comes of the options, a server with that environment, and a Modelfile. */
static const struct settings *settled(const char *parameters, size_t count, const char **env)
{
	struct facts *f = arena_alloc(&arena, sizeof(*f));
	const struct fit_host h = { .facts = f };
	struct fit_gpus *g = arena_alloc(&arena, sizeof(*g));
	const struct fit_found found = { .parameters = parameters };

	server = (struct ollama){ .where = "ollama",
				  .container = "ollama",
				  .version = known_text("0.12.3", "x"),
				  .environment = { env, count } };
	f->ollama = (struct ollama_list){ KNOWN, &server, 1 };
	m = (struct fit_model){ .model = { .arch = "llama", .context_max = 131072 } };
	g->rig.gpu_count = 1;
	g->room[0].total_bytes = (uint64_t)12 << 30;
	fit_settings(&arena, &options, &h, g, &found, &m);
	return &m.settings;
}

#define SETTLED(parameters, ...)                                                                   \
	settled(parameters, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *),              \
		(const char *[]){ __VA_ARGS__ })

TEST(the_servers_environment_counts)
{
	const struct settings *s =
	    SETTLED(NULL, "OLLAMA_CONTEXT_LENGTH=8192", "OLLAMA_NUM_PARALLEL=2",
		    "OLLAMA_KV_CACHE_TYPE=q8_0", "OLLAMA_FLASH_ATTENTION=1");

	CHECK_INT(s->ctx, 16384);
	CHECK_INT(s->parallel, 2);
	CHECK_STR(s->type_k->name, "q8_0");
	CHECK_INT(s->flash, FLASH_ON);
	CHECK_STR(m.said.ctx, "OLLAMA_CONTEXT_LENGTH of ollama");
	CHECK_INT(s->build.version, 12003);
	CHECK_STR(m.said.build, "ollama");
}

TEST(a_modelfile_comes_before_the_environment)
{
	const struct settings *s = SETTLED("{\"num_ctx\":2048,\"num_gpu\":7,\"num_batch\":128}",
					   "OLLAMA_CONTEXT_LENGTH=8192");

	CHECK_INT(s->ctx, 2048);
	CHECK_INT(s->gpu_layers, 7);
	CHECK_INT(s->batch, 128);
	CHECK_STR(m.said.gpu_layers, "num_gpu of the model");
}

TEST(the_call_comes_before_both)
{
	options.set.ctx = 4096;
	options.set.parallel = 3;
	const struct settings *s =
	    SETTLED("{\"num_ctx\":2048}", "OLLAMA_CONTEXT_LENGTH=8192", "OLLAMA_NUM_PARALLEL=2");

	CHECK_INT(s->ctx, 12288);
	CHECK_INT(s->parallel, 3);
	CHECK_STR(m.said.ctx, "-c");
}

TEST(what_is_no_value_is_not_heeded)
{
	const struct settings *s =
	    SETTLED("{\"num_ctx\":\"many\",\"num_gpu\":-1,\"num_batch\":99999999999}",
		    "OLLAMA_CONTEXT_LENGTH=lots", "OLLAMA_NUM_PARALLEL=0",
		    "OLLAMA_KV_CACHE_TYPE=q9_9", "OLLAMA_CONTEXT_LENGTHS=5");

	CHECK_INT(s->ctx, 4096);
	CHECK(!s->has_gpu_layers);
	CHECK_STR(s->type_k->name, "f16");
	CHECK(!m.said.ctx);
}

TEST(llama_cpp_does_not_heed_ollamas_environment)
{
	options.set_build = true;
	CHECK_INT(build_parse("b5427", &options.set.build, NULL), 0);
	const struct settings *s =
	    SETTLED(NULL, "OLLAMA_CONTEXT_LENGTH=8192", "OLLAMA_NUM_PARALLEL=2");

	CHECK_INT(s->ctx, 4096);
	CHECK_INT(s->parallel, 1);
	CHECK_STR(m.said.build, "--build");
}

TEST(a_context_of_all_sequences_does_not_wrap)
{
	const struct settings *s =
	    SETTLED(NULL, "OLLAMA_CONTEXT_LENGTH=134217728", "OLLAMA_NUM_PARALLEL=134217728");

	CHECK(s->ctx >= 131072);
}

TEST(sizes_are_mib_or_say_their_unit)
{
	static const struct {
		const char *text;
		unsigned long long mib;
	} good[] = { { "12288", 12288 }, { "12G", 12288 }, { "11.5GiB", 11776 },
		     { "12gb", 12288 },  { "512M", 512 },  { "1T", 1048576 } };
	static const char *const bad[] = { "",     "G",   "12 G",      "-1",    "1e9", "0x10",
					   "12Gx", "nan", "99999999T", "1.2.3", "0" };
	uint64_t bytes;

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		CHECK_INT(fit_take_size(&bytes, good[i].text, NULL), 0);
		CHECK_INT(bytes >> 20, good[i].mib);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		CHECK(fit_take_size(&bytes, bad[i], NULL) < 0);
}

/* SPDX-License-Identifier: MIT */
/* Where names are looked for: what a container has its models on, what the service's environment
 * says, and the usual folders. */
#include "cmd/fit/fit.h"

#include "facts/facts.h"
#include "scratch.h"
#include "tap.h"

static struct arena arena;

static const char *variable;
static struct unit service = { .name = "ollama.service",
			       .know = KNOWN,
			       .environment = { &variable, 1 } };
static struct container servers[] = {
	{ .name = "ollama", .kind = CONTAINER_OLLAMA, .model_store = "/volume" },
	{ .name = "none", .kind = CONTAINER_OLLAMA, .model_store = "" },
	{ .name = "other", .kind = CONTAINER_OTHER, .model_store = "/volume" },
};

/* The folders without the root they are below, each with whose it is. */
static const char *stores(const char *set)
{
	struct facts f = { .arena = &arena };
	struct fit_host h = { .facts = &f, .live = true, .root = scratch() };
	const char *all = "";

	variable = set ? set : "OLLAMA_X=1";
	f.services = (struct services){ KNOWN, &service, 1 };
	f.docker.container = servers;
	f.docker.container_count = COUNT_OF(servers);
	fit_look_for_stores(&h, &arena, &(struct fit_options){ 0 });
	for (size_t i = 0; i < h.store_count; i++)
		all = arena_printf(&arena, "%s%s(%s) ", all, h.store[i].dir + strlen(scratch()),
				   h.store[i].container ? h.store[i].container : "host");
	return all;
}

TEST(container_service_then_the_usual_folders)
{
	unsetenv("OLLAMA_MODELS");
	setenv("HOME", "/nobody", 1);
	scratch_write("volume/manifests/", "", 0);
	scratch_write("big/models/manifests/", "", 0);
	scratch_write("usr/share/ollama/.ollama/models/manifests/", "", 0);
	CHECK_STR(stores(NULL), "/volume(ollama) /usr/share/ollama/.ollama/models(host) ");
	CHECK_STR(stores("OLLAMA_MODELS=/big/models"),
		  "/volume(ollama) /big/models(host) /usr/share/ollama/.ollama/models(host) ");
}

TEST(what_is_no_store_is_none)
{
	CHECK_STR(stores("OLLAMA_MODELS=big/models"), stores(NULL));
	CHECK_STR(stores("OLLAMA_MODELS=/nowhere"), stores(NULL));
	CHECK_STR(stores("OLLAMA_MODELS=/usr/share/ollama/.ollama/models"), stores(NULL));
}

TEST(one_store_under_two_names_is_one)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/again", scratch());
	if (symlink("volume", path) < 0)
		abort();
	CHECK_STR(stores("OLLAMA_MODELS=/again"), stores(NULL));
}

TEST(a_folder_that_is_named_is_the_only_one)
{
	struct facts f = { .arena = &arena };
	struct fit_host h = { .facts = &f, .live = true };

	fit_look_for_stores(&h, &arena, &(struct fit_options){ .store = "/here" });
	CHECK_INT((long long)h.store_count, 1);
	CHECK_STR(h.store[0].dir, "/here");
}

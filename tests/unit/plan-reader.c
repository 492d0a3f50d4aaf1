/* SPDX-License-Identifier: MIT */
#include "plan/reader.h"

#include "base/str.h"
#include "tap.h"

static struct arena arena;
static const char *files[] = { "/srv/LLM.stack/compose.yaml", "/srv/LLM.stack/gpu.yaml" };
static struct container c;
static struct facts facts;

static struct cause_reader reader(void)
{
	facts =
	    (struct facts){ .machine.distro = DISTRO_ARCH,
			    .docker = { .know = KNOWN, .container = &c, .container_count = 1 } };
	return reader_of(&arena, &facts, "ollama");
}

static void by_compose(const char *project, const char *dir, size_t file_count)
{
	c = (struct container){ .name = "ollama",
				.compose_project = project,
				.compose_service = "llm",
				.compose_dir = dir,
				.compose_files = { files, file_count } };
}

TEST(compose_makes_it_anew_from_its_files)
{
	by_compose("llmstack", "/srv/LLM.stack", 1);
	const struct cause_reader to = reader();

	CHECK_STR(to.distro, "arch");
	CHECK_STR(to.subject, "ollama");
	CHECK_INT(to.maker, MAKER_COMPOSE);
	CHECK_STR(to.compose_file, "/srv/LLM.stack/compose.yaml");
	CHECK_STR(to.compose_up, "docker compose -f /srv/LLM.stack/compose.yaml up -d llm");
	by_compose("llmstack", "/srv/LLM.stack", 2);
	CHECK_STR(reader().compose_up, "docker compose -f /srv/LLM.stack/compose.yaml -f "
				       "/srv/LLM.stack/gpu.yaml up -d llm");
}

TEST(a_project_that_is_named_otherwise_is_named)
{
	static const char *const others[] = { "llm", "llm.stack", "llmstack2", "stack" };

	for (size_t i = 0; i < COUNT_OF(others); i++) {
		by_compose(others[i], "/srv/LLM.stack", 1);
		CHECK_STR(
		    reader().compose_up,
		    arena_printf(&arena,
				 "docker compose -p %s -f /srv/LLM.stack/compose.yaml up -d llm",
				 others[i]));
	}
}

TEST(a_folder_elsewhere_is_named_and_paths_are_from_there)
{
	const char *was = files[0];

	by_compose("it", "/home/a b/it", 1);
	CHECK_STR(reader().compose_up, "docker compose --project-directory '/home/a b/it' -f "
				       "/srv/LLM.stack/compose.yaml up -d llm");
	files[0] = "compose.yaml";
	CHECK_STR(reader().compose_up, "docker compose -f '/home/a b/it/compose.yaml' up -d llm");
	CHECK_STR(reader().compose_file, "/home/a b/it/compose.yaml");
	files[0] = was;
}

TEST(labels_that_tell_no_place_are_not_known)
{
	by_compose("it", "", 1);
	CHECK_INT(reader().maker, MAKER_UNKNOWN);
	by_compose("it", "/srv/it", 0);
	CHECK_INT(reader().maker, MAKER_UNKNOWN);
	by_compose("it", "/srv/it", 1);
	c.name = "another";
	CHECK_INT(reader().maker, MAKER_UNKNOWN);
}

TEST(without_compose_it_was_made_otherwise)
{
	c = (struct container){ .name = "ollama", .compose_service = "" };
	CHECK_INT(reader().maker, MAKER_OTHER);
	c.compose_service = NULL;
	CHECK_INT(reader().maker, MAKER_OTHER);
}

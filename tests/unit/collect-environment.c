/* SPDX-License-Identifier: MIT */
#include "collect/environment.h"

#include "tap.h"

static struct arena arena;

static const char *joined(const struct names *n)
{
	const char *all = "";
	for (size_t i = 0; i < n->count; i++)
		all = arena_printf(&arena, "%s%s%s", all, i ? " " : "", n->name[i]);
	return all;
}

static const char *of_file(const char *text)
{
	struct names n = environment_new(&arena);
	environment_put_file(&arena, &n, bytes_of(text));
	return joined(&n);
}

TEST(only_what_is_ours_is_kept_and_no_secret)
{
	json_auto_t *all =
	    json_pack("[ssssssi]", "OLLAMA_HOST=0.0.0.0", "PATH=/bin", "OLLAMA_API_KEY=s3cret",
		      "CUDA_TOKEN=", "OLLAMA_DEBUG", "WEBUI_AUTH=False", 7);
	struct names n = environment_new(&arena);

	environment_put_all(&arena, &n, all);
	CHECK_STR(joined(&n), "OLLAMA_HOST=0.0.0.0 OLLAMA_API_KEY=(set) WEBUI_AUTH=False");
	environment_put_all(&arena, &n, NULL);
	CHECK_INT((long long)n.count, 3);
}

TEST(the_last_one_counts)
{
	struct names n = environment_new(&arena);

	environment_put(&arena, &n, "OLLAMA_A=1");
	environment_put(&arena, &n, "OLLAMA_AB=2");
	environment_put(&arena, &n, "OLLAMA_A=3");
	CHECK_STR(joined(&n), "OLLAMA_A=3 OLLAMA_AB=2");
}

TEST(there_is_an_end_to_it)
{
	struct names n = environment_new(&arena);

	for (int i = 0; i < 200; i++)
		environment_put(&arena, &n, arena_printf(&arena, "OLLAMA_%d=%0300d", i, i));
	CHECK_INT((long long)n.count, 64);
	CHECK(strlen(n.name[0]) <= 204);
	environment_put(&arena, &n, "OLLAMA_0=again");
	CHECK_STR(n.name[0], "OLLAMA_0=again");
}

TEST(a_file_of_a_service)
{
	CHECK_STR(of_file("# OLLAMA_NO=1\n; OLLAMA_NO=1\n\n  OLLAMA_A=\"one two\"\nOLLAMA_B='3' \n"
			  "OLLAMA_C\nexport OLLAMA_D=4\nHOME=/x\nOLLAMA_A=5"),
		  "OLLAMA_A=5 OLLAMA_B=3");
	CHECK_STR(of_file(""), "");
	CHECK_STR(of_file("=\n\"=\"\nOLLAMA_\x1b[31m=1\n"), "OLLAMA_?[31m=1");
}

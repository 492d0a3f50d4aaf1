/* SPDX-License-Identifier: MIT */
/* Builds by name, and what an engine takes where nothing is said. */
#include "gguf/size/build.h"
#include "gguf/size/settings.h"

#include "size-model.h"

TEST(llama_cpp_is_its_number)
{
	CHECK_INT(build_of("b5427").number, 5427);
	CHECK_INT(build_of("5427").number, 5427);
	CHECK_INT(build_of("b5427-1-gabcdef").number, 5427);
	CHECK(build_of("b5427").known);
	CHECK_INT(build_rules(&(struct build){ .number = 5427, .known = true }), 5427);
}

TEST(small_numbers_are_of_other_programs)
{
	struct build b = build_of("b484");

	CHECK(!b.known);
	CHECK_INT(build_rules(&b), UINT32_MAX);
}

TEST(ollama_is_its_version)
{
	CHECK_INT(build_of("ollama-0.12.3").version, 12003);
	CHECK_INT(build_of("ollama-v0.12.3").version, 12003);
	CHECK_INT(build_of("Ollama 0.30.0-rc1").version, 30000);
	CHECK_INT(build_of("ollama").engine, ENGINE_OLLAMA);
	CHECK(!build_of("ollama").known);
}

TEST(ollama_has_a_llama_cpp_inside)
{
	struct build old = build_of("ollama-0.12.4"), new = build_of("ollama-0.40.0");

	CHECK_INT(build_rules(&old), 6646);
	CHECK(build_rules(&new) >= 10488);
}

TEST(nonsense_is_refused)
{
	static const char *const wrong[] = { "",
					     "b",
					     "c5427",
					     "b54x7",
					     "ollama-",
					     "ollama-x",
					     "ollama0.1",
					     "b99999999999999999999",
					     "ollama-0.1234",
					     "-5" };
	struct build b;
	struct err e;

	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		if (build_parse(wrong[i], &b, &e) != -22)
			TAP_FAIL("'%s' was taken", wrong[i]);
	CHECK_STR(e.text, "'-5' is no build: say b5427, or ollama-0.12.3");
}

static struct settings complete(const char *build, uint64_t vram)
{
	struct model m = llama_8b();
	struct settings s = { .vram_bytes = vram };

	if (*build)
		s.build = build_of(build);
	settings_complete(&s, &m);
	return s;
}

TEST(llama_cpp_takes_the_context_of_the_model)
{
	struct settings s = complete("", 0);

	CHECK_INT(s.ctx, 131072);
	CHECK_INT(s.batch, 2048);
	CHECK_INT(s.ubatch, 512);
	CHECK_INT(s.parallel, 4);
	CHECK_INT(s.flash, FLASH_ON);
	CHECK_STR(s.type_k->name, "f16");
	CHECK_INT(complete("b5000", 0).ctx, 4096);
	CHECK_INT(complete("b5000", 0).parallel, 1);
	CHECK_INT(complete("b5000", 0).flash, FLASH_OFF);
}

TEST(ollama_takes_a_context_by_its_memory)
{
	CHECK_INT(complete("ollama-0.6.0", 0).ctx, 4096); /* twice 2048 */
	CHECK_INT(complete("ollama-0.12.3", 12 * GIB).ctx, 4096);
	CHECK_INT(complete("ollama-0.12.3", 80 * GIB).ctx, 4096);
	CHECK_INT(complete("ollama", 12 * GIB).ctx, 4096);
	CHECK_INT(complete("ollama", 24 * GIB).ctx, 32768);
	CHECK_INT(complete("ollama", 48 * GIB).ctx, 131072); /* no more than was trained */
	CHECK_INT(complete("ollama", 0).batch, 512);
	CHECK_INT(complete("ollama", 0).parallel, 1);
}

TEST(ollama_has_flash_attention_by_family)
{
	struct model m = llama_8b();
	struct settings s = { .build = build_of("ollama-0.12.10") };

	settings_complete(&s, &m);
	CHECK_INT(s.flash, FLASH_OFF);
	s.flash = FLASH_AUTO;
	m.arch = "gemma3";
	settings_complete(&s, &m);
	CHECK_INT(s.flash, FLASH_ON);
}

TEST(asked_for_slots_split_the_cache)
{
	struct settings s = ask(8192, FLASH_ON, "");

	s.parallel = 2;
	CHECK_INT(settings_streams(&s), 2);
	s.parallel = 4; /* llama-server's own */
	CHECK_INT(settings_streams(&s), 1);
	s.build = build_of("b5500");
	CHECK_INT(settings_streams(&s), 1);
}

TEST(contexts_are_padded)
{
	struct settings s = ask(8200, FLASH_OFF, "b5500");

	CHECK_INT(settings_context(&s), 8224);
	s.flash = FLASH_ON;
	CHECK_INT(settings_context(&s), 8448);
	s.build = build_of("b2800");
	CHECK_INT(settings_context(&s), 8200);
	s = ask(1000, FLASH_OFF, "");
	s.parallel = 3;
	CHECK_INT(settings_context(&s), 3 * 512);
}

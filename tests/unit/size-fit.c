/* SPDX-License-Identifier: MIT */
/* What fits, and what would have to change. */
#include "size-model.h"

static struct arena arena;

static enum fit fit(const struct model *m, struct settings *s, uint64_t free_bytes,
		    uint64_t ram_bytes, struct size *z)
{
	struct size_room r = room(free_bytes);

	settings_complete(s, m);
	return size_fit(&arena, m, s, &r, 1, ram_bytes, z);
}

static struct settings free_settings(uint32_t ctx)
{
	struct settings s = ask(ctx, FLASH_ON, "b8000");

	s.has_gpu_layers = false;
	return s;
}

/* 32 layers of 125, 411 of output, 512 of cache, 258.5 of compute, 200 of overhead: 5381.5 MiB */
TEST(whole_where_there_is_room)
{
	struct model m = llama_8b();
	struct settings s = free_settings(4096);
	struct size z;

	CHECK_INT(fit(&m, &s, 6 * GIB, 0, &z), FIT_WHOLE);
	CHECK_INT(s.gpu_layers, 33);
	CHECK(s.has_gpu_layers);
	CHECK_INT(tenths(size_gpu_bytes(&z.gpu[0])), 53815);
}

TEST(tight_where_the_driver_may_take_more)
{
	struct model m = llama_8b();
	struct settings s = free_settings(4096);
	struct size z;

	CHECK_INT(fit(&m, &s, 5500 * MIB, 0, &z), FIT_TIGHT);
	s = free_settings(4096);
	CHECK_INT(fit(&m, &s, 5682 * MIB, 0, &z), FIT_WHOLE);
	s = free_settings(4096);
	CHECK_INT(fit(&m, &s, 5381 * MIB, 0, &z), FIT_PARTLY);
}

TEST(as_many_layers_as_fit)
{
	struct model m = llama_8b();
	struct settings s = free_settings(4096);
	struct size_room r = room(3 * GIB);
	struct size z;

	CHECK_INT(fit(&m, &s, 3 * GIB, 0, &z), FIT_PARTLY);
	CHECK(s.gpu_layers > 10 && s.gpu_layers < 20);
	CHECK_INT(z.layers_gpu, s.gpu_layers);
	CHECK(size_margin(&z, &r) >= 0);
	s.gpu_layers++;
	size_of(NULL, &m, &s, &r, 1, &z);
	CHECK(size_margin(&z, &r) < 0);
}

TEST(none_where_not_one_fits)
{
	struct model m = llama_8b();
	struct settings s = free_settings(4096);
	struct size z;

	CHECK_INT(fit(&m, &s, 300 * MIB, 0, &z), FIT_NONE);
	CHECK_INT(s.gpu_layers, 0);
	s = free_settings(4096);
	settings_complete(&s, &m);
	CHECK_INT(size_fit(&arena, &m, &s, NULL, 0, 0, &z), FIT_NONE);
	CHECK_INT(z.layers_gpu, 0);
}

TEST(what_was_asked_for_is_taken)
{
	struct model m = llama_8b();
	struct settings s = ask(4096, FLASH_ON, "b8000");
	struct size z;

	CHECK_INT(fit(&m, &s, 3 * GIB, 0, &z), FIT_NONE);
	CHECK_INT(z.layers_gpu, 33);
	s.gpu_layers = 5;
	CHECK_INT(fit(&m, &s, 3 * GIB, 0, &z), FIT_PARTLY);
	CHECK_INT(z.layers_gpu, 5);
}

TEST(ram_must_hold_the_rest)
{
	struct model m = llama_8b();
	struct settings s = free_settings(4096);
	struct size z;

	CHECK_INT(fit(&m, &s, 3 * GIB, 1 * GIB, &z), FIT_NONE);
	s = free_settings(4096);
	CHECK_INT(fit(&m, &s, 3 * GIB, 8 * GIB, &z), FIT_PARTLY);
}

TEST(the_largest_context_is_found)
{
	struct model m = llama_8b();
	struct settings s = free_settings(4096);
	struct size_room r = room(6 * GIB);
	uint32_t ctx;
	struct size z;

	settings_complete(&s, &m);
	ctx = size_largest_context(&arena, &m, &s, &r, 1);
	CHECK(ctx > 8192 && ctx % 256 == 0);
	s.gpu_layers = 33;
	s.ctx = ctx;
	size_of(NULL, &m, &s, &r, 1, &z);
	CHECK(size_margin(&z, &r) >= 0);
	s.ctx = ctx + 256;
	size_of(NULL, &m, &s, &r, 1, &z);
	CHECK(size_margin(&z, &r) < 0);
	r = room(100 * GIB);
	CHECK_INT(size_largest_context(&arena, &m, &s, &r, 1), 131072);
	r = room(1 * GIB);
	CHECK_INT(size_largest_context(&arena, &m, &s, &r, 1), 0);
}

/* 24 layers of 125 and 420 of experts */
TEST(the_fewest_experts_go_to_ram)
{
	struct model m = gpt_oss_20b();
	struct settings s = free_settings(4096);
	struct size_room r = room(8 * GIB);
	struct size z;
	uint32_t n;

	settings_complete(&s, &m);
	n = size_cpu_moe(&arena, &m, &s, &r, 1);
	CHECK(n > 8 && n < 16);
	s.gpu_layers = 25;
	s.cpu_moe = n;
	size_of(NULL, &m, &s, &r, 1, &z);
	CHECK(size_margin(&z, &r) >= 0);
	s.cpu_moe = n - 1;
	size_of(NULL, &m, &s, &r, 1, &z);
	CHECK(size_margin(&z, &r) < 0);
	r = room(100 * GIB);
	CHECK_INT(size_cpu_moe(&arena, &m, &s, &r, 1), 0);
	r = room(2 * GIB);
	CHECK_INT(size_cpu_moe(&arena, &m, &s, &r, 1), UINT32_MAX);
	m = llama_8b();
	CHECK_INT(size_cpu_moe(&arena, &m, &s, &r, 1), UINT32_MAX);
}

static bool noted(const struct size *z, const char *part)
{
	for (size_t i = 0; i < z->notes.count; i++)
		if (strstr(z->notes.name[i], part))
			return true;
	return false;
}

TEST(what_rests_on_a_guess_is_said)
{
	struct model m = gemma3_27b();
	struct settings s = ask(32768, FLASH_ON, "");
	struct size z;

	m.projector_bytes = 800 * MIB;
	fit(&m, &s, 100 * GIB, 0, &z);
	CHECK(noted(&z, "since b9470 reserves 18"));
	CHECK(noted(&z, "Builds before b5427"));
	CHECK(noted(&z, "projector"));
	s = ask(4096, FLASH_OFF, "b10000");
	s.type_k = s.type_v = ggml_type_named("q8_0");
	m = llama_8b();
	fit(&m, &s, 100 * GIB, 0, &z);
	CHECK(noted(&z, "-fa on"));
	CHECK_INT(z.notes.count, 1);
}

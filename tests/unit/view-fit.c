/* SPDX-License-Identifier: MIT */
#include "view/fit/part.h"

#include "tap.h"

#define GIB ((uint64_t)1 << 30)
#define MIB ((uint64_t)1 << 20)

static struct arena arena;
static const struct card card = { "RTX 3060 12GB", 12288, 360, 51, 86, 28 };
static const struct link tb4 = { "tb4", "Thunderbolt 4", 2.8, 2.5, 3.1, 60, "somewhere" };
static struct rig rig;
static struct size_room room[2];
static struct fit_model model;
static struct fit_view view;

/* A model that fits with room to spare. */
static void made(void)
{
	const struct span driver = { 100 * MIB, 200 * MIB, 300 * MIB };

	rig = (struct rig){ .gpu = { { "RTX 3060 12GB", &card, 360 } },
			    .gpu_count = 1,
			    .link = &tb4 };
	room[0] = (struct size_room){ "RTX 3060 12GB", 12 * GIB, 11 * GIB, driver };
	model = (struct fit_model){
		.asked = "some:8b",
		.where = "/models/some.gguf",
		.from = "",
		.model = { .name = "Some 8B",
			   .arch = "llama",
			   .quant = "Q4_K_M",
			   .arch_known = true,
			   .file_bytes = 5 * GIB,
			   .context_max = 32768,
			   .layer_count = 32 },
		.settings = { .ctx = 8192,
			      .batch = 2048,
			      .ubatch = 512,
			      .parallel = 1,
			      .has_gpu_layers = true,
			      .gpu_layers = 33 },
		.size = { .gpu = { { .weights_bytes = 4 * GIB,
				     .kv_bytes = GIB,
				     .compute_bytes = 256 * MIB,
				     .overhead = driver,
				     .layers = 32 } },
			  .gpu_count = 1,
			  .layers_gpu = 33,
			  .layers_total = 33,
			  .output_gpu = true },
		.fit = FIT_WHOLE,
		.speed = { .token = { { 40, 50.4, 60 }, BOUND_GPU_MEMORY },
			   .prompt = { { 900, 1234, 2000 }, BOUND_GPU_ARITHMETIC },
			   .load = { { 1.5, 1.7, 2 }, BOUND_LINK },
			   .sure = true },
		.full = { .token = { { 30, 38.2, 45 }, BOUND_GPU_MEMORY },
			  .prompt = { { 500, 700, 1000 }, BOUND_GPU_ARITHMETIC } },
		.has_speed = true,
		.best = { .largest = { { ggml_type_named("f16"), 16384 },
				       { ggml_type_named("q8_0"), 32768 } },
			  .largest_count = 2,
			  .cpu_moe = UINT32_MAX,
			  .whole = true },
	};
	model.best.settings = model.settings;
	view = (struct fit_view){ .arena = &arena,
				  .model = &model,
				  .model_count = 1,
				  .room = room,
				  .gpu_count = 1,
				  .rig = &rig,
				  .free_known = true,
				  .ram_bytes = 32 * GIB,
				  .columns = 80,
				  .version = "1" };
}

static const char *shown(void (*show)(FILE *, const struct fit_view *))
{
	static char out[1 << 16];
	FILE *f = fmemopen(out, sizeof(out), "w");

	CHECK(f);
	show(f, &view);
	fclose(f);
	return out;
}

static size_t widest(const char *text)
{
	size_t most = 0;
	for (size_t n; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		most = n > most ? n : most;
	}
	return most;
}

static bool says(const char *text, const char *what)
{
	if (!strstr(text, what))
		printf("# %s", text);
	return strstr(text, what);
}

TEST(a_full_context_slows_it_down)
{
	made();
	CHECK(says(shown(fit_text), "memory; 38 (30-45)\n"));
	model.full.token.value.likely = 50;
	CHECK(!strstr(shown(fit_text), "when the context"));
	json_auto_t *j = fit_json(&view);
	CHECK(json_real_value(json_at(j, "speed", "full_prompt_per_sec", "likely")) == 700);
}

TEST(one_model_is_told_on_a_screen)
{
	made();
	const char *text = shown(fit_text);

	CHECK(says(text, "Some 8B, Q4_K_M, 5 GiB, on RTX 3060 12GB over Thunderbolt 4\n"));
	CHECK(says(text, "  fits whole    33 of 33 layers on the GPU; 5.5 GiB to spare\n"));
	CHECK(says(text, "50 tokens/s (40 to 60), bounded by the GPU's memory"));
	CHECK(says(text, "1200 tokens/s (900 to 2000)"));
	CHECK(says(text, "16384 at f16, 32768 at q8_0,"));
	CHECK(says(text, "llama-server -m /models/some.gguf -c 8192 -ngl 99\n"));
	CHECK(says(text, "PARAMETER num_ctx 8192\n"));
	CHECK(!strstr(text, "num_gpu"));
	CHECK(widest(text) <= 80);
}

TEST(the_bar_shows_each_part_as_wide_as_it_is)
{
	char out[4096];
	FILE *f = fmemopen(out, sizeof(out), "w");

	made();
	fit_bar(f, &view, &model, 0);
	fclose(f);
	CHECK(says(
	    out, "  VRAM  [#########################======++~.................................."));
	CHECK(says(out, "# weights 4 GiB   = KV cache 1 GiB   + compute 256 MiB"));
	CHECK(says(out, "~ driver 100 MiB to 300 MiB"));
	CHECK(widest(out) <= 80);
}

TEST(what_is_too_much_stands_behind_the_edge)
{
	char out[4096];
	FILE *f = fmemopen(out, sizeof(out), "w");

	made();
	model.size.gpu[0].weights_bytes = 20 * GIB;
	fit_bar(f, &view, &model, 0);
	fclose(f);
	CHECK(says(out, "|##"));
	CHECK(!strstr(out, ". free"));
}

TEST(in_part_it_tells_what_stays_in_ram)
{
	made();
	model.fit = FIT_PARTLY;
	model.all_bytes = 6 * GIB;
	model.size.layers_gpu = 20;
	model.size.host.weights_bytes = 2 * GIB;
	model.best.whole = false;
	model.best.quant = "Q3_K_M";
	model.best.quant_bytes = 4 * GIB;
	const char *text = shown(fit_text);

	CHECK(says(text, "20 of 33 layers on the GPU; all would take 6 GiB; 2 GiB of"));
	CHECK(says(text, "Q3_K_M fits whole: 4 GiB"));
	CHECK(says(text, "-ngl 20\n"));
	CHECK(says(text, "PARAMETER num_gpu 20\n"));
	CHECK_INT(fit_exit_status(&view), 1);
}

TEST(the_exit_status_says_whether_it_fits)
{
	static const int wanted[] = { 0, 1, 1, 2 };

	made();
	for (enum fit f = FIT_WHOLE; f <= FIT_NONE; f++) {
		model.fit = f;
		CHECK_INT(fit_exit_status(&view), wanted[f]);
	}
	view.free_known = false;
	CHECK_INT(fit_exit_status(&view), 3);
	view.several = true;
	CHECK_INT(fit_exit_status(&view), 0);
	model.error = "no such file";
	CHECK_INT(fit_exit_status(&view), 3);
}

TEST(several_models_are_a_line_each)
{
	struct fit_model two[2];

	made();
	two[0] = two[1] = model;
	two[1].asked = "a-very-long-name-that-does-not-fit-into-its-column:70b";
	two[1].error = "it is not there";
	view.model = two;
	view.model_count = 2;
	view.several = true;
	const char *text = shown(fit_text);

	CHECK(says(text, "some:8b Q4_K_M"));
	CHECK(says(text, "33 of 33"));
	CHECK(says(text, "50 (40-60)"));
	CHECK(says(text, "a-very-long-name-that-does..  it is not there\n"));
	CHECK(widest(text) <= 80);
}

TEST(json_sums_over_the_gpus)
{
	made();
	room[1] = room[0];
	model.size.gpu[1] = model.size.gpu[0];
	model.size.gpu_count = view.gpu_count = 2;
	json_auto_t *j = fit_json(&view);

	CHECK(j);
	CHECK_INT(json_integer_value(json_at(j, "memory", "gpu", "kv_bytes")), 2 * GIB);
	CHECK_INT(json_integer_value(json_at(j, "memory", "gpu", "free_bytes")), 22 * GIB);
	CHECK_INT(json_array_size(json_at(j, "memory", "gpus")), 2);
	CHECK_STR(json_string_value(json_at(j, "fit")), "whole");
}

TEST(json_has_no_number_that_is_none)
{
	made();
	model.speed.token.value.high = 1.0 / 0.0;
	json_auto_t *j = fit_json(&view);

	CHECK(j);
	CHECK(json_is_null(json_at(j, "speed", "token_per_sec", "high")));
}

TEST(a_note_is_told_once)
{
	const char *one[] = { "Same." };

	made();
	model.notes = view.notes = (struct names){ one, 1 };
	CHECK_INT(fit_notes(&view, &model).count, 1);
}

TEST(gpus_that_are_alike_are_counted)
{
	made();
	room[1] = room[0];
	view.gpu_count = 2;
	CHECK_STR(fit_gpus(&view), "2 x RTX 3060 12GB");
	room[1].name = "RTX 4090";
	CHECK_STR(fit_gpus(&view), "RTX 3060 12GB + RTX 4090");
}

TEST(a_file_with_blanks_is_quoted)
{
	struct fit_lines l[FIT_LINES_MAX];

	made();
	model.where = "/my models/a.gguf";
	CHECK_INT(fit_lines(&view, &model, l), 3);
	CHECK(strstr(l[0].line.name[0], "-m '/my models/a.gguf'"));
}

TEST(what_llama_cpp_does_by_itself_is_not_asked_for)
{
	struct fit_lines l[FIT_LINES_MAX];

	made();
	model.best.settings.parallel = 4;
	fit_lines(&view, &model, l);
	CHECK(!strstr(l[0].line.name[0], "-np"));
	CHECK_STR(l[1].line.name[0], "OLLAMA_NUM_PARALLEL=1");
	CHECK_STR(l[2].line.name[1], "PARAMETER num_ctx 8192");
	model.said.parallel = "-np";
	fit_lines(&view, &model, l);
	CHECK(strstr(l[0].line.name[0], "-np 4"));
	CHECK_STR(l[1].line.name[0], "OLLAMA_NUM_PARALLEL=4");
	CHECK_STR(l[2].line.name[1], "PARAMETER num_ctx 2048");
}

TEST(experts_in_ram_are_for_llama_cpp_alone)
{
	struct fit_lines l[FIT_LINES_MAX];

	made();
	model.best.whole = false;
	model.best.cpu_moe = model.best.settings.cpu_moe = 7;
	model.size.layers_gpu = 12;
	fit_lines(&view, &model, l);
	CHECK(strstr(l[0].line.name[0], "-ngl 99 --n-cpu-moe 7"));
	CHECK_STR(l[2].line.name[2], "PARAMETER num_gpu 12");
}

TEST(quantised_kv_asks_for_flash_attention)
{
	struct fit_lines l[FIT_LINES_MAX];

	made();
	model.best.settings.type_k = model.best.settings.type_v = ggml_type_named("q8_0");
	fit_lines(&view, &model, l);
	CHECK(strstr(l[0].line.name[0], "-fa on -ctk q8_0 -ctv q8_0"));
	CHECK_STR(l[1].line.name[0], "OLLAMA_FLASH_ATTENTION=1");
	CHECK_STR(l[1].line.name[1], "OLLAMA_KV_CACHE_TYPE=q8_0");
}

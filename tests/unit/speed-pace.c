/* SPDX-License-Identifier: MIT */
#include "gguf/speed/speed.h"

#include "tap.h"

enum { LAYERS = 32, GIB = 1 << 30 };

/* A model of 8 * 10^9 weights in 4.5 bits, whole on an RTX 3060 in a Thunderbolt 4 enclosure. */
static struct model_layer layer[LAYERS];
static struct model model;
static struct settings settings;
static struct size size;
static struct rig rig;
static struct arena arena;

static const struct ggml_type q8_0 = { 8, "q8_0", 32, 34 };

static void usual(void)
{
	for (size_t i = 0; i < LAYERS; i++)
		layer[i] = (struct model_layer){
			.weight_bytes = 125000000,
			.cache = LAYER_CACHE_FULL,
			.k_width = 1024,
			.v_width = 1024,
			.heads = 32,
			.kv_heads = 8,
			.k_head = 128,
			.v_head = 128,
			.ff = 14336,
		};
	model = (struct model){
		.name = "one of 8B",
		.params = 8000000000,
		.file_bytes = 4500000000,
		.embd = 4096,
		.ff = 14336,
		.heads = 32,
		.vocab = 128000,
		.layer = layer,
		.layer_count = LAYERS,
		.output_bytes = 300000000,
		.output_weight_bytes = 300000000,
		.embd_bytes = 200000000,
	};
	settings = (struct settings){ .ctx = 8192, .ubatch = 512, .parallel = 1 };
	size = (struct size){
		.gpu_count = 1,
		.gpu[0] = { .weights_bytes = 4300000000, .kv_bytes = GIB, .layers = LAYERS },
		.layers_gpu = LAYERS + 1,
		.layers_total = LAYERS + 1,
		.output_gpu = true,
		.active_gpu_bytes = 4300000000,
	};
	rig = (struct rig){
		.gpu[0] = { "RTX 3060", card_find("RTX 3060", 12288), 360 },
		.gpu_count = 1,
		.link = link_find("tb4"),
		.ram_gb_s = 51.2,
		.disk_gb_s = 3,
	};
}

static struct speed reckon(uint32_t depth)
{
	struct speed s;

	speed_of(&arena, &model, &settings, &size, &rig, depth, &s);
	return s;
}

static double tokens(void)
{
	return reckon(0).token.value.likely;
}

static void in_order(const struct range *r)
{
	CHECK(r->low >= 0 && r->low <= r->likely && r->likely <= r->high);
	CHECK(r->high < 1e30);
}

static void put(const char *name)
{
	const struct card *c = card_find(name, 0);

	rig.gpu[0] = (struct rig_gpu){ name, c, c->memory_gb_s };
}

/* So much of the model in RAM, the rest on the GPU. */
static void spill(uint64_t bytes)
{
	size.gpu[0].weights_bytes -= bytes;
	size.active_gpu_bytes -= bytes;
	size.host.weights_bytes = size.active_host_bytes = size.streamed_bytes = bytes;
}

/* --- tokens --- */

TEST(a_usual_model_on_a_usual_card)
{
	usual();
	struct speed s = reckon(0);

	CHECK(s.token.value.likely > 50 && s.token.value.likely < 70);
	CHECK_INT(s.token.bound, BOUND_GPU_MEMORY);
	CHECK(s.sure);
	CHECK_INT(s.notes.count, 0);
	in_order(&s.token.value);
	in_order(&s.prompt.value);
	in_order(&s.load.value);
}

TEST(more_bandwidth_is_never_slower)
{
	double last = 0;

	usual();
	for (double gb_s = 10; gb_s < 5000; gb_s *= 1.1) {
		rig.gpu[0].memory_gb_s = gb_s;
		double now = tokens();
		CHECK(now >= last);
		last = now;
	}
	rig.gpu[0].memory_gb_s = 720;
	double twice = tokens();
	usual();
	CHECK(twice > 1.2 * tokens() && twice < 2 * tokens());
}

TEST(a_better_card_is_faster)
{
	const char *const rising[] = { "GTX 1060 6GB", "RTX 2060", "RTX 3060", "RTX 3060 Ti",
				       "RTX 3080",     "RTX 3090", "RTX 4090", "RTX 5090" };
	double token = 0, prompt = 0;

	usual();
	for (size_t i = 0; i < COUNT_OF(rising); i++) {
		put(rising[i]);
		struct speed s = reckon(0);
		if (s.token.value.likely <= token || s.prompt.value.likely <= prompt)
			TAP_FAIL("%s: %.1f and %.0f tokens/s", rising[i], s.token.value.likely,
				 s.prompt.value.likely);
		token = s.token.value.likely;
		prompt = s.prompt.value.likely;
	}
}

TEST(the_link_hardly_matters_to_a_whole_model)
{
	usual();
	rig.link = link_find("x16-gen4");
	double slot = tokens();
	rig.link = link_find("tb4");
	CHECK(tokens() > 0.98 * slot);
	rig.link = link_find("x1-gen3");
	CHECK(tokens() > 0.93 * slot && tokens() < slot);
}

TEST(what_was_read_before_slows_a_token)
{
	usual();
	double first = tokens(), late = reckon(8192).token.value.likely;
	CHECK(late < 0.95 * first && late > 0.6 * first);

	settings.type_k = settings.type_v = &q8_0;
	CHECK(reckon(8192).token.value.likely > late);

	for (size_t i = 0; i < LAYERS; i++)
		layer[i].cache = LAYER_CACHE_WINDOW;
	settings.type_k = settings.type_v = NULL;
	model.window = 1024;
	CHECK(reckon(8192).token.value.likely > late);
	CHECK(reckon(8192).token.value.likely == reckon(1024).token.value.likely);
}

TEST(a_state_does_not_grow)
{
	usual();
	for (size_t i = 0; i < LAYERS; i++) {
		layer[i].cache = LAYER_CACHE_STATE;
		layer[i].state_bytes = 1 << 20;
	}
	CHECK(reckon(100000).token.value.likely == tokens());
}

TEST(a_token_uses_a_few_experts)
{
	usual();
	double dense = tokens();
	model.experts = 32;
	model.experts_used = 4;
	model.expert_ff = 14336;
	for (size_t i = 0; i < LAYERS; i++)
		layer[i].expert_bytes = 100000000;
	size.active_gpu_bytes = 4300000000 - LAYERS * 100000000ull * 28 / 32;
	CHECK(tokens() > 1.5 * dense);
}

TEST(what_lies_in_ram_is_the_bound)
{
	usual();
	double whole = tokens();
	spill(1500000000);
	struct speed s = reckon(0);

	CHECK_INT(s.token.bound, BOUND_RAM);
	CHECK(s.token.value.likely < 0.4 * whole);
	CHECK(s.sure);
	rig.ram_gb_s = 102.4;
	CHECK(tokens() > s.token.value.likely);
}

TEST(ram_that_is_not_known_widens_the_range)
{
	usual();
	spill(1500000000);
	struct speed known = reckon(0);
	rig.ram_gb_s = 0;
	struct speed s = reckon(0);

	CHECK(!s.sure);
	CHECK_INT(s.notes.count, 1);
	CHECK_STR(s.notes.name[0], "the RAM's speed is not known: 48 GB/s are taken, which two "
				   "channels of DDR4 have, at least 21 and at most 90");
	CHECK(s.token.value.high / s.token.value.low >
	      1.5 * known.token.value.high / known.token.value.low);
}

TEST(ram_of_which_nothing_depends_is_not_asked_for)
{
	usual();
	rig.ram_gb_s = 0;
	struct speed s = reckon(0);

	CHECK(s.sure);
	CHECK_INT(s.notes.count, 0);
}

TEST(experts_in_ram_are_handed_over_layer_by_layer)
{
	usual();
	spill(100000000);
	double one = tokens();
	settings.cpu_moe = 20;
	CHECK(tokens() < one);
	settings.cpu_moe = UINT32_MAX;
	CHECK(tokens() > 0.5 * one);
}

/* --- prompts --- */

TEST(a_prompt_is_bound_by_arithmetic)
{
	usual();
	struct speed s = reckon(0);

	CHECK_INT(s.prompt.bound, BOUND_GPU_ARITHMETIC);
	CHECK(s.prompt.value.likely > 1000 && s.prompt.value.likely < 3000);
	CHECK(reckon(16384).prompt.value.likely < s.prompt.value.likely);
}

TEST(weights_that_are_streamed_bind_a_prompt_to_the_link)
{
	usual();
	model.file_bytes = 18000000000;
	model.params = 32000000000;
	size.gpu[0].weights_bytes = 8000000000;
	size.active_gpu_bytes = 8000000000;
	size.host.weights_bytes = size.active_host_bytes = size.streamed_bytes = 4000000000;
	put("RTX 4090");
	struct speed s = reckon(0);
	CHECK_INT(s.prompt.bound, BOUND_LINK);
	CHECK(s.prompt.value.likely > 300 && s.prompt.value.likely < 365);

	rig.link_gb_s = 6.65;
	double oculink = reckon(0).prompt.value.likely;
	CHECK(oculink > 1.8 * s.prompt.value.likely);

	rig.link_gb_s = 0;
	settings.ubatch = 2048;
	CHECK(reckon(0).prompt.value.likely > 2 * s.prompt.value.likely);
}

TEST(older_builds_are_slower)
{
	usual();
	settings.build = (struct build){ .number = 2843, .known = true };
	settings.flash = FLASH_OFF;
	double token = reckon(4096).token.value.likely, prompt = reckon(4096).prompt.value.likely;
	settings.build.number = 7000;
	settings.flash = FLASH_AUTO;
	CHECK(reckon(4096).token.value.likely > token);
	CHECK(reckon(4096).prompt.value.likely > 1.2 * prompt);
}

TEST(ollama_takes_a_while_with_each_token)
{
	usual();
	double plain = tokens();
	settings.build.engine = ENGINE_OLLAMA;
	CHECK(tokens() < plain && tokens() > 0.9 * plain);
}

/* --- loading --- */

TEST(loading_waits_for_the_slower_of_link_and_disk)
{
	usual();
	struct speed s = reckon(0);
	CHECK_INT(s.load.bound, BOUND_LINK);
	CHECK(s.load.value.likely > 1.5 && s.load.value.likely < 1.6); /* 4.3 GB at 2.8 */

	rig.disk_gb_s = 0.5;
	s = reckon(0);
	CHECK_INT(s.load.bound, BOUND_DISK);
	CHECK(s.load.value.likely > 8.5 && s.load.value.likely < 8.7);

	rig.disk_gb_s = 0;
	s = reckon(0);
	CHECK(s.load.value.high > 8.5); /* it may be a slow one */
	CHECK(s.load.value.low < 1.6);  /* or all is in memory already */
}

/* --- what is not known --- */

TEST(a_card_that_is_not_known_has_no_speed)
{
	usual();
	rig.gpu[0] = (struct rig_gpu){ "RTX 9990", NULL, 0 };
	struct speed s = reckon(0);

	CHECK(s.token.value.low == 0 && s.token.value.likely == 0 && s.token.value.high == 0);
	CHECK(s.prompt.value.likely == 0 && s.prompt.value.high == 0);
	CHECK(!s.sure);
	CHECK_INT(s.notes.count, 1);
	CHECK_STR(s.notes.name[0],
		  "RTX 9990 is not in the table of cards: how fast it is is not known");
	CHECK(s.load.value.likely > 1.5); /* that depends on the link alone */
}

TEST(its_bandwidth_is_enough_for_tokens)
{
	usual();
	rig.gpu[0] = (struct rig_gpu){ "RTX 9990", NULL, 360 };
	struct speed s = reckon(0);

	CHECK(s.token.value.likely > 50 && s.token.value.likely < 70);
	CHECK(s.prompt.value.likely == 0);
	CHECK(!s.sure);
	CHECK_STR(s.notes.name[0], "RTX 9990 is not in the table of cards: how fast it reads a "
				   "prompt is not known");
}

TEST(no_gpu_at_all)
{
	usual();
	spill(4300000000);
	size.gpu_count = rig.gpu_count = 0;
	size.streamed_bytes = 0;
	size.gpu[0] = (struct size_gpu){ 0 };
	struct speed s = reckon(0);

	CHECK(s.token.value.likely > 4 && s.token.value.likely < 12);
	CHECK_INT(s.token.bound, BOUND_RAM);
	CHECK_INT(s.prompt.bound, BOUND_CPU_ARITHMETIC);
	CHECK(s.prompt.value.likely > 5 && s.prompt.value.likely < 100);
}

TEST(an_encoder_makes_no_tokens)
{
	usual();
	model.encoder = true;
	struct speed s = reckon(0);

	CHECK(s.token.value.high == 0);
	CHECK(s.prompt.value.likely > 0);
	CHECK_INT(s.notes.count, 1);
}

TEST(several_cards_take_turns)
{
	usual();
	double one = tokens();
	size.gpu_count = rig.gpu_count = 2;
	size.gpu[0].weights_bytes = size.gpu[1].weights_bytes = 2150000000;
	rig.gpu[1] = rig.gpu[0];
	CHECK(tokens() > 0.95 * one && tokens() < 1.01 * one);
	put("RTX 4090");
	CHECK(tokens() > 1.2 * one);
}

/* --- hostile --- */

TEST(nothing_is_divided_by_zero)
{
	usual();
	model = (struct model){ 0 };
	settings = (struct settings){ 0 };
	size = (struct size){ 0 };
	rig = (struct rig){ .link = link_find("tb4") };
	struct speed s = reckon(0);
	in_order(&s.token.value);
	in_order(&s.prompt.value);
	in_order(&s.load.value);

	usual();
	model.params = model.file_bytes = 0;
	size.gpu[0] = (struct size_gpu){ 0 };
	s = reckon(UINT32_MAX);
	in_order(&s.token.value);
	in_order(&s.prompt.value);
}

TEST(sizes_out_of_all_proportion_stay_numbers)
{
	usual();
	model.params = 1;
	model.file_bytes = UINT64_MAX;
	model.vocab = model.embd = model.experts_used = model.expert_ff = UINT32_MAX;
	model.experts = 1;
	size.gpu_count = rig.gpu_count = UINT32_MAX;
	size.active_gpu_bytes = size.active_host_bytes = size.streamed_bytes = UINT64_MAX;
	size.host.kv_bytes = size.host.state_bytes = size.host.weights_bytes = UINT64_MAX;
	settings.ubatch = UINT32_MAX;
	for (size_t i = 0; i < GPUS_MAX; i++) {
		size.gpu[i].weights_bytes = size.gpu[i].kv_bytes = UINT64_MAX;
		rig.gpu[i] = rig.gpu[0];
	}
	for (size_t i = 0; i < LAYERS; i++) {
		layer[i].weight_bytes = layer[i].expert_bytes = UINT64_MAX;
		layer[i].k_width = layer[i].v_width = layer[i].heads = UINT32_MAX;
		layer[i].k_head = layer[i].v_head = UINT32_MAX;
	}
	struct speed s = reckon(UINT32_MAX);
	in_order(&s.token.value);
	in_order(&s.prompt.value);
	in_order(&s.load.value);
}

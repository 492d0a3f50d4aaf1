/* SPDX-License-Identifier: MIT */
/*
 * Sizes against what llama.cpp's own planner answers for whole models, where its answers lie beside
 * the checkout. The models are made here of their shapes.
 */
#include "gguf/size/size.h"

#include "shared.h"

#define MIB (1024.0 * 1024.0)

struct known {
	const char *name, *arch;
	uint32_t layers, embd, ff, heads, kv_heads, head, vocab;
	uint32_t window, period, experts, used, expert_ff;
};

static const struct known known[] = {
	{ "llama31-8b-q4km", "llama", 32, 4096, 14336, 32, 8, 128, 128256 },
	{ "llama31-8b-f16", "llama", 32, 4096, 14336, 32, 8, 128, 128256 },
	{ "llama2-7b-q4km", "llama", 32, 4096, 11008, 32, 32, 128, 32000 },
	{ "llama2-13b-q4km", "llama", 40, 5120, 13824, 40, 40, 128, 32000 },
	{ "codellama-34b-q4km", "llama", 48, 8192, 22016, 64, 8, 128, 32000 },
	{ "mistral-7b-q4km", "llama", 32, 4096, 14336, 32, 8, 128, 32768 },
	{ "mixtral-8x7b-q4km", "llama", 32, 4096, 14336, 32, 8, 128, 32000, 0, 0, 8, 2, 14336 },
	{ "qwen25-7b-q4km", "qwen2", 28, 3584, 18944, 28, 4, 128, 152064 },
	{ "qwen25-14b-q4km", "qwen2", 48, 5120, 13824, 40, 8, 128, 152064 },
	{ "qwen25-32b-q4km", "qwen2", 64, 5120, 27648, 40, 8, 128, 152064 },
	{ "qwen3-06b-q8", "qwen3", 28, 1024, 3072, 16, 8, 128, 151936 },
	{ "qwen3-30b-a3b-q4km", "qwen3moe", 48, 2048, 6144, 32, 4, 128, 151936, 0, 0, 128, 8, 768 },
	{ "gemma3-27b-q4km", "gemma3", 62, 5376, 21504, 32, 16, 128, 262208, 1024, 6 },
	{ "gemma2-9b-q4km", "gemma2", 42, 3584, 14336, 16, 8, 256, 256000, 4096, 2 },
	{ "gpt-oss-20b", "gpt-oss", 24, 2880, 2880, 64, 8, 64, 201088, 128, 2, 32, 4, 2880 },
	{ "gpt-oss-120b", "gpt-oss", 36, 2880, 2880, 64, 8, 64, 201088, 128, 2, 128, 4, 2880 },
};

static const struct arch plain = { .name = "llama" };

static struct model made(const struct known *k, struct model_layer *layers)
{
	for (uint32_t i = 0; i < k->layers; i++)
		layers[i] = (struct model_layer){
			.weight_bytes = 2,
			.expert_bytes = k->experts ? 1 : 0,
			.cache = k->window && i % k->period < k->period - 1 ? LAYER_CACHE_WINDOW
									    : LAYER_CACHE_FULL,
			.k_width = k->kv_heads * k->head,
			.v_width = k->kv_heads * k->head,
			.heads = k->heads,
			.kv_heads = k->kv_heads,
			.k_head = k->head,
			.v_head = k->head,
			.ff = k->ff,
		};
	return (struct model){
		.arch = k->arch,
		.as = &plain,
		.arch_known = true,
		.embd = k->embd,
		.ff = k->ff,
		.heads = k->heads,
		.kv_heads = k->kv_heads,
		.k_head = k->head,
		.v_head = k->head,
		.vocab = k->vocab,
		.window = k->window,
		.experts = k->experts,
		.experts_used = k->used,
		.expert_ff = k->expert_ff,
		.layer = layers,
		.layer_count = k->layers,
	};
}

static uint32_t number_at(const json_t *row, const char *key)
{
	const json_t *v = json_at(row, key);

	return json_is_integer(v) ? (uint32_t)json_integer_value(v) : 0;
}

static double mib_at(const json_t *row, const char *key)
{
	return json_number_value(json_at(row, key));
}

/* The planner's results are as many as the batch, or one, as in a build whose server asks for that.
 */
static struct settings asked(struct arena *a, const json_t *row)
{
	const char *type = json_text(a, json_at(row, "ctk"));
	struct settings s = {
		.ctx = number_at(row, "n_ctx"),
		.ubatch = number_at(row, "n_ubatch"),
		.parallel = number_at(row, "n_seq_max"),
		.flash = str_eq(json_text(a, json_at(row, "fa")), "on") ? FLASH_ON : FLASH_OFF,
		.type_k = ggml_type_named(type),
		.type_v = ggml_type_named(type),
		.has_gpu_layers = true,
		.gpu_layers = 999,
	};

	if (json_is_integer(json_at(row, "n_outputs")))
		s.build = (struct build){ .number = 99999, .known = true };
	return s;
}

static bool near(double said, double was, const char *what, const char *name, const json_t *row)
{
	double off = said - was;

	if (off <= 10 && off >= -10)
		return true;
	printf("# %s, %u tokens: %s %.2f MiB, planner %.2f\n", name, number_at(row, "n_ctx"), what,
	       said, was);
	return false;
}

static bool row_holds(struct arena *a, const json_t *row, const struct known *k)
{
	static struct model_layer layers[GGUF_LAYERS_MAX];
	struct model m = made(k, layers);
	struct settings s = asked(a, row);
	struct size_room room = { "GPU", UINT64_C(1) << 42, UINT64_C(1) << 42, { 0, 0, 0 } };
	struct size z;
	bool good;

	settings_complete(&s, &m);
	size_of(NULL, &m, &s, &room, 1, &z);
	/* whole MiB, cut off */
	good =
	    near((double)(z.gpu[0].kv_bytes >> 20), mib_at(row, "kv_gpu"), "cache", k->name, row);
	good &= near((double)z.gpu[0].compute_bytes / MIB, mib_at(row, "compute_gpu"), "compute",
		     k->name, row);
	good &= near((double)z.host.compute_bytes / MIB, mib_at(row, "compute_host"),
		     "compute in RAM", k->name, row);
	return good;
}

static const struct known *find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (str_eq(known[i].name, name))
			return &known[i];
	return NULL;
}

TEST(the_planner_says_the_same)
{
	ARENA a = { 0 };
	const char *from = getenv("EGPU_SHARED");
	const char *path = arena_printf(&a, "%s/sizing/planner.jsonl", from ? from : SHARED_BESIDE);
	struct bytes all, line;
	size_t rows = 0, good = 0;

	if (!slurp(&a, path, &all))
		TAP_SKIP("no planner.jsonl beside the checkout");
	while (bytes_line(&all, &line)) {
		json_auto_t *row = json_parse(line, "planner", NULL);
		const struct known *k = find(json_text(&a, json_at(row, "model")));

		rows += k != NULL;
		good += k && row_holds(&a, row, k);
	}
	printf("# %zu of %zu within 10 MiB\n", good, rows);
	CHECK(rows > 0);
	CHECK(good * 100 >= rows * 99);
}

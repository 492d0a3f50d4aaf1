/* SPDX-License-Identifier: MIT */
/*
 * What is said of tokens/s, held against what others measured with llama-bench and its like: one
 * JSON object a line, with gpu, model, quant, link, n_gpu_layers, tg_tps, pp_tps, reliability.
 * Rows are taken whose reliability begins with "high", of one known GPU with all layers on it, and
 * of a model whose shape is known here.
 */
#include <math.h>

#include "gguf/speed/speed.h"

#include "shared.h"

enum { ROWS_MAX = 4096 };

/* Shapes as their makers' configurations give them. */
struct shape {
	const char *name; /* the row's model contains it, in any case; longer names first */
	uint32_t layers, embd, ff, heads, kv_heads, head, vocab;
	bool tied;
	uint32_t experts, used, expert_ff;
};

static const struct shape shapes[] = {
	{ "gpt-oss-120b", 36, 2880, 0, 64, 8, 64, 201088, false, 128, 4, 2880 },
	{ "gpt-oss-20b", 24, 2880, 0, 64, 8, 64, 201088, false, 32, 4, 2880 },
	{ "mixtral-8x7b", 32, 4096, 0, 32, 8, 128, 32000, false, 8, 2, 14336 },
	{ "qwen3-30b-a3b", 48, 2048, 0, 32, 4, 128, 151936, false, 128, 8, 768 },
	{ "llama-3.2-1b", 16, 2048, 8192, 32, 8, 64, 128256, true, 0, 0, 0 },
	{ "llama-3.2-3b", 28, 3072, 8192, 24, 8, 128, 128256, true, 0, 0, 0 },
	{ "llama-3-8b", 32, 4096, 14336, 32, 8, 128, 128256, false, 0, 0, 0 },
	{ "llama-3.1-8b", 32, 4096, 14336, 32, 8, 128, 128256, false, 0, 0, 0 },
	{ "distill-llama-8b", 32, 4096, 14336, 32, 8, 128, 128256, false, 0, 0, 0 },
	{ "llama-3-70b", 80, 8192, 28672, 64, 8, 128, 128256, false, 0, 0, 0 },
	{ "llama-3.1-70b", 80, 8192, 28672, 64, 8, 128, 128256, false, 0, 0, 0 },
	{ "llama-3.3-70b", 80, 8192, 28672, 64, 8, 128, 128256, false, 0, 0, 0 },
	{ "llama-2-7b", 32, 4096, 11008, 32, 32, 128, 32000, false, 0, 0, 0 },
	{ "llama-2-13b", 40, 5120, 13824, 40, 40, 128, 32000, false, 0, 0, 0 },
	{ "tinyllama", 22, 2048, 5632, 32, 4, 64, 32000, false, 0, 0, 0 },
	{ "distill-qwen-1.5b", 28, 1536, 8960, 12, 2, 128, 151936, true, 0, 0, 0 },
	{ "distill-qwen-7b", 28, 3584, 18944, 28, 4, 128, 152064, false, 0, 0, 0 },
	{ "distill-qwen-14b", 48, 5120, 13824, 40, 8, 128, 152064, false, 0, 0, 0 },
	{ "distill-qwen-32b", 64, 5120, 27648, 40, 8, 128, 152064, false, 0, 0, 0 },
	{ "qwen2.5-0.5b", 24, 896, 4864, 14, 2, 64, 151936, true, 0, 0, 0 },
	{ "qwen2.5-1.5b", 28, 1536, 8960, 12, 2, 128, 151936, true, 0, 0, 0 },
	{ "qwen2.5-3b", 36, 2048, 11008, 16, 2, 128, 151936, true, 0, 0, 0 },
	{ "qwen2.5-7b", 28, 3584, 18944, 28, 4, 128, 152064, false, 0, 0, 0 },
	{ "qwen2.5-coder-7b", 28, 3584, 18944, 28, 4, 128, 152064, false, 0, 0, 0 },
	{ "qwen2.5-14b", 48, 5120, 13824, 40, 8, 128, 152064, false, 0, 0, 0 },
	{ "qwen2.5-32b", 64, 5120, 27648, 40, 8, 128, 152064, false, 0, 0, 0 },
	{ "qwen2.5-72b", 80, 8192, 29568, 64, 8, 128, 152064, false, 0, 0, 0 },
	{ "qwen3-0.6b", 28, 1024, 3072, 16, 8, 128, 151936, true, 0, 0, 0 },
	{ "qwen3-1.7b", 28, 2048, 6144, 16, 8, 128, 151936, true, 0, 0, 0 },
	{ "qwen3-4b", 36, 2560, 9728, 32, 8, 128, 151936, true, 0, 0, 0 },
	{ "qwen3-8b", 36, 4096, 12288, 32, 8, 128, 151936, false, 0, 0, 0 },
	{ "qwen3-14b", 40, 5120, 17408, 40, 8, 128, 151936, false, 0, 0, 0 },
	{ "qwen3-32b", 64, 5120, 25600, 64, 8, 128, 151936, false, 0, 0, 0 },
	{ "mistral-7b", 32, 4096, 14336, 32, 8, 128, 32768, false, 0, 0, 0 },
	{ "mistral-nemo", 40, 5120, 14336, 32, 8, 128, 131072, false, 0, 0, 0 },
	{ "mistral-small-24b", 40, 5120, 32768, 32, 8, 128, 131072, false, 0, 0, 0 },
	{ "gemma-2-2b", 26, 2304, 9216, 8, 4, 256, 256000, true, 0, 0, 0 },
	{ "gemma-2-9b", 42, 3584, 14336, 16, 8, 256, 256000, true, 0, 0, 0 },
	{ "gemma-2-27b", 46, 4608, 36864, 32, 16, 128, 256000, true, 0, 0, 0 },
	{ "gemma-3-1b", 26, 1152, 6912, 4, 1, 256, 262144, true, 0, 0, 0 },
	{ "gemma-3-4b", 34, 2560, 10240, 8, 4, 256, 262208, true, 0, 0, 0 },
	{ "gemma-3-12b", 48, 3840, 15360, 16, 8, 256, 262208, true, 0, 0, 0 },
	{ "gemma-3-27b", 62, 5376, 21504, 32, 16, 128, 262208, true, 0, 0, 0 },
	{ "phi-3.5", 32, 3072, 8192, 32, 32, 96, 32064, false, 0, 0, 0 },
	{ "phi-4", 40, 5120, 17920, 40, 10, 128, 100352, false, 0, 0, 0 },
};

/* Bits of a weight: of the layers in the mean, of the table of words, of the output. */
struct format {
	const char *name;
	double layer_bits, embd_bits, output_bits;
};

static const struct format formats[] = {
	{ "Q4_K_M", 4.9, 4.5, 6.5625 },
	{ "Q4_K_S", 4.6, 4.5, 6.5625 },
	{ "Q5_K_M", 5.7, 5.5, 6.5625 },
	{ "Q5_K_S", 5.5, 5.5, 6.5625 },
	{ "Q6_K", 6.5625, 6.5625, 6.5625 },
	{ "Q3_K_M", 3.9, 3.4375, 6.5625 },
	{ "Q2_K", 3.1, 2.625, 6.5625 },
	{ "Q4_0", 4.5, 4.5, 6.5625 },
	{ "Q4_1", 5, 5, 6.5625 },
	{ "Q5_0", 5.5, 5.5, 6.5625 },
	{ "Q8_0", 8.5, 8.5, 8.5 },
	{ "MXFP4", 4.25, 8.5, 8.5 },
	{ "IQ4_XS", 4.3, 4.25, 6.5625 },
	{ "F16", 16, 16, 16 },
	{ "BF16", 16, 16, 16 },
};

struct row {
	const char *gpu, *model, *quant, *link, *backend, *trust, *note;
	double tg, pp, size_gib;
	uint32_t length; /* of the prompt and of the answer; 0: not told */
	uint32_t build;
	bool whole;
};

static const char *text(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

static uint32_t number_behind(const char *s, const char *word)
{
	const char *at = strstr(s, word);

	return at ? (uint32_t)strtoul(at + strlen(word), NULL, 10) : 0;
}

static struct row row_of(const json_t *j)
{
	const json_t *layers = json_object_get(j, "n_gpu_layers");
	struct row r = {
		.gpu = text(j, "gpu"),
		.model = text(j, "model"),
		.quant = text(j, "quant"),
		.link = text(j, "link"),
		.backend = text(j, "backend"),
		.trust = text(j, "reliability"),
		.note = text(j, "note"),
		.tg = json_number_value(json_object_get(j, "tg_tps")),
		.pp = json_number_value(json_object_get(j, "pp_tps")),
		.size_gib = json_number_value(json_object_get(j, "size_gib")),
		.whole =
		    str_eq(json_string_value(layers), "all") || json_integer_value(layers) == 99,
	};

	if (str_starts(r.note, "tg"))
		r.length = number_behind(r.note, "tg");
	r.build = number_behind(r.trust, "build ");
	if (r.build == 0)
		r.build = number_behind(r.trust, "log b");
	return r;
}

static const struct shape *shape_of(const char *model)
{
	for (size_t i = 0; i < COUNT_OF(shapes); i++)
		if (strcasestr(model, shapes[i].name))
			return &shapes[i];
	return NULL;
}

static const struct format *format_of(const char *quant)
{
	for (size_t i = 0; i < COUNT_OF(formats); i++)
		if (strncasecmp(quant, formats[i].name, strlen(formats[i].name)) == 0)
			return &formats[i];
	return NULL;
}

static const char *link_of(const char *link)
{
	if (strstr(link, "x1 "))
		return "x1-gen3";
	if (strcasestr(link, "oculink"))
		return "oculink";
	if (strcasestr(link, "usb4"))
		return "usb4";
	return strcasestr(link, "thunderbolt") ? "tb4" : "x16-gen4";
}

/* All of the model and where it lies, by hand. */
struct setup {
	struct model m;
	struct settings s;
	struct size z;
	struct rig rig;
};

static void fill_model(struct arena *a, struct setup *u, const struct shape *p,
		       const struct format *f, double file_bytes)
{
	double attention = 2.0 * p->embd * p->head * (p->heads + p->kv_heads);
	double experts = 3.0 * p->embd * p->expert_ff * p->experts;
	double layer = attention + 3.0 * p->embd * p->ff, words = (double)p->vocab * p->embd;
	double embd_bytes = words * (p->tied ? f->output_bits : f->embd_bits) / 8;
	double output = p->tied ? embd_bytes : words * f->output_bits / 8;
	double layers_bytes = p->layers * (layer + experts) * f->layer_bits / 8;
	struct model *m = &u->m;

	if (file_bytes > 0)
		layers_bytes = file_bytes - embd_bytes - (p->tied ? 0 : output);
	*m = (struct model){
		.name = p->name,
		.arch = "llama",
		.quant = f->name,
		.embd = p->embd,
		.ff = p->ff,
		.heads = p->heads,
		.vocab = p->vocab,
		.experts = p->experts,
		.experts_used = p->used,
		.expert_ff = p->expert_ff,
		.tied = p->tied,
		.embd_bytes = (uint64_t)embd_bytes,
		.output_bytes = (uint64_t)output,
		.output_weight_bytes = (uint64_t)output,
		.layer_count = p->layers,
	};
	m->params = (uint64_t)(p->layers * (layer + experts) + words * (p->tied ? 1 : 2));
	m->file_bytes = (uint64_t)(layers_bytes + embd_bytes + (p->tied ? 0 : output));
	m->layer = arena_alloc(a, p->layers * sizeof(*m->layer));
	double part = experts / (layer + experts), used = layers_bytes;
	for (uint32_t i = 0; i < p->layers; i++)
		m->layer[i] = (struct model_layer){
			.weight_bytes = (uint64_t)(layers_bytes / p->layers),
			.expert_bytes = (uint64_t)(part * layers_bytes / p->layers),
			.cache = LAYER_CACHE_FULL,
			.k_width = p->head * p->kv_heads,
			.v_width = p->head * p->kv_heads,
			.heads = p->heads,
			.kv_heads = p->kv_heads,
			.k_head = p->head,
			.v_head = p->head,
			.ff = p->ff,
		};
	if (p->experts > 0)
		used *= 1 - part + part * p->used / p->experts;
	u->z.gpu[0].weights_bytes = (uint64_t)(layers_bytes + output);
	u->z.active_gpu_bytes = (uint64_t)(used + output);
}

static bool fill(struct arena *a, struct setup *u, const struct row *r)
{
	const struct shape *p = shape_of(r->model);
	const struct format *f = format_of(r->quant);
	const struct card *card = card_find(r->gpu, 0);

	if (!p || !f || !card)
		return false;
	*u = (struct setup){
		.s = { .ubatch = 512, .parallel = 1, .build.number = r->build },
		.z = { .gpu_count = 1, .gpu[0].kv_bytes = 1, .output_gpu = true },
		.rig = { .gpu_count = 1,
			 .link = link_find(link_of(r->link)),
			 .gpu[0] = { card->name, card, card->memory_gb_s } },
	};
	if (r->build > 0 && r->build < 6325)
		u->s.flash = FLASH_OFF;
	if (strcasestr(r->backend, "ollama"))
		u->s.build.engine = ENGINE_OLLAMA;
	fill_model(a, u, p, f, r->size_gib * 0x1p30);
	return true;
}

struct score {
	const char *what;
	double miss[ROWS_MAX];
	size_t count, inside;
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void judge(struct score *s, const struct row *r, double real, const struct range *said)
{
	double miss = fabs(said->likely / real - 1);
	bool inside = said->low <= real && real <= said->high;

	if (s->count == ROWS_MAX)
		return;
	s->miss[s->count++] = miss;
	s->inside += inside;
	if (!inside || miss > 0.25)
		printf("# %s %s %s %s %.40s: %.1f is, %.1f said, %.1f to %.1f\n", s->what, r->gpu,
		       r->model, r->quant, r->link, real, said->likely, said->low, said->high);
}

/* A longer prompt is not twice as fast: the shorter one of the two met a cold GPU. */
static bool met_cold_gpu(const struct row *all, size_t count, const struct row *r)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(all[i].gpu, r->gpu) && str_eq(all[i].model, r->model) &&
		    str_eq(all[i].quant, r->quant) && all[i].length > r->length &&
		    all[i].pp > 2 * r->pp)
			return true;
	return false;
}

static bool taken(const struct row *r)
{
	size_t n = strlen(r->gpu);
	bool several = n > 3 && r->gpu[n - 2] == 'x' && r->gpu[n - 3] == ' ';

	return str_starts(r->trust, "high") && r->whole && !several && !strcasestr(r->quant, "cpu");
}

static void score_row(const struct row *all, size_t count, const struct row *r, struct score *tg,
		      struct score *pp)
{
	ARENA a = { 0 };
	struct setup u;
	struct speed said;
	bool cold = r->pp > 0 && met_cold_gpu(all, count, r);

	if (!taken(r) || !fill(&a, &u, r))
		return;
	speed_of(&a, &u.m, &u.s, &u.z, &u.rig, r->length ? r->length / 2 : 128, &said);
	if (r->tg > 0)
		judge(tg, r, r->tg, &said.token.value);
	speed_of(&a, &u.m, &u.s, &u.z, &u.rig, r->length > 512 ? (r->length - 512) / 2 : 0, &said);
	if (r->pp > 0 && !cold)
		judge(pp, r, r->pp, &said.prompt.value);
}

static void hold(struct score *s)
{
	qsort(s->miss, s->count, sizeof(s->miss[0]), by_size);
	double median = s->miss[s->count / 2], inside = (double)s->inside / (double)s->count;
	printf("# %s: %zu rows, median error %.1f %%, %.0f %% within what was said\n", s->what,
	       s->count, 100 * median, 100 * inside);
	CHECK(median <= 0.12);
	CHECK(inside >= 0.9);
}

TEST(speeds_are_near_to_what_others_measured)
{
	ARENA a = { 0 };
	static struct row rows[ROWS_MAX];
	static struct score tg = { "tokens" }, pp = { "prompt" };
	const char *from = getenv("EGPU_SHARED");
	const char *path = arena_printf(&a, "%s/sizing/speed.jsonl", from ? from : SHARED_BESIDE);
	struct bytes all, line;
	size_t count = 0;

	if (!slurp(&a, path, &all))
		TAP_SKIP("no measurements beside the checkout");

	while (count < ROWS_MAX && bytes_line(&all, &line)) {
		struct bytes one = { str_ndup(&a, line.data, line.size), line.size };
		json_t *j = json_parse(one, "speed.jsonl", NULL); /* rows point into it */
		if (j)
			rows[count++] = row_of(j);
	}
	for (size_t i = 0; i < count; i++)
		score_row(rows, count, &rows[i], &tg, &pp);
	CHECK(tg.count > 20);
	CHECK(pp.count > 20);
	hold(&tg);
	hold(&pp);
}

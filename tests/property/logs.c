/* SPDX-License-Identifier: MIT */
/*
 * Sizes against what llama.cpp printed on other people's machines, where a collection of that lies
 * beside the checkout. Left out is what no settings can tell: builds that are not known, weights
 * moved by hand (-ot), several devices summed, other programs.
 */
#include "gguf/size/build.h"

#include "shared.h"

#define MIB (1024.0 * 1024.0)

struct tally {
	size_t cases, near;
};

static const struct arch plain = { .name = "llama" };
static const struct arch latent = { .name = "deepseek2", .cache = CACHE_MLA };
static const struct arch bare = { .name = "bert", .cache = CACHE_NONE, .headless = true };

static struct model_layer layers[GGUF_LAYERS_MAX];

static uint32_t number(const json_t *in, const char *key, uint32_t otherwise)
{
	const json_t *v = json_at(in, key);
	json_int_t n = json_is_integer(v) ? json_integer_value(v) : 0;

	return n > 0 && n < UINT32_MAX ? (uint32_t)n : otherwise;
}

static double mib(const json_t *in, const char *key)
{
	const json_t *v = json_at(in, key);

	return json_is_number(v) ? json_number_value(v) : -1;
}

/* Layers that see a window: llama.cpp's set_swa_pattern(). */
static uint32_t period_of(const char *arch)
{
	static const struct {
		const char *arch;
		uint32_t period;
	} table[] = { { "gemma2", 2 }, { "gemma3", 6 }, { "gpt-oss", 2 }, { "cohere2", 4 } };

	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (str_eq(table[i].arch, arch))
			return table[i].period;
	return 0;
}

static void fill_layers(struct model *m)
{
	uint32_t period = m->window ? period_of(m->arch) : 0;

	for (uint32_t i = 0; i < m->layer_count; i++)
		layers[i] = (struct model_layer){
			.weight_bytes = 2,
			.expert_bytes = m->experts ? 1 : 0,
			.cache = period && i % period < period - 1 ? LAYER_CACHE_WINDOW
								   : LAYER_CACHE_FULL,
			.k_width = m->kv_heads * m->k_head,
			.v_width = m->as->cache == CACHE_MLA && m->kv_heads == 1
				       ? 0
				       : m->kv_heads * m->v_head,
			.heads = m->heads,
			.kv_heads = m->kv_heads,
			.k_head = m->k_head,
			.v_head = m->v_head,
			.ff = m->ff,
		};
}

/* false: the log does not say enough, or layers differ. */
static bool model_in(struct arena *a, const json_t *row, struct model *m)
{
	const json_t *h = json_at(row, "hparams");

	*m = (struct model){
		.arch = json_text(a, json_at(json_at(row, "model"), "arch")),
		.arch_known = true,
		.embd = number(h, "n_embd", 0),
		.heads = number(h, "n_head", 0),
		.vocab = number(h, "n_vocab", 32000),
		.layer_count = number(h, "n_layer", 0),
		.window = number(h, "n_swa", 0),
		.experts = number(h, "n_expert", 0),
		.experts_used = number(h, "n_expert_used", 1),
		.layer = layers,
	};
	if (!m->arch || !m->embd || !m->heads || !m->layer_count || m->layer_count > 512 ||
	    json_is_string(json_at(h, "n_head_kv")) || json_is_string(json_at(h, "n_ff")) ||
	    json_is_array(json_at(h, "n_head_kv")))
		return false;
	m->as = str_starts(m->arch, "deepseek2") ? &latent
		: str_eq(m->arch, "bert")        ? &bare
						 : &plain;
	m->ff = number(h, "n_ff", 4 * m->embd);
	m->expert_ff = number(h, "n_ff_exp", m->ff);
	m->shared_ff = number(h, "n_ff_exp", 0) * number(h, "n_expert_shared", 0);
	m->kv_heads = number(h, "n_head_kv", m->heads);
	m->k_head = number(h, "n_embd_head_k", m->embd / m->heads);
	m->v_head = number(h, "n_embd_head_v", m->k_head);
	fill_layers(m);
	return true;
}

static enum flash flash_in(struct arena *a, const json_t *v)
{
	const char *text = json_text(a, v);

	if (json_is_integer(v))
		return json_integer_value(v) ? FLASH_ON : FLASH_OFF;
	return str_eq(text, "enabled") ? FLASH_ON : FLASH_AUTO;
}

static struct settings settings_in(struct arena *a, const json_t *row)
{
	const json_t *run = json_at(row, "run"), *seen = json_at(row, "observed");
	const char *build = json_text(a, json_at(row, "build"));
	const char *k = json_text(a, json_at(run, "type_k")),
		   *v = json_text(a, json_at(run, "type_v"));
	struct settings s = {
		.ctx = number(run, "n_ctx", 0),
		.batch = number(run, "n_batch", 0),
		.ubatch = number(run, "n_ubatch", 0),
		.parallel = number(run, "n_seq_max", 1),
		.flash = flash_in(a, json_at(run, "flash_attn")),
		.type_k = k ? ggml_type_named(k) : NULL,
		.type_v = v ? ggml_type_named(v) : NULL,
		.has_gpu_layers = true,
		.gpu_layers = 999,
		.no_kv_offload = mib(seen, "kv_cpu_mib") > 0,
	};
	struct names words = str_split(a, build ? build : "", " ", 2);

	if (!words.count || build_parse(words.name[0], &s.build, NULL) < 0)
		s.build.known = false;
	return s;
}

/* All layers of one device, none of them moved by hand. */
static bool is_plain(const json_t *row)
{
	const json_t *seen = json_at(row, "observed"), *buffers = json_at(seen, "compute_buffers");
	const char *name;
	json_t *v;
	int devices = 0;

	json_object_foreach((json_t *)buffers, name, v) devices +=
	    !str_starts(name, "CPU") && !str_ends(name, "_Host");
	return devices == 1 && number(seen, "layers_total", 0) > 0 &&
	       number(seen, "layers_total", 0) == number(seen, "layers_offloaded", 0) &&
	       mib(seen, "cpu_model_mib") < mib(seen, "gpu_model_mib");
}

static void judge(struct tally *t, const char *id, const char *what, double said, double was,
		  double bound)
{
	bool near = said - was <= bound && was - said <= bound;

	t->cases++;
	t->near += near;
	if (!near)
		printf("# %s: %s %.2f MiB, printed %.2f\n", id, what, said, was);
}

static void one(struct arena *a, const json_t *row, struct tally *kv, struct tally *compute)
{
	const json_t *seen = json_at(row, "observed");
	const char *id = json_text(a, json_at(row, "id"));
	struct size_room room = { "GPU", UINT64_C(1) << 42, UINT64_C(1) << 42, { 0, 0, 0 } };
	struct settings s = settings_in(a, row);
	struct model m;
	struct size z;

	if (!s.build.known || !s.ctx || !model_in(a, row, &m))
		return;
	settings_complete(&s, &m);
	size_of(NULL, &m, &s, &room, 1, &z);
	if (mib(seen, "kv_total_mib") > 0)
		judge(kv, id, "cache", (double)(z.gpu[0].kv_bytes + z.host.kv_bytes) / MIB,
		      mib(seen, "kv_total_mib"), 1);
	if (mib(seen, "compute_gpu_mib") > 0 && is_plain(row))
		judge(compute, id, "compute", (double)z.gpu[0].compute_bytes / MIB,
		      mib(seen, "compute_gpu_mib"), 25);
}

TEST(llama_cpp_printed_the_same)
{
	ARENA a = { 0 };
	const char *from = getenv("EGPU_SHARED");
	const char *path = arena_printf(&a, "%s/sizing/cases.jsonl", from ? from : SHARED_BESIDE);
	struct tally kv = { 0 }, compute = { 0 };
	struct bytes all, line;

	if (!slurp(&a, path, &all))
		TAP_SKIP("no cases.jsonl beside the checkout");
	while (bytes_line(&all, &line)) {
		ARENA own = { 0 };
		json_auto_t *row = json_parse(line, "cases", NULL);

		one(&own, row, &kv, &compute);
	}
	printf("# cache: %zu of %zu within 1 MiB; compute: %zu of %zu within 25 MiB\n", kv.near,
	       kv.cases, compute.near, compute.cases);
	CHECK(kv.cases > 0 && compute.cases > 0);
	CHECK(kv.near * 100 >= kv.cases * 99);
	CHECK(compute.near * 100 >= compute.cases * 90);
}

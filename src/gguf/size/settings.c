/* SPDX-License-Identifier: MIT */
#include "gguf/size/settings.h"

#include "gguf/sat.h"
#include "gguf/size/build.h"

enum {
	LLAMA_BATCH = 2048,
	LLAMA_UBATCH = 512,
	OLLAMA_BATCH = 512,
	OLLAMA_BATCH_ENCODER = 2048,
	PAD = 256,
	PAD_PLAIN = 32,
};

/* Without the key the model is taken to know as much. */
#define CONTEXT_UNKNOWN 4096
#define GIB (UINT64_C(1) << 30)

static uint32_t context_llama(uint32_t rules, const struct model *m)
{
	if (rules < SINCE_CONTEXT_4096)
		return 512;
	if (rules < SINCE_CONTEXT_MODEL)
		return 4096;
	return m->context_max ? m->context_max : CONTEXT_UNKNOWN;
}

/* server/routes.go, envconfig: of one sequence. */
static uint32_t context_ollama(const struct settings *s, uint32_t version)
{
	if (version < OLLAMA_CONTEXT_4096)
		return 2048;
	if (version < OLLAMA_CONTEXT_BY_VRAM || s->vram_bytes < 24 * GIB)
		return 4096;
	return s->vram_bytes < 48 * GIB ? 32768 : 262144;
}

static void complete_context(struct settings *s, const struct model *m)
{
	uint32_t version = build_ollama(&s->build);
	uint64_t ctx = s->ctx;

	if (!ctx && version)
		ctx = sat_mul(context_ollama(s, version), s->parallel);
	else if (!ctx)
		ctx = context_llama(build_rules(&s->build), m);
	/* Ollama gives no model more than it was trained for; llama.cpp only warns */
	if (version && m->context_max)
		ctx = least(ctx, sat_mul(m->context_max, s->parallel));
	s->ctx = (uint32_t)least(most(ctx, 1), UINT32_MAX);
}

static void complete_batch(struct settings *s, const struct model *m)
{
	bool is_ollama = s->build.engine == ENGINE_OLLAMA;
	uint32_t ollama = m->encoder && build_ollama(&s->build) >= OLLAMA_LLAMA_SERVER
			      ? OLLAMA_BATCH_ENCODER
			      : OLLAMA_BATCH;

	if (!s->batch)
		s->batch = is_ollama ? ollama : LLAMA_BATCH;
	if (!s->ubatch)
		s->ubatch = is_ollama ? s->batch : LLAMA_UBATCH;
}

/* fs/ggml/ggml.go: which families had flash attention where nothing was said. */
static bool flash_ollama(uint32_t version, const char *arch)
{
	static const struct {
		const char *arch;
		uint32_t since;
	} families[] = {
		{ "gptoss", OLLAMA_FLASH_GPTOSS },    { "gpt-oss", OLLAMA_FLASH_GPTOSS },
		{ "qwen3", OLLAMA_FLASH_QWEN3 },      { "qwen3moe", OLLAMA_FLASH_QWEN3 },
		{ "qwen3vl", OLLAMA_FLASH_QWEN3 },    { "qwen3vlmoe", OLLAMA_FLASH_QWEN3 },
		{ "gemma3", OLLAMA_FLASH_QWEN3 + 1 }, { "mistral3", OLLAMA_FLASH_MORE },
		{ "olmo3", OLLAMA_FLASH_MORE },       { "bert", OLLAMA_FLASH_MORE },
	};

	if (version >= OLLAMA_LLAMA_SERVER)
		return true;
	for (size_t i = 0; i < COUNT_OF(families); i++)
		if (str_eq(arch, families[i].arch))
			return version >= families[i].since;
	return false;
}

static void complete_flash(struct settings *s, const struct model *m)
{
	uint32_t version = build_ollama(&s->build), rules = build_rules(&s->build);
	bool on = s->flash == FLASH_ON;

	if (s->flash == FLASH_AUTO)
		on = version ? flash_ollama(version, m->arch) : rules >= SINCE_FLASH_AUTO;
	if (str_eq(m->arch, "grok") || (str_eq(m->arch, "gemma2") && rules < SINCE_GEMMA2_FLASH))
		on = false;
	s->flash = on ? FLASH_ON : FLASH_OFF;
}

static uint32_t parallel_of(const struct build *b)
{
	uint32_t version = build_ollama(b);

	if (version)
		return version < OLLAMA_ONE_SLOT ? 2 : 1;
	return build_rules(b) >= SINCE_FOUR_SLOTS ? 4 : 1;
}

void settings_complete(struct settings *s, const struct model *m)
{
	if (!s->parallel)
		s->parallel = parallel_of(&s->build);
	complete_context(s, m);
	complete_batch(s, m);
	complete_flash(s, m);
	/* Ollama quantises no cache without flash attention */
	if (!s->type_k || (s->build.engine == ENGINE_OLLAMA && s->flash == FLASH_OFF))
		s->type_k = ggml_type_named("f16");
	if (!s->type_v || (s->build.engine == ENGINE_OLLAMA && s->flash == FLASH_OFF))
		s->type_v = ggml_type_named("f16");
}

bool settings_flash(const struct settings *s)
{
	return s->flash == FLASH_ON ||
	       (s->flash == FLASH_AUTO && build_rules(&s->build) >= SINCE_FLASH_AUTO);
}

/*
 * llama-server's own four slots share the cache (unified); slots that were asked for split it. Four
 * are taken for its own.
 */
uint32_t settings_streams(const struct settings *s)
{
	uint32_t rules = build_rules(&s->build);
	bool own =
	    s->build.engine == ENGINE_LLAMA_CPP && rules >= SINCE_FOUR_SLOTS && s->parallel == 4;

	return rules < SINCE_STREAMS || own ? 1 : (uint32_t)most(s->parallel, 1);
}

static uint64_t padded(const struct settings *s, uint64_t n)
{
	uint32_t rules = build_rules(&s->build);

	if (rules < SINCE_CONTEXT_PADDED)
		return n;
	return sat_pad(n, rules >= SINCE_PAD_256 || settings_flash(s) ? PAD : PAD_PLAIN);
}

uint64_t settings_context(const struct settings *s)
{
	uint64_t streams = settings_streams(s);

	return sat_mul(padded(s, padded(s, s->ctx) / streams), streams);
}

uint64_t settings_tokens(const struct settings *s)
{
	return most(1, least(least(s->ubatch, s->batch), settings_context(s)));
}

uint64_t settings_outputs(const struct settings *s, const struct model *m)
{
	uint64_t tokens = settings_tokens(s);

	if (s->embedding || m->encoder || !s->build.known ||
	    build_rules(&s->build) < SINCE_FEW_OUTPUTS)
		return tokens;
	return least(tokens, most(1, s->parallel));
}

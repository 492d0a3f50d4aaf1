/* SPDX-License-Identifier: MIT */
/* Settings, and who said them. Ollama: envconfig/config.go, docs/modelfile. */
#include "cmd/fit/fit.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "facts/docker.h"
#include "facts/ollama.h"

enum { NUMBER_MAX = 1 << 27 };

/* One model's settings while they are found. */
struct finding {
	struct arena *a;
	const struct fit_options *o;
	const struct ollama *server; /* NULL: none */
	json_t *parameters;          /* of the Modelfile; NULL: none */
	struct fit_model *m;
};

static const char *env_of(const struct ollama *o, const char *name)
{
	return o ? env_value(&o->environment, name) : NULL;
}

/* Of the server's environment; a value that is none is none for Ollama too. */
static bool env_number(const struct finding *f, const char *name, uint64_t max, uint64_t *ret)
{
	const char *text = env_of(f->server, name);

	return text && str_u64(text, 10, max, ret) && *ret > 0;
}

static const char *env_from(const struct finding *f, const char *name)
{
	return arena_printf(f->a, "%s of %s", name, f->server->where);
}

static bool parameter(const struct finding *f, const char *name, uint64_t max, uint64_t *ret)
{
	const json_t *j = json_object_get(f->parameters, name);
	const json_int_t v = json_integer_value(j);

	if (!json_is_integer(j) || v < 0 || (uint64_t)v > max)
		return false;
	*ret = (uint64_t)v;
	return true;
}

static void take(struct finding *f, uint32_t *to, const char **said, const char *option,
		 const char *of_model, const char *of_env)
{
	uint64_t v;

	if (*to) {
		*said = option;
	} else if (of_model && parameter(f, of_model, NUMBER_MAX, &v) && v > 0) {
		*to = (uint32_t)v;
		*said = arena_printf(f->a, "%s of the model", of_model);
	} else if (of_env && env_number(f, of_env, NUMBER_MAX, &v)) {
		*to = (uint32_t)v;
		*said = env_from(f, of_env);
	}
}

static void take_layers(struct finding *f)
{
	struct settings *s = &f->m->settings;
	uint64_t v;

	if (s->has_gpu_layers) {
		f->m->said.gpu_layers = "-ngl";
	} else if (parameter(f, "num_gpu", NUMBER_MAX, &v)) {
		s->has_gpu_layers = true;
		s->gpu_layers = (uint32_t)v;
		f->m->said.gpu_layers = "num_gpu of the model";
	}
}

static bool is_yes(const char *text)
{
	return str_eq(text, "1") || str_eq(text, "true") || str_eq(text, "t") ||
	       str_eq(text, "T") || str_eq(text, "TRUE") || str_eq(text, "True");
}

static void take_flash(struct finding *f)
{
	const char *text = env_of(f->server, "OLLAMA_FLASH_ATTENTION");

	if (f->o->set_flash) {
		f->m->said.flash = "-fa";
	} else if (text && *text) {
		f->m->settings.flash = is_yes(text) ? FLASH_ON : FLASH_OFF;
		f->m->said.flash = env_from(f, "OLLAMA_FLASH_ATTENTION");
	}
}

/* Ollama knows three, and takes none of them where flash attention is off. */
static void take_types(struct finding *f)
{
	const char *text = env_of(f->server, "OLLAMA_KV_CACHE_TYPE");
	struct settings *s = &f->m->settings;
	const bool is_one = str_eq(text, "q8_0") || str_eq(text, "q4_0") || str_eq(text, "f16");

	f->m->said.type_k = s->type_k ? "-ctk" : NULL;
	f->m->said.type_v = s->type_v ? "-ctv" : NULL;
	if (s->type_k || s->type_v || !is_one)
		return;
	s->type_k = s->type_v = ggml_type_named(text);
	f->m->said.type_k = f->m->said.type_v = env_from(f, "OLLAMA_KV_CACHE_TYPE");
}

/* A release may have a tail: "0.12.3-rc1". */
static void take_build(struct finding *f, bool of_ollama)
{
	const struct maybe_text none = { NOT_LOOKED, "", NULL };
	const char *version = text_or(f->server ? f->server->version : none, "");
	struct build *b = &f->m->settings.build;
	size_t n = strspn(version, "0123456789.");

	if (f->o->set_build) {
		f->m->said.build = "--build";
		return;
	}
	if (!of_ollama && !f->server)
		return;
	b->engine = ENGINE_OLLAMA;
	if (n && build_parse(arena_printf(f->a, "ollama-%.*s", (int)n, version), b, NULL) == 0)
		f->m->said.build = f->server->where;
}

/*
 * Ollama's context is that of one sequence, and what it passes on is that of all: how many there
 * are has to be known first.
 */
static void complete(struct settings *s, const struct model *m)
{
	const uint64_t each = s->ctx;

	if (s->build.engine != ENGINE_OLLAMA || each == 0) {
		settings_complete(s, m);
		return;
	}
	s->ctx = 0;
	settings_complete(s, m);
	const uint64_t all = each * s->parallel;
	s->ctx = (uint32_t)(all < UINT32_MAX ? all : UINT32_MAX);
	settings_complete(s, m);
}

static void take_all(struct finding *f)
{
	struct settings *s = &f->m->settings;
	struct fit_said *said = &f->m->said;
	const bool ollama = s->build.engine == ENGINE_OLLAMA;

	if (!ollama)
		f->server = NULL;
	take(f, &s->ctx, &said->ctx, "-c", ollama ? "num_ctx" : NULL, "OLLAMA_CONTEXT_LENGTH");
	take(f, &s->parallel, &said->parallel, "-np", NULL, "OLLAMA_NUM_PARALLEL");
	take(f, &s->batch, &said->batch, "-b", ollama ? "num_batch" : NULL, NULL);
	take(f, &s->ubatch, &said->ubatch, "-ub", NULL, NULL);
	take_layers(f);
	take_flash(f);
	take_types(f);
	complete(s, &f->m->model);
}

void fit_settings(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		  const struct fit_gpus *g, const struct fit_found *found, struct fit_model *m)
{
	json_auto_t *j =
	    found->parameters ? json_parse(bytes_of(found->parameters), "parameters", NULL) : NULL;
	struct finding f = { a, o, fit_ollama(h, found->container), j, m };

	m->settings = o->set;
	for (uint32_t i = 0; i < g->rig.gpu_count; i++)
		m->settings.vram_bytes += g->room[i].total_bytes;
	take_build(&f, found->of_ollama);
	take_all(&f);
}

uint64_t fit_ollama_reserve(struct arena *a, const struct fit_options *o, const struct fit_host *h)
{
	const struct finding f = { .a = a, .o = o, .server = fit_ollama(h, NULL) };
	uint64_t v = 0;

	if (o->set_build && o->set.build.engine != ENGINE_OLLAMA)
		return 0;
	return env_number(&f, "OLLAMA_GPU_OVERHEAD", UINT64_MAX, &v) ? v : 0;
}

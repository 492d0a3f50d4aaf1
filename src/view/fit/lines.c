/* SPDX-License-Identifier: MIT */
/* The best settings as lines to paste. */
#include "view/fit/part.h"

#include <inttypes.h>
#include <string.h>

struct lines {
	const struct fit_view *v;
	const struct fit_model *m;
	const struct settings *s;
	uint32_t layers;   /* that the lines ask for; all of them: a number above all */
	uint32_t parallel; /* that were asked for, or that Ollama runs; else 1 */
};

static bool is_quantised(const struct settings *s)
{
	return (s->type_k && !str_eq(s->type_k->name, "f16")) ||
	       (s->type_v && !str_eq(s->type_v->name, "f16"));
}

static void add(struct lines *l, struct fit_lines *to, const char *line)
{
	size_t room = to->line.count;

	names_add(l->v->arena, &to->line, &room, line);
}

static const char *kv_options(struct lines *l)
{
	return is_quantised(l->s)
		   ? arena_printf(l->v->arena, " -fa on -ctk %s -ctv %s",
				  fit_type_name(l->s->type_k), fit_type_name(l->s->type_v))
	       : !l->m->said.flash       ? ""
	       : l->s->flash == FLASH_ON ? " -fa on"
					 : " -fa off";
}

static const char *file_of(struct lines *l)
{
	const char *where = l->m->where;

	if (str_starts(where, "https://"))
		where = strrchr(where, '/') + 1;
	return *where ? str_quoted(l->v->arena, where) : "MODEL.gguf";
}

static const char *beside(struct lines *l, const char *option, const char *file)
{
	return file ? arena_printf(l->v->arena, "%s%s", option, str_quoted(l->v->arena, file)) : "";
}

enum { INDENT = 4 };

/* One command, over two lines where it is longer than one. */
static void llama_server(struct lines *l, struct fit_lines *to)
{
	struct arena *a = l->v->arena;
	const struct settings *s = l->s;
	const char *moe = s->cpu_moe ? arena_printf(a, " --n-cpu-moe %" PRIu32, s->cpu_moe) : "";
	const char *np = l->parallel > 1 ? arena_printf(a, " -np %" PRIu32, l->parallel) : "";
	const char *head =
	    arena_printf(a, "llama-server -m %s%s%s", file_of(l),
			 beside(l, " --mmproj ", l->m->mmproj), beside(l, " -md ", l->m->draft));
	const char *tail = arena_printf(a, "-c %" PRIu32 "%s%s -ngl %" PRIu32 "%s", s->ctx,
					kv_options(l), np, l->layers, moe);

	to->title = "llama.cpp";
	if (strlen(head) + 1 + strlen(tail) + INDENT <= l->v->columns) {
		add(l, to, arena_printf(a, "%s %s", head, tail));
		return;
	}
	add(l, to, arena_printf(a, "%s \\", head));
	add(l, to, arena_printf(a, "  %s", tail));
}

static void ollama_env(struct lines *l, struct fit_lines *to)
{
	struct arena *a = l->v->arena;
	const struct settings *s = l->s;

	to->title = "Ollama's environment";
	if (is_quantised(s) || (l->m->said.flash && s->flash == FLASH_ON))
		add(l, to, "OLLAMA_FLASH_ATTENTION=1");
	if (is_quantised(s))
		add(l, to, arena_printf(a, "OLLAMA_KV_CACHE_TYPE=%s", fit_type_name(s->type_k)));
	add(l, to, arena_printf(a, "OLLAMA_NUM_PARALLEL=%" PRIu32, l->parallel));
}

/* Ollama keeps no experts apart: what does not fit is whole layers. */
static void modelfile(struct lines *l, struct fit_lines *to)
{
	struct arena *a = l->v->arena;

	to->title = "Modelfile";
	add(l, to, arena_printf(a, "FROM %s", l->m->ollama ? l->m->ollama : file_of(l)));
	add(l, to, arena_printf(a, "PARAMETER num_ctx %" PRIu32, l->s->ctx / l->parallel));
	if (!l->m->best.whole)
		add(l, to, arena_printf(a, "PARAMETER num_gpu %" PRIu32, l->m->size.layers_gpu));
}

/* llama.cpp's own four share one context: nobody has to ask for them. */
static uint32_t parallel_of(const struct fit_model *m)
{
	const struct settings *s = &m->best.settings;
	const bool said = m->said.parallel || s->build.engine == ENGINE_OLLAMA;

	return said && s->parallel > 1 ? s->parallel : 1;
}

enum { ALL_LAYERS = 99 };

size_t fit_lines(const struct fit_view *v, const struct fit_model *m,
		 struct fit_lines ret[FIT_LINES_MAX])
{
	const struct settings *s = &m->best.settings;
	const bool all = m->best.whole || m->best.cpu_moe != UINT32_MAX;
	const uint32_t most = m->size.layers_total > ALL_LAYERS ? m->size.layers_total : ALL_LAYERS;
	struct lines l = { v, m, s, all ? most : m->size.layers_gpu, parallel_of(m) };
	size_t count = 0;

	for (size_t i = 0; i < FIT_LINES_MAX; i++)
		ret[i] = (struct fit_lines){ .title = "" };
	llama_server(&l, &ret[count++]);
	ollama_env(&l, &ret[count++]);
	modelfile(&l, &ret[count++]);
	return count;
}

/* SPDX-License-Identifier: MIT */
#include "gguf/size/notes.h"

#include <inttypes.h>
#include <stdarg.h>

#include "gguf/size/build.h"
#include "gguf/size/compute.h"
#include "gguf/size/kv.h"
#include "gguf/size/settings.h"

struct notes {
	struct arena *a;
	struct names *all;
	size_t room;
};

static void note(struct notes *n, const char *fmt, ...) PRINTF(2, 3);
static void note(struct notes *n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	names_add(n->a, n->all, &n->room, arena_vprintf(n->a, fmt, ap));
	va_end(ap);
}

/* The compute buffer of the GPU with the output, were the build newer. */
static void few_outputs(struct notes *n, const struct model *m, const struct settings *s,
			const struct place *p, const struct size *z)
{
	struct settings newer = *s;
	uint64_t here, there;

	if (!p->output || s->build.known || s->embedding || m->encoder)
		return;
	newer.build.known = true;
	newer.build.engine = ENGINE_LLAMA_CPP;
	newer.build.number = UINT32_MAX;
	here = z->gpu[p->output_gpu].compute_bytes;
	there = compute_gpu(m, &newer, p, p->output_gpu);
	if (here > there + (here >> 4))
		note(n, "llama-server since b%d reserves %s for compute instead of %s.",
		     SINCE_FEW_OUTPUTS, str_bytes(n->a, there), str_bytes(n->a, here));
}

static void about_cache(struct notes *n, const struct model *m, const struct settings *s)
{
	uint32_t rules = build_rules(&s->build);

	if (s->type_v->block_elements > 1 && !settings_flash(s))
		note(n,
		     "A cache of V in %s needs flash attention (-fa on), else llama.cpp does not "
		     "start.",
		     s->type_v->name);
	if (m->window && !s->build.known && !s->swa_full)
		note(n,
		     "Builds before b%d keep the whole context for layers that see only %" PRIu32
		     " tokens.",
		     SINCE_WINDOW_CACHE, m->window);
	if (m->as->cache == CACHE_MLA && rules >= SINCE_NO_V && !s->build.known)
		note(n, "Builds before b%d store V too, which nearly doubles the cache.",
		     SINCE_NO_V);
	if (m->context_max && kv_cells(s) > m->context_max)
		note(n,
		     "The context is longer than the %" PRIu32 " tokens the model was trained for.",
		     m->context_max);
}

static void about_compute(struct notes *n, const struct model *m, const struct settings *s,
			  const struct place *p)
{
	bool stateful = false;

	for (uint32_t i = 0; i < m->layer_count; i++)
		stateful |= m->layer[i].state_bytes > 0;
	if (stateful)
		note(n, "The compute buffer of recurrent layers is an estimate.");
	if (!m->arch_known)
		note(n,
		     "Architecture '%s' is not known here: its compute buffer is that of its kind.",
		     m->arch ? m->arch : "");
	if (p->gpu_count && (p->first > 0 || !p->output || s->cpu_moe))
		note(n, "The compute buffer holds the largest weight that is in RAM: it is an "
			"estimate.");
	if (compute_pipeline(s, p))
		note(n, "The GPUs work in a pipeline: what goes in is there %d times.", 4);
}

static void about_layers(struct notes *n, const struct model *m, const struct settings *s,
			 const struct place *p)
{
	if (!p->gpu_count || !s->gpu_layers || p->first == 0)
		return;
	if (!s->build.known)
		note(n,
		     "-ngl %" PRIu32
		     " counts the output as the first layer; before b%d it is the last.",
		     s->gpu_layers, SINCE_OUTPUT_FIRST);
	else if (!p->output && m->layer_count)
		note(n,
		     "In this build the output is the last to go to the GPU, at -ngl %" PRIu32 ".",
		     place_layers(m) + 1);
}

void size_notes(struct arena *a, const struct model *m, const struct settings *s,
		const struct place *p, struct size *z)
{
	struct notes n = { .a = a, .all = &z->notes };

	few_outputs(&n, m, s, p, z);
	about_cache(&n, m, s);
	about_compute(&n, m, s, p);
	about_layers(&n, m, s, p);
	if (m->projector_bytes)
		note(&n, "What the projector computes with is not reckoned: 256 MiB are taken.");
	if (m->guessed)
		note(&n, "No file was seen: the weights are reckoned from the description.");
}

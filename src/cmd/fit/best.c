/* SPDX-License-Identifier: MIT */
/* Size, fit and speed of a model, and its best settings. */
#include "cmd/fit/fit.h"

#include "gguf/known/known.h"

static bool speed_is_known(const struct rig *r)
{
	for (uint32_t i = 0; i < r->gpu_count; i++)
		if (!r->gpu[i].card && r->gpu[i].memory_gb_s <= 0)
			return false;
	return r->gpu_count > 0;
}

/* Since then llama.cpp makes what nobody said as large as fits (common/fit.cpp, --fit). */
enum { FITS_BY_ITSELF = 7407, FIT_LEAST_CONTEXT = 4096 };
#define FIT_SPARES_BYTES ((uint64_t)1 << 30) /* on each GPU: -fitt */

static uint64_t gpu_bytes_of(const struct size *z)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < z->gpu_count; i++)
		bytes += size_gpu_bytes(&z->gpu[i]);
	return bytes;
}

static uint64_t bytes_of_all(const struct fit_gpus *g, const struct model *m, struct settings s)
{
	struct size size;

	s.has_gpu_layers = true;
	s.gpu_layers = GGUF_LAYERS_MAX + 1;
	size_of(NULL, m, &s, g->room, g->rig.gpu_count, &size);
	return gpu_bytes_of(&size);
}

/* All layers have to fit whatever the driver takes, and with at least so much to spare for it. */
static uint32_t largest_context(struct arena *a, const struct fit_gpus *g,
				const struct fit_model *m, const struct settings *s, uint64_t spare)
{
	struct size_room room[GPUS_MAX];

	for (uint32_t i = 0; i < g->rig.gpu_count; i++) {
		room[i] = g->room[i];
		room[i].overhead.likely = room[i].overhead.high;
		if (spare > room[i].overhead.high)
			room[i].overhead.likely = spare;
	}
	return size_largest_context(a, &m->model, s, room, g->rig.gpu_count);
}

static bool fits_by_itself(const struct fit_model *m)
{
	const struct build *b = &m->settings.build;

	return !m->said.ctx && !m->settings.has_gpu_layers && b->engine == ENGINE_LLAMA_CPP &&
	       (b->number == 0 || b->number >= FITS_BY_ITSELF);
}

static void shorten_context(struct arena *a, const struct fit_gpus *g, struct fit_model *m)
{
	const uint32_t fits = largest_context(a, g, m, &m->settings, FIT_SPARES_BYTES);
	const uint32_t least = fits > FIT_LEAST_CONTEXT ? fits : FIT_LEAST_CONTEXT;

	if (least >= m->settings.ctx)
		return;
	m->settings.ctx = least;
	m->said.ctx = "as llama.cpp shortens it to fit";
}

void fit_reckon(struct arena *a, const struct fit_gpus *g, struct fit_model *m)
{
	if (fits_by_itself(m))
		shorten_context(a, g, m);
	struct settings s = m->settings;

	m->fit = size_fit(a, &m->model, &s, g->room, g->rig.gpu_count, g->ram_bytes, &m->size);
	m->settings = s;
	m->all_bytes = m->size.layers_gpu == m->size.layers_total ? gpu_bytes_of(&m->size)
								  : bytes_of_all(g, &m->model, s);
	m->has_speed = speed_is_known(&g->rig);
	if (!m->has_speed)
		return;
	speed_of(a, &m->model, &m->settings, &m->size, &g->rig, 0, &m->speed);
	speed_of(a, &m->model, &m->settings, &m->size, &g->rig, m->settings.ctx, &m->full);
}

static const char *const kv_types[FIT_LARGEST] = { "f16", "q8_0", "q4_0" };

/* Quantised V needs flash attention. */
static struct settings with_type(const struct fit_model *m, const char *name)
{
	struct settings s = m->settings;

	s.type_k = s.type_v = ggml_type_named(name);
	if (s.flash == FLASH_OFF && !str_eq(name, "f16"))
		s.flash = FLASH_ON;
	s.has_gpu_layers = false;
	return s;
}

static void largest(struct arena *a, const struct fit_gpus *g, struct fit_model *m)
{
	struct fit_best *b = &m->best;

	if (m->model.encoder || m->model.context_max == 0)
		return;
	for (size_t i = 0; i < FIT_LARGEST; i++) {
		struct settings s = with_type(m, kv_types[i]);
		b->largest[b->largest_count++] = (struct fit_largest){
			.type = s.type_k,
			.ctx = largest_context(a, g, m, &s, 0),
		};
	}
}

/* The first of those that are known, best first, that is smaller and fits. */
static void smaller_quant(struct arena *a, const struct fit_gpus *g, const struct fit_found *found,
			  struct fit_model *m)
{
	const char *quant;

	if (found->part_count != 1)
		return;
	for (size_t i = 0; (quant = quant_name(i)); i++) {
		struct gguf other;
		struct model model;
		struct size size;
		struct settings s = m->settings;
		if (known_requantised(a, found->part, quant, &other, NULL) < 0 ||
		    model_of(a, m->model.name, &other, 1, &model, NULL) < 0 ||
		    model.file_bytes >= m->model.file_bytes)
			continue;
		s.has_gpu_layers = false;
		model.projector_bytes = m->model.projector_bytes;
		if (size_fit(a, &model, &s, g->room, g->rig.gpu_count, g->ram_bytes, &size) !=
		    FIT_WHOLE)
			continue;
		m->best.quant = quant;
		m->best.quant_bytes = model.file_bytes;
		return;
	}
}

/* Experts in RAM keep attention on the GPU: mostly better than whole layers in RAM. */
static void experts_in_ram(struct arena *a, const struct fit_gpus *g, struct fit_model *m)
{
	struct fit_best *b = &m->best;
	struct settings s = m->settings;
	struct size size;

	b->cpu_moe = UINT32_MAX;
	if (m->model.experts == 0 || m->fit == FIT_WHOLE)
		return;
	s.has_gpu_layers = false;
	b->cpu_moe = size_cpu_moe(a, &m->model, &s, g->room, g->rig.gpu_count);
	if (b->cpu_moe == UINT32_MAX || !m->has_speed)
		return;
	s.cpu_moe = b->cpu_moe;
	size_fit(a, &m->model, &s, g->room, g->rig.gpu_count, g->ram_bytes, &size);
	speed_of(a, &m->model, &s, &size, &g->rig, 0, &b->cpu_moe_speed);
	b->has_cpu_moe_speed = true;
}

/*
 * The settings to run it with: as asked for where it fits so; else with K and V as small as it
 * takes for all layers to fit, experts in RAM, or as many layers as there is room for.
 */
static void choose(struct fit_model *m)
{
	struct fit_best *b = &m->best;

	b->settings = m->settings;
	b->whole = m->fit == FIT_WHOLE || m->fit == FIT_TIGHT;
	for (size_t i = 0; !b->whole && i < b->largest_count; i++)
		if (b->largest[i].ctx >= m->settings.ctx) {
			b->settings = with_type(m, kv_types[i]);
			b->whole = true;
		}
	if (!b->whole && b->cpu_moe != UINT32_MAX)
		b->settings.cpu_moe = b->cpu_moe;
}

void fit_best_of(struct arena *a, const struct fit_gpus *g, const struct fit_found *found,
		 struct fit_model *m)
{
	largest(a, g, m);
	experts_in_ram(a, g, m);
	if (m->fit != FIT_WHOLE && m->fit != FIT_TIGHT)
		smaller_quant(a, g, found, m);
	choose(m);
}

static struct fit_cell cell(struct arena *a, const struct fit_gpus *g, const struct fit_model *m,
			    uint32_t ctx, const char *type)
{
	struct settings s = with_type(m, type);
	struct size size;

	s.ctx = ctx;
	const uint64_t bytes = bytes_of_all(g, &m->model, s);
	enum fit fit = size_fit(a, &m->model, &s, g->room, g->rig.gpu_count, g->ram_bytes, &size);
	return (struct fit_cell){ s.type_k, ctx, bytes, size.layers_gpu, size.layers_total, fit };
}

enum { LEAST_CONTEXT = 2048, CELL_ROWS = 16 };

/* From 2048 on by doubling, up to what it was trained for; the context that was asked for too. */
static size_t contexts(const struct fit_model *m, uint32_t ret[CELL_ROWS])
{
	const uint32_t asked = m->settings.ctx;
	uint32_t most = m->model.context_max ? m->model.context_max : asked;
	size_t count = 0;

	for (uint64_t c = LEAST_CONTEXT; c <= most && count + 2 < CELL_ROWS; c *= 2) {
		if (count ? ret[count - 1] < asked && asked < c : asked < c)
			ret[count++] = asked;
		ret[count++] = (uint32_t)c;
	}
	if (count == 0 || ret[count - 1] < asked)
		ret[count++] = asked;
	return count;
}

void fit_cells(struct arena *a, const struct fit_gpus *g, struct fit_model *m)
{
	uint32_t ctx[CELL_ROWS];
	size_t rows = contexts(m, ctx);

	if (m->model.encoder)
		return;
	m->cell_columns = FIT_LARGEST;
	m->cell = arena_alloc(a, rows * FIT_LARGEST * sizeof(*m->cell));
	for (size_t i = 0; i < rows; i++)
		for (size_t k = 0; k < FIT_LARGEST; k++)
			m->cell[m->cell_count++] = cell(a, g, m, ctx[i], kv_types[k]);
}

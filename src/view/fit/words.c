/* SPDX-License-Identifier: MIT */
/* What text, table and JSON all say. */
#include "view/fit/part.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct fit_sum fit_sum(const struct fit_view *v, const struct fit_model *m)
{
	struct fit_sum s = { 0 };

	for (uint32_t i = 0; i < m->size.gpu_count; i++) {
		const struct size_gpu *g = &m->size.gpu[i];
		s.weights += g->weights_bytes;
		s.kv += g->kv_bytes;
		s.state += g->state_bytes;
		s.compute += g->compute_bytes;
		s.projector += g->projector_bytes;
		s.draft += g->draft_bytes;
		s.overhead.low += g->overhead.low;
		s.overhead.likely += g->overhead.likely;
		s.overhead.high += g->overhead.high;
	}
	for (uint32_t i = 0; i < v->gpu_count; i++) {
		s.total += v->room[i].total_bytes;
		s.free += v->room[i].free_bytes;
	}
	return s;
}

uint64_t fit_sum_bytes(const struct fit_sum *s)
{
	return s->weights + s->kv + s->state + s->compute + s->projector + s->draft +
	       s->overhead.likely;
}

/* In a sentence, in a cell of the table, in JSON. */
static const struct {
	const char *word, *cell, *key;
} fits[] = {
	[FIT_WHOLE] = { "whole", "whole", "whole" },
	[FIT_TIGHT] = { "tight", "tight", "tight" },
	[FIT_PARTLY] = { "in part", "part", "partly" },
	[FIT_NONE] = { "not at all", "no", "none" },
};

static bool is_judged(const struct fit_view *v, const struct fit_model *m)
{
	return !m->error && v->free_known;
}

const char *fit_word(const struct fit_view *v, const struct fit_model *m)
{
	return is_judged(v, m) ? fits[m->fit].word : "unknown";
}

const char *fit_key(const struct fit_view *v, const struct fit_model *m)
{
	return is_judged(v, m) ? fits[m->fit].key : "unknown";
}

const char *fit_cell_word(enum fit f)
{
	return fits[f].cell;
}

const char *fit_cell_key(enum fit f)
{
	return fits[f].key;
}

int fit_exit_status(const struct fit_view *v)
{
	size_t read = 0;

	for (size_t i = 0; i < v->model_count; i++)
		read += !v->model[i].error;
	if (v->several)
		return read || v->model_count == 0 ? 0 : 3;
	if (!read || !v->free_known)
		return 3;
	switch (v->model[0].fit) {
	case FIT_WHOLE:
		return 0;
	case FIT_TIGHT:
	case FIT_PARTLY:
		return 1;
	case FIT_NONE:
		return 2;
	}
	return 3;
}

static const char *margin(struct arena *a, int64_t bytes)
{
	return str_bytes(a, (uint64_t)(bytes < 0 ? -bytes : bytes));
}

/* Of the fullest one, where there are several. */
static const char *on_which(const struct fit_view *v)
{
	return v->gpu_count > 1 ? " on the fullest GPU" : "";
}

const char *fit_reason(const struct fit_view *v, const struct fit_model *m)
{
	struct arena *a = v->arena;
	const int64_t spare = size_margin(&m->size, v->room);
	const uint64_t host = m->size.host.weights_bytes;

	if (!v->free_known)
		return "the GPU's memory is not known";
	switch (m->fit) {
	case FIT_WHOLE:
		return arena_printf(a, "%s to spare%s", margin(a, spare), on_which(v));
	case FIT_TIGHT:
		return arena_printf(a, "%s%s%s, less than the driver may take",
				    spare < 0 ? "too little by " : "", margin(a, spare),
				    spare < 0 ? "" : " to spare");
	case FIT_PARTLY:
		if (spare < 0)
			return arena_printf(a, "%s too much%s", margin(a, spare), on_which(v));
		return arena_printf(a,
				    "all would take %s; %s of weights stay in RAM, %s of VRAM "
				    "to spare",
				    str_bytes(a, m->all_bytes), str_bytes(a, host),
				    margin(a, spare));
	case FIT_NONE:
		if (v->ram_bytes && host > v->ram_bytes)
			return arena_printf(a, "%s would stay in RAM, which has %s",
					    str_bytes(a, host), str_bytes(a, v->ram_bytes));
		return arena_printf(a, "%s too much%s", margin(a, spare < 0 ? spare : 0),
				    on_which(v));
	}
	return "";
}

static bool all_alike(const struct fit_view *v)
{
	for (uint32_t i = 1; i < v->gpu_count; i++)
		if (!str_eq(v->room[i].name, v->room[0].name))
			return false;
	return true;
}

const char *fit_gpus(const struct fit_view *v)
{
	const char *all = v->gpu_count ? v->room[0].name : "no GPU";

	if (v->gpu_count > 1 && all_alike(v))
		return arena_printf(v->arena, "%" PRIu32 " x %s", v->gpu_count, all);
	for (uint32_t i = 1; i < v->gpu_count; i++)
		all = arena_printf(v->arena, "%s + %s", all, v->room[i].name);
	return all;
}

/* Two digits are more than a range is sure of. */
static const char *number(struct arena *a, double v)
{
	if (v >= 100) {
		double step = pow(10, floor(log10(v)) - 1);
		return arena_printf(a, "%.0f", round(v / step) * step);
	}
	return arena_printf(a, v >= 10 ? "%.0f" : "%.1f", v);
}

const char *fit_range(struct arena *a, const struct range *r, const char *unit)
{
	return arena_printf(a, "%s %s (%s to %s)", number(a, r->likely), unit, number(a, r->low),
			    number(a, r->high));
}

const char *fit_pace_short(struct arena *a, const struct range *r)
{
	return arena_printf(a, "%s (%s-%s)", number(a, r->likely), number(a, r->low),
			    number(a, r->high));
}

const char *fit_engine(struct arena *a, const struct build *b)
{
	const uint32_t v = b->version;

	if (b->engine == ENGINE_OLLAMA)
		return v ? arena_printf(a, "Ollama %u.%u.%u", (unsigned)(v / 1000000),
					(unsigned)(v / 1000 % 1000), (unsigned)(v % 1000))
			 : "Ollama, today's";
	return b->number ? arena_printf(a, "llama.cpp b%" PRIu32, b->number) : "llama.cpp, today's";
}

const char *fit_type_name(const struct ggml_type *t)
{
	return t ? t->name : "f16";
}

const char *fit_kv_types(struct arena *a, const struct settings *s)
{
	const char *k = fit_type_name(s->type_k), *v = fit_type_name(s->type_v);

	return str_eq(k, v) ? k : arena_printf(a, "%s/%s", k, v);
}

const char *fit_flash(enum flash f)
{
	switch (f) {
	case FLASH_AUTO:
		return "auto";
	case FLASH_ON:
		return "on";
	case FLASH_OFF:
		return "off";
	}
	return "auto";
}

/* Some notes are a clause: shown they are sentences. "llama.cpp" keeps its small letter. */
static const char *sentence(struct arena *a, const char *note)
{
	size_t word = strcspn(note, " ");

	if (str_ends(note, "."))
		return note;
	char *text = arena_printf(a, "%s.", note);
	if (word && strspn(note, "abcdefghijklmnopqrstuvwxyz") == word)
		text[0] = (char)(text[0] - 'a' + 'A');
	return text;
}

static void add_new(struct fit_view const *v, struct names *all, size_t *room,
		    const struct names *more)
{
	for (size_t i = 0; i < more->count; i++)
		if (!names_have(all, sentence(v->arena, more->name[i])))
			names_add(v->arena, all, room, sentence(v->arena, more->name[i]));
}

struct names fit_notes(const struct fit_view *v, const struct fit_model *m)
{
	struct names all = { 0 };
	size_t room = 0;

	add_new(v, &all, &room, &m->model.notes);
	add_new(v, &all, &room, &m->notes);
	add_new(v, &all, &room, &m->size.notes);
	if (m->has_speed)
		add_new(v, &all, &room, &m->speed.notes);
	add_new(v, &all, &room, &v->notes);
	return all;
}

const struct fit_largest *fit_largest(const struct fit_model *m)
{
	const struct fit_largest *best = NULL;

	for (size_t i = 0; i < m->best.largest_count; i++)
		if (m->best.largest[i].ctx && (!best || m->best.largest[i].ctx > best->ctx))
			best = &m->best.largest[i];
	return best;
}

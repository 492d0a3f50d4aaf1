/* SPDX-License-Identifier: MIT */
/* One model on one screen. */
#include "view/fit/part.h"

#include <inttypes.h>
#include <string.h>

#include "base/term.h"

enum { LABEL_COLUMNS = 14 };
#define BELOW "                "

struct page {
	FILE *to;
	const struct fit_view *v;
	const struct fit_model *m;
};

static const char *colour(const struct page *p, const char *code)
{
	return p->v->colour ? code : "";
}

static void put_heading(struct page *p, const char *text)
{
	fprintf(p->to, "\n%s%s%s\n", colour(p, "\033[1m"), text, colour(p, "\033[0m"));
}

/* "  label  text", wrapped below itself. */
static void put(struct page *p, const char *label, const char *text)
{
	fprintf(p->to, "  %-*s", LABEL_COLUMNS, label);
	term_wrap(p->to, text, BELOW, p->v->columns);
}

static const char *size_of_file(struct page *p)
{
	const struct model *m = &p->m->model;
	const char *size = str_bytes(p->v->arena, m->file_bytes);

	return m->guessed ? arena_printf(p->v->arena, "about %s", size) : size;
}

/* What it is, as the file says it, or as it was asked for. */
static void put_title(struct page *p)
{
	struct arena *a = p->v->arena;
	const struct model *m = &p->m->model;
	const char *name = *m->name ? m->name : p->m->asked;
	const char *over =
	    arena_printf(a, " over %s%s", p->v->rig->link->title,
			 p->v->link_assumed ? " (assumed; --link says another)" : "");

	if (p->v->link_assumed && !p->m->has_speed)
		over = "";
	term_wrap(p->to,
		  arena_printf(a, "%s, %s, %s, on %s%s", name, m->quant, size_of_file(p),
			       fit_gpus(p->v), over),
		  "  ", p->v->columns);
	if (*p->m->from)
		put(p, "", p->m->from);
	fputc('\n', p->to);
}

static const char *paint_of(const struct page *p)
{
	if (!p->v->free_known)
		return "";
	switch (p->m->fit) {
	case FIT_WHOLE:
		return "\033[32m";
	case FIT_TIGHT:
	case FIT_PARTLY:
		return "\033[33m";
	case FIT_NONE:
		return "\033[1;31m";
	}
	return "";
}

static void put_fit(struct page *p)
{
	struct arena *a = p->v->arena;
	const char *paint = colour(p, paint_of(p));
	const struct size *z = &p->m->size;

	const char *word = fit_word(p->v, p->m);

	fprintf(p->to, "  %s%-*s%s", paint, LABEL_COLUMNS,
		str_eq(word, "not at all") ? "does not fit"
		: p->v->free_known         ? arena_printf(a, "fits %s", word)
					   : "not known",
		*paint ? "\033[0m" : "");
	term_wrap(p->to,
		  arena_printf(a, "%" PRIu32 " of %" PRIu32 " layers on the GPU%s; %s",
			       z->layers_gpu, z->layers_total, z->gpu_count > 1 ? "s" : "",
			       fit_reason(p->v, p->m)),
		  BELOW, p->v->columns);
}

static void put_bars(struct page *p)
{
	const struct fit_view *v = p->v;

	for (uint32_t i = 0; i < p->m->size.gpu_count; i++) {
		fputc('\n', p->to);
		fprintf(p->to, "  takes %s of the %s that are free%s%s\n",
			str_bytes(v->arena, size_gpu_bytes(&p->m->size.gpu[i])),
			str_bytes(v->arena, v->room[i].free_bytes), v->gpu_count > 1 ? " on " : "",
			v->gpu_count > 1 ? v->room[i].name : "");
		fit_bar(p->to, v, p->m, i);
	}
	fputc('\n', p->to);
}

static const char *and_of(struct page *p, const char *before, uint64_t bytes, const char *what)
{
	struct arena *a = p->v->arena;

	if (!bytes)
		return before;
	return arena_printf(a, "%s%s%s %s", before, *before ? ", " : "", str_bytes(a, bytes), what);
}

static void put_ram(struct page *p)
{
	const struct size *z = &p->m->size;
	const char *text = and_of(p, "", z->host.weights_bytes, "of weights");

	text = and_of(p, text, z->host.kv_bytes + z->host.state_bytes, "of KV cache");
	text = and_of(p, text, z->host.compute_bytes, "to compute");
	if (!*text)
		text = "nothing";
	if (p->v->ram_bytes)
		text = arena_printf(p->v->arena, "%s; of %s", text,
				    str_bytes(p->v->arena, p->v->ram_bytes));
	put(p, "RAM", text);
}

static const char *pace(struct page *p, const struct pace *what, const char *unit)
{
	return arena_printf(p->v->arena, "%s, bounded by %s",
			    fit_range(p->v->arena, &what->value, unit), bound_name(what->bound));
}

/* What has been read is read again for each token. */
static const char *generation(struct page *p)
{
	struct arena *a = p->v->arena;
	const struct range *empty = &p->m->speed.token.value, *full = &p->m->full.token.value;
	const char *text = pace(p, &p->m->speed.token, "tokens/s");

	return full->likely < 0.97 * empty->likely
		   ? arena_printf(a, "%s; %s when the context is full", text,
				  fit_pace_short(a, full))
		   : text;
}

static void put_speed(struct page *p)
{
	const struct speed *s = &p->m->speed;

	if (!p->m->has_speed) {
		put(p, "speed", "not known: the card is not in the table; --gpu names one");
		return;
	}
	put(p, "load", pace(p, &s->load, "s"));
	put(p, "prompt", pace(p, &s->prompt, "tokens/s"));
	if (!p->m->model.encoder)
		put(p, "generation", generation(p));
	if (!s->sure)
		put(p, "", "A rough figure: not all that it rests on is known.");
}

static const char *said(struct page *p, const char *value, const char *by)
{
	return by ? arena_printf(p->v->arena, "%s (%s)", value, by) : value;
}

/* Where there was something to choose. */
static void put_settings(struct page *p)
{
	struct arena *a = p->v->arena;
	const struct settings *s = &p->m->settings;
	const struct fit_said *by = &p->m->said;
	const char *ctx = arena_printf(a, "context %" PRIu32, s->ctx);
	const char *kv = arena_printf(a, "KV %s", fit_kv_types(a, s));
	const char *fa = arena_printf(a, "flash attention %s", fit_flash(s->flash));
	const char *np = arena_printf(a, "%" PRIu32 " at once", s->parallel);
	const char *batch = arena_printf(a, "batch %" PRIu32 "/%" PRIu32, s->batch, s->ubatch);

	put(p, "settings",
	    arena_printf(a, "%s, %s, %s, %s, %s; %s", said(p, ctx, by->ctx),
			 said(p, kv, by->type_k), said(p, fa, by->flash), said(p, np, by->parallel),
			 said(p, batch, by->batch), said(p, fit_engine(a, &s->build), by->build)));
}

/* Where f16 has room for all that it was trained for, no other type has more. */
static void put_largest(struct page *p)
{
	struct arena *a = p->v->arena;
	const struct fit_best *b = &p->m->best;
	const char *all = "";

	for (size_t i = 0; i < b->largest_count; i++) {
		const struct fit_largest *l = &b->largest[i];
		const char *ctx = l->ctx ? arena_printf(a, "%" PRIu32, l->ctx) : "none";
		all = arena_printf(a, "%s%s%s at %s", all, i ? ", " : "", ctx,
				   fit_type_name(l->type));
		if (l->ctx && l->ctx >= p->m->model.context_max) {
			all = arena_printf(a, "%s, as long as it was trained for", all);
			break;
		}
	}
	if (b->largest_count && !fit_largest(p->m))
		all = "none, with any type of K and V";
	if (*all)
		put(p, "largest", arena_printf(a, "context with all layers on the GPU: %s", all));
}

static void put_choices(struct page *p)
{
	struct arena *a = p->v->arena;
	const struct fit_best *b = &p->m->best;

	put_largest(p);
	if (b->quant)
		put(p, "smaller",
		    arena_printf(a, "%s fits whole: %s", b->quant, str_bytes(a, b->quant_bytes)));
	else if (p->m->fit == FIT_PARTLY || p->m->fit == FIT_NONE)
		put(p, "smaller", "no smaller quantisation of it that is known fits whole");
	if (b->cpu_moe != UINT32_MAX && b->cpu_moe && p->m->fit != FIT_WHOLE)
		put(p, "experts",
		    arena_printf(a, "those of %" PRIu32 " layers in RAM, all else fits%s%s",
				 b->cpu_moe, b->has_cpu_moe_speed ? ": " : "",
				 b->has_cpu_moe_speed
				     ? fit_range(a, &b->cpu_moe_speed.token.value, "tokens/s")
				     : ""));
}

static void put_lines(struct page *p)
{
	struct fit_lines l[FIT_LINES_MAX];
	const size_t count = fit_lines(p->v, p->m, l);

	for (size_t i = 0; i < count; i++) {
		fprintf(p->to, "\n  %s\n", l[i].title);
		for (size_t k = 0; k < l[i].line.count; k++)
			fprintf(p->to, "    %s\n", l[i].line.name[k]);
	}
}

static void put_notes(struct page *p)
{
	const struct names notes = fit_notes(p->v, p->m);

	if (notes.count)
		put_heading(p, "Notes");
	for (size_t i = 0; i < notes.count; i++) {
		fputs("  ", p->to);
		term_wrap(p->to, notes.name[i], "    ", p->v->columns);
	}
}

void fit_one_text(FILE *to, const struct fit_view *v, const struct fit_model *m)
{
	struct page p = { to, v, m };

	put_title(&p);
	put_fit(&p);
	put_bars(&p);
	put_ram(&p);
	put_speed(&p);
	put_settings(&p);
	put_heading(&p, "Best settings");
	put_choices(&p);
	put_lines(&p);
	put_notes(&p);
}

void fit_text(FILE *to, const struct fit_view *v)
{
	if (!v->several && v->model_count == 1)
		fit_one_text(to, v, &v->model[0]);
	else
		fit_many_text(to, v);
}

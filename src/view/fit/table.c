/* SPDX-License-Identifier: MIT */
/* Several models, a line each; one model at many contexts. */
#include "view/fit/part.h"

#include <inttypes.h>
#include <string.h>

#include "base/term.h"

enum { NAME_COLUMNS = 28, SHORT_COLUMNS = 20, CELL_COLUMNS = 21 };

/* Characters, not bytes. */
static unsigned width_of(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* As many columns, neither more nor less; what was cut off ends with "..". */
static void put_padded(FILE *to, const char *s, unsigned columns)
{
	const unsigned width = width_of(s), keep = width > columns ? columns - 2 : columns;
	unsigned n = 0;

	for (; *s; s++) {
		n += ((unsigned char)*s & 0xc0) != 0x80;
		if (n > keep)
			break;
		fputc(*s, to);
	}
	if (width > columns)
		fputs("..", to);
	for (n = width > columns ? columns : width; n < columns; n++)
		fputc(' ', to);
}

/* With how it is quantised, where there is room for that. */
static const char *name_of(struct arena *a, const struct fit_model *m, unsigned columns)
{
	if (m->error || strstr(m->asked, m->model.quant) ||
	    width_of(m->asked) + 1 + width_of(m->model.quant) > columns)
		return m->asked;
	return arena_printf(a, "%s %s", m->asked, m->model.quant);
}

static const char *layers_of(struct arena *a, const struct fit_model *m)
{
	return arena_printf(a, "%" PRIu32 " of %" PRIu32, m->size.layers_gpu, m->size.layers_total);
}

/* The line begins with the name already. */
static const char *error_of(const struct fit_model *m)
{
	const size_t n = strlen(m->asked);

	return str_starts(m->error, m->asked) && str_starts(m->error + n, ": ") ? m->error + n + 2
										: m->error;
}

static void put_model(FILE *to, const struct fit_view *v, const struct fit_model *m, bool alike)
{
	struct arena *a = v->arena;
	const unsigned columns = alike ? NAME_COLUMNS : SHORT_COLUMNS;

	fputs("  ", to);
	put_padded(to, name_of(a, m, columns), columns);
	if (m->error) {
		fputs("  ", to);
		term_wrap(to, error_of(m), arena_printf(a, "%*s", (int)columns + 4, ""),
			  v->columns);
		return;
	}
	fprintf(to, " %9s  %-10s %10s  ", str_bytes(a, m->model.file_bytes), fit_word(v, m),
		layers_of(a, m));
	if (!alike)
		fprintf(to, "%7" PRIu32 "  ", m->settings.ctx);
	if (m->has_speed && !m->model.encoder) {
		const struct range *r = &m->speed.token.value;
		fprintf(to, "%s%s\n", m->speed.sure ? "" : "~", fit_pace_short(a, r));
	} else {
		fputs("-\n", to);
	}
}

static const struct settings *first_settings(const struct fit_view *v)
{
	for (size_t i = 0; i < v->model_count; i++)
		if (!v->model[i].error)
			return &v->model[i].settings;
	return NULL;
}

static bool are_alike(const struct fit_view *v)
{
	const struct settings *s = first_settings(v);

	for (size_t i = 0; i < v->model_count; i++)
		if (!v->model[i].error && (s->ctx != v->model[i].settings.ctx ||
					   s->type_k != v->model[i].settings.type_k))
			return false;
	return true;
}

/* What holds for all lines, said once. */
static void put_head(FILE *to, const struct fit_view *v, const struct settings *s)
{
	struct arena *a = v->arena;
	uint64_t free = 0;

	for (uint32_t i = 0; i < v->gpu_count; i++)
		free += v->room[i].free_bytes;
	const char *what =
	    arena_printf(a, "%s, %s free, over %s%s", fit_gpus(v), str_bytes(a, free),
			 v->rig->link->title, v->link_assumed ? " (assumed)" : "");
	if (s)
		what = arena_printf(a, "%s; context %" PRIu32 ", KV %s", what, s->ctx,
				    fit_kv_types(a, s));
	term_wrap(to, what, "  ", v->columns);
}

void fit_many_text(FILE *to, const struct fit_view *v)
{
	const bool alike = are_alike(v);

	put_head(to, v, alike ? first_settings(v) : NULL);
	if (v->model_count == 0) {
		fputs("No model in the store.\n", to);
		return;
	}
	fprintf(to, "\n  %-*s %9s  %-10s %10s  %s%s\n", alike ? NAME_COLUMNS : SHORT_COLUMNS,
		"model", "size", "fits", "layers", alike ? "" : "context  ", "tokens/s");
	for (size_t i = 0; i < v->model_count; i++)
		put_model(to, v, &v->model[i], alike);
	for (size_t i = 0; i < v->notes.count; i++) {
		fputs(i ? "  " : "\n  ", to);
		term_wrap(to, v->notes.name[i], "    ", v->columns);
	}
}

static void put_cell(FILE *to, const struct fit_view *v, const struct fit_cell *c, bool last)
{
	fprintf(to, "  %9s %3" PRIu32 " %-*s", str_bytes(v->arena, c->gpu_bytes), c->layers,
		last ? 0 : 5, fit_cell_word(c->fit));
}

void fit_table(FILE *to, const struct fit_view *v)
{
	const struct fit_model *m = &v->model[0];
	const size_t columns = m->cell_columns ? m->cell_columns : 1;

	put_head(to, v, NULL);
	if (m->cell_count == 0) {
		fputs("It keeps no context.\n", to);
		return;
	}
	fprintf(to, "\n  %s, %s: VRAM for all layers, layers that fit of %" PRIu32 "\n\n", m->asked,
		m->model.quant, m->size.layers_total);
	fprintf(to, "  %8s", "context");
	for (size_t i = 0; i < columns; i++)
		fprintf(to, "%*sKV %-*s", i ? 3 : 4, "", i + 1 < columns ? CELL_COLUMNS - 6 : 0,
			fit_type_name(m->cell[i].type));
	for (size_t i = 0; i < m->cell_count; i++) {
		if (i % columns == 0)
			fprintf(to, "\n  %8" PRIu32, m->cell[i].ctx);
		put_cell(to, v, &m->cell[i], (i + 1) % columns == 0);
	}
	fputc('\n', to);
}

/* SPDX-License-Identifier: MIT */
/* One GPU's memory as a line of parts. */
#include "view/fit/part.h"

#include <string.h>

enum { LEFT_COLUMNS = 8, PARTS_MAX = 8, BAR_MAX = 120 };

struct bar_part {
	const char *name, *paint;
	char sign;
	uint64_t bytes;
};

struct bar {
	FILE *to;
	const struct fit_view *v;
	struct bar_part part[PARTS_MAX];
	size_t count;
	uint64_t of; /* the whole line */
};

static void part(struct bar *b, const char *name, char sign, const char *paint, uint64_t bytes)
{
	if (bytes)
		b->part[b->count++] = (struct bar_part){ name, paint, sign, bytes };
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static void parts(struct bar *b, const struct size_gpu *g, const struct size_room *room)
{
	const uint64_t need = size_gpu_bytes(g);

	part(b, "weights", '#', "\033[34m", g->weights_bytes + g->projector_bytes);
	part(b, "KV cache", '=', "\033[36m", g->kv_bytes + g->state_bytes);
	part(b, "compute", '+', "\033[35m", g->compute_bytes);
	part(b, "draft model", '%', "\033[32m", g->draft_bytes);
	part(b, "driver", '~', "\033[33m", g->overhead.likely);
	part(b, "free", '.', "\033[2m", less(room->free_bytes, need));
	b->of = need > room->free_bytes ? need : room->free_bytes;
}

static const char *paint(const struct bar *b, const char *code)
{
	return b->v->colour ? code : "";
}

/* Where a part ends: what is there at all is at least one sign wide as long as there is room. */
static unsigned end_of(const struct bar *b, size_t i, uint64_t before, unsigned from,
		       unsigned width)
{
	unsigned left = (unsigned)(b->count - i - 1);
	double share = b->of ? (double)(before + b->part[i].bytes) / (double)b->of : 0;
	unsigned to = i + 1 == b->count ? width : (unsigned)(share * width + 0.5);

	to = to <= from ? from + 1 : to;
	return to + left > width ? (width > left ? width - left : from) : to;
}

static void put_line(const struct bar *b, unsigned width, uint64_t free_bytes)
{
	uint64_t before = 0;
	unsigned at = 0;
	const unsigned edge =
	    b->of > free_bytes ? (unsigned)((double)free_bytes / (double)b->of * width) : width;

	fputc('[', b->to);
	for (size_t i = 0; i < b->count; i++) {
		unsigned end = end_of(b, i, before, at, width);
		fputs(paint(b, b->part[i].paint), b->to);
		for (; at < end; at++) {
			if (at == edge)
				fputc('|', b->to);
			fputc(b->part[i].sign, b->to);
		}
		fputs(paint(b, "\033[0m"), b->to);
		before += b->part[i].bytes;
	}
	fputs("]\n", b->to);
}

static const char *amount(const struct bar *b, const struct bar_part *p, const struct size_gpu *g)
{
	struct arena *a = b->v->arena;

	if (p->sign != '~')
		return str_bytes(a, p->bytes);
	return arena_printf(a, "%s to %s", str_bytes(a, g->overhead.low),
			    str_bytes(a, g->overhead.high));
}

static void put_legend(const struct bar *b, const struct size_gpu *g)
{
	unsigned at = LEFT_COLUMNS;

	fprintf(b->to, "%*s", LEFT_COLUMNS, "");
	for (size_t i = 0; i < b->count; i++) {
		const struct bar_part *p = &b->part[i];
		const char *text =
		    arena_printf(b->v->arena, "%c %s %s", p->sign, p->name, amount(b, p, g));
		if (at > LEFT_COLUMNS && at + 3 + strlen(text) > b->v->columns) {
			fprintf(b->to, "\n%*s", LEFT_COLUMNS, "");
			at = LEFT_COLUMNS;
		}
		fprintf(b->to, "%s%s", at > LEFT_COLUMNS ? "   " : "", text);
		at += (at > LEFT_COLUMNS ? 3 : 0) + (unsigned)strlen(text);
	}
	fputc('\n', b->to);
}

void fit_bar(FILE *to, const struct fit_view *v, const struct fit_model *m, uint32_t gpu)
{
	struct bar b = { .to = to, .v = v };
	const struct size_room *room = &v->room[gpu];
	unsigned width = v->columns - LEFT_COLUMNS - 3;

	if (width > BAR_MAX)
		width = BAR_MAX;
	parts(&b, &m->size.gpu[gpu], room);
	fprintf(to, "  VRAM  ");
	put_line(&b, width, room->free_bytes);
	put_legend(&b, &m->size.gpu[gpu]);
}

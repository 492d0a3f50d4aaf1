/* SPDX-License-Identifier: MIT */
/*
 * The text itself. OpenMetrics 1.0: https://github.com/prometheus/OpenMetrics. Of its types only
 * gauges and counters are used: a stateset or an info is a syntax error to readers of the older
 * format.
 */
#include "view/metrics.h"

#include <stdarg.h>
#include <string.h>

#include "view/metrics/family.h"

static const struct family *const lists[] = { families_chain, families_cable, families_gpu,
					      families_workload, families_guard };

static const struct family *family_at(size_t n)
{
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		for (const struct family *f = lists[i]; f->name; f++)
			if (n-- == 0)
				return f;
	return NULL;
}

const char *metrics_name(struct arena *a, size_t n)
{
	const struct family *f = family_at(n);
	return f ? arena_printf(a, "%s%s", f->name, f->counter ? "_total" : "") : NULL;
}

static struct arena *arena_of(const struct metrics *m)
{
	return m->view->facts->arena;
}

/* What ends a label's value, or a line, is escaped; all other control bytes str_clean() takes. */
static const char *escaped(struct arena *a, const char *text)
{
	const char *s = str_clean(a, text, strlen(text), METRIC_LABEL_MAX);
	char *out = arena_room(a, 2 * strlen(s) + 1), *to = out;

	for (; *s; s++) {
		if (*s == '\\' || *s == '"')
			*to++ = '\\';
		*to++ = *s;
	}
	*to = '\0';
	return out;
}

static const char *labels_of(struct arena *a, va_list ap)
{
	const char *out = "", *name;

	while ((name = va_arg(ap, const char *)))
		out = arena_printf(a, "%s%s%s=\"%s\"", out, *out ? "," : "", name,
				   escaped(a, va_arg(ap, const char *)));
	return *out ? arena_printf(a, "{%s}", out) : "";
}

static void head(const struct metrics *m)
{
	const struct family *f = m->family;
	const char *declared = f->counter && m->textfile ? "_total" : "";

	fprintf(m->to, "# TYPE %s%s %s\n", f->name, declared, f->counter ? "counter" : "gauge");
	if (*f->unit && !m->textfile)
		fprintf(m->to, "# UNIT %s %s\n", f->name, f->unit);
	fprintf(m->to, "# HELP %s%s %s.\n", f->name, declared, f->help);
}

/* Two samples of the same labels would make a reader refuse all of them. */
static bool is_new(struct metrics *m, const char *labels)
{
	if (m->count == METRIC_SAMPLES_MAX)
		return false;
	for (size_t i = 0; i < m->count; i++)
		if (str_eq(m->labels[i], labels))
			return false;
	m->labels[m->count++] = labels;
	return true;
}

void sample(struct metrics *m, double value, ...)
{
	va_list ap;

	va_start(ap, value);
	const char *labels = labels_of(arena_of(m), ap);
	va_end(ap);
	if (!is_new(m, labels))
		return;
	if (m->count == 1)
		head(m);
	fprintf(m->to, "%s%s%s %.15g\n", m->family->name, m->family->counter ? "_total" : "",
		labels, value);
}

void sample_u64(struct metrics *m, struct maybe_u64 value, double scale)
{
	if (value.know == KNOWN)
		sample(m, (double)value.v * scale, NULL);
}

static void write_all(struct metrics *m)
{
	m->labels = arena_room(arena_of(m), METRIC_SAMPLES_MAX * sizeof(*m->labels));
	for (size_t i = 0; (m->family = family_at(i)); i++) {
		m->count = 0;
		m->family->samples(m);
	}
}

void view_metrics(FILE *to, const struct view *v, const struct upkeep *upkeep)
{
	struct metrics m = { .to = to, .view = v, .upkeep = upkeep };

	write_all(&m);
	fputs("# EOF\n", to);
}

void view_metrics_textfile(FILE *to, const struct view *v, const struct upkeep *upkeep)
{
	struct metrics m = { .to = to, .view = v, .upkeep = upkeep, .textfile = true };

	write_all(&m);
}

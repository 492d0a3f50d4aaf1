/* SPDX-License-Identifier: MIT */
/* The chain on one screen: a line a link, then the root cause and what to do. */
#include "view/view.h"

#include <string.h>

#include "base/term.h"
#include "plan/reader.h"
#include "view/remedy.h"

enum { LINK_WIDTH = 13, STATUS_WIDTH = 9 };
/* As wide as two blanks, a link and a status. */
#define TEXT_INDENT "                        "

static const char *clean(const struct view *v, const char *s)
{
	return str_clean(v->facts->arena, s, strlen(s), 2000);
}

static const char *colour(const struct view *v, enum status s)
{
	static const char *const codes[] = {
		[STATUS_SKIPPED] = "\033[2m",  [STATUS_OK] = "\033[32m",
		[STATUS_WAITING] = "\033[2m",  [STATUS_UNKNOWN] = "\033[36m",
		[STATUS_WARNING] = "\033[33m", [STATUS_BROKEN] = "\033[1;31m",
	};
	return v->colour ? codes[s] : "";
}

static const char *plain(const struct view *v)
{
	return v->colour ? "\033[0m" : "";
}

static const char *said(const struct view *v, const struct finding *f)
{
	if (f->status == STATUS_WAITING && f->waits_for)
		return arena_printf(v->facts->arena, "for %s", f->waits_for->link);
	return clean(v, f->text);
}

static void link_line(FILE *to, const struct view *v, const struct finding *f, const char *link)
{
	fprintf(to, "  %-*s%s%-*s%s", LINK_WIDTH, link, colour(v, f->status), STATUS_WIDTH,
		status_name(f->status), plain(v));
	term_wrap(to, said(v, f), TEXT_INDENT, v->columns);
}

/* A link's headline, and below it what else is wrong with the link. */
static void link_lines(FILE *to, const struct view *v, size_t i)
{
	const struct report *r = v->report;
	const struct finding *head = r->headline[i];

	link_line(to, v, head, r->link[i]->id);
	for (size_t n = 0; n < r->verdict.count; n++) {
		const struct finding *f = &r->verdict.finding[n];
		if (f != head && str_eq(f->link, head->link) &&
		    (f->status > STATUS_WAITING || v->verbose))
			link_line(to, v, f, "");
	}
}

static void cause_of(FILE *to, const struct view *v, const struct finding *f)
{
	const struct cause *c = f->cause;
	const char *rank = f == v->report->root ? "Root cause"
			   : v->report->root    ? "Also"
						: "To mend";

	fprintf(to, "\n%s%s, %s: %s%s\n  ", colour(v, f->status), rank, f->link, c->title,
		plain(v));
	term_wrap(to, c->why, "  ", v->columns);
	const struct remedy_view r = { v->facts->arena,
				       reader_of(v->facts->arena, v->facts, f->subject), v->colour,
				       v->columns };
	remedy_text(to, &r, "Mend it", c->remedy);
	remedy_text(to, &r, "Mend it for good", c->lasting);
	fprintf(to, "  %s (%s)\n", c->source, c->id);
}

static bool is_shown(const struct report *r, const struct finding *f)
{
	for (size_t i = 0; i < r->link_count; i++)
		if (str_eq(r->link[i]->id, f->link))
			return true;
	return false;
}

/* Does what is to be done depend on the subject? */
static bool names_subject(const struct cause *c)
{
	for (size_t i = 0; c->remedy[i]; i++)
		if (strstr(c->remedy[i], "{}"))
			return true;
	return false;
}

static bool says_the_same(const struct finding *a, const struct finding *b)
{
	return a->cause == b->cause && (!names_subject(a->cause) || str_eq(a->subject, b->subject));
}

/* A cause is explained once, also where it was found at several places. */
static bool explained(const struct report *r, const struct finding *f)
{
	if (r->root && r->root != f && says_the_same(r->root, f))
		return true;
	for (const struct finding *p = r->verdict.finding; p != f; p++)
		if (p->status >= STATUS_WARNING && says_the_same(p, f))
			return true;
	return false;
}

static void causes(FILE *to, const struct view *v)
{
	const struct report *r = v->report;

	if (r->root && is_shown(r, r->root))
		cause_of(to, v, r->root);
	for (size_t i = 0; i < r->verdict.count; i++) {
		const struct finding *f = &r->verdict.finding[i];
		if (f != r->root && f->status >= STATUS_WARNING && is_shown(r, f) &&
		    !explained(r, f))
			cause_of(to, v, f);
	}
}

#define AS_ROOT "sudo egpu check"

/* One look as root shows all that a look at each link would. */
static const char *what_shows(const struct finding *f)
{
	return str_starts(f->show, AS_ROOT) ? AS_ROOT : f->show;
}

static void unknowns(FILE *to, const struct view *v)
{
	const struct report *r = v->report;
	const char *shown[FINDINGS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < r->verdict.count; i++) {
		const struct finding *f = &r->verdict.finding[i];
		struct names before = { shown, count };
		if (f->status != STATUS_UNKNOWN || !*f->show || !is_shown(r, f) ||
		    names_have(&before, what_shows(f)))
			continue;
		if (count == 0)
			fprintf(to, "\nWhat could not be read, this would show:\n");
		fprintf(to, "    %s\n", clean(v, what_shows(f)));
		shown[count++] = what_shows(f);
	}
}

static void no_gpu(FILE *to, const struct view *v)
{
	const struct report *r = v->report;

	fprintf(to, "No external NVIDIA GPU here.\n\n");
	for (size_t i = 0; i < r->link_count; i++)
		if (str_eq(r->link[i]->id, "controller") || str_eq(r->link[i]->id, "enclosure") ||
		    str_eq(r->link[i]->id, "pci") || r->headline[i]->status >= STATUS_WARNING)
			link_lines(to, v, i);
	fprintf(to, "\n");
	term_wrap(to,
		  v->facts->pci.gpu_count
		      ? "The rest of the chain was not judged. To judge it for a GPU inside this "
			"machine: egpu check --gpu any"
		      : "With the enclosure connected and powered on, run egpu check again: it "
			"names the first link that does not hold, and what mends it.",
		  "", v->columns);
}

static void all_well(FILE *to, const struct view *v)
{
	const struct report *r = v->report;
	size_t ok = 0;

	if (r->worst > STATUS_OK)
		return;
	for (size_t i = 0; i < r->link_count; i++)
		ok += r->headline[i]->status == STATUS_OK;
	if (ok > 1)
		fprintf(to, "\nAll holds, from the cable to the tokens: %zu links ok.\n", ok);
}

static void costs(FILE *to, const struct view *v)
{
	const char *kind = "";
	for (size_t i = 0; i < v->cost_count; i++) {
		const struct view_cost *c = &v->cost[i];
		if (!str_eq(kind, c->kind))
			fprintf(to, "\n%-18s%10s%10s\n", c->kind, "msec", "asked");
		kind = c->kind;
		fprintf(to, "  %-16s%10.2f", c->name, (double)c->usec / 1000);
		if (c->count)
			fprintf(to, "%10u", c->count);
		fputc('\n', to);
	}
}

void view_text(FILE *to, const struct view *v)
{
	if (v->report->no_gpu) {
		no_gpu(to, v);
	} else {
		for (size_t i = 0; i < v->report->link_count; i++)
			link_lines(to, v, i);
		all_well(to, v);
	}
	causes(to, v);
	if (v->report->root)
		fprintf(to,
			"\nTo have it mended: sudo egpu fix    # shows a plan first, and asks\n");
	unknowns(to, v);
	if (v->verbose) {
		fprintf(to, "\nFacts of %s\n", clean(v, v->host));
		view_facts_text(to, v->facts);
	}
	costs(to, v);
}

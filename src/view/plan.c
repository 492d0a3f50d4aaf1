/* SPDX-License-Identifier: MIT */
/* A plan as text: one sentence, the steps, what is left for a person, what is left alone. */
#include "view/plan.h"

#include <stdint.h>
#include <string.h>

#include "base/term.h"
#include "view/plan-part.h"

enum { TEXT_BYTES_MAX = 2000 }; /* of a sentence */

static const char *clean(const struct plan_view *v, const char *s)
{
	return str_clean(v->arena, s, strlen(s), TEXT_BYTES_MAX);
}

static const char *bold(const struct plan_view *v)
{
	return v->colour ? "\033[1m" : "";
}

static const char *yellow(const struct plan_view *v)
{
	return v->colour ? "\033[33m" : "";
}

static const char *plain(const struct plan_view *v)
{
	return v->colour ? "\033[0m" : "";
}

/* Lines to paste are never wrapped: a wrapped command is a broken one. Comments are. */
static void paste(const struct plan_view *v, const struct names *lines, const char *indent)
{
	const char *comment = arena_printf(v->arena, "%s# ", indent);

	for (size_t i = 0; i < lines->count; i++) {
		const char *line = lines->name[i];
		line = str_clean(v->arena, line, strlen(line), SIZE_MAX);
		if (*line == '#') {
			fputs(comment, v->to);
			term_wrap(v->to, line + 1, comment, v->columns);
		} else {
			fprintf(v->to, "%s%s\n", indent, line);
		}
	}
}

static void wrapped(const struct plan_view *v, const char *text, const char *indent)
{
	if (!*text)
		return;
	fputs(indent, v->to);
	term_wrap(v->to, clean(v, text), indent, v->columns);
}

static const char *when_text(enum step_when when)
{
	switch (when) {
	case WHEN_NOW:
		return "";
	case WHEN_REBOOT:
		return "counts after a reboot";
	case WHEN_COLD_BOOT:
		return "counts after a cold boot (power off, then on)";
	}
	return "";
}

static void marks(const struct plan_view *v, const struct step *s, const char *indent)
{
	const char *when = when_text(s->when), *asks = s->asks ? "needs a yes of its own" : "";

	if (*when || *asks)
		fprintf(v->to, "%s%s%s%s%s%s\n", indent, yellow(v), asks,
			*when && *asks ? "; " : "", when, plain(v));
}

/* What is run, for who wrote no lines down. As root, since egpu is. */
static struct names command_line(struct arena *a, const struct names *argv)
{
	struct names out = { 0 };
	const char *line = "sudo";
	size_t room = 0;

	for (size_t i = 0; i < argv->count; i++)
		line = arena_printf(a, "%s %s", line, str_quoted(a, argv->name[i]));
	if (argv->count)
		names_add(a, &out, &room, line);
	return out;
}

static bool names(const struct step *s, const char *what)
{
	return strstr(s->what, what) || (s->why && strstr(s->why, what));
}

/* Who is let in is always named: it may reach this host's memory. */
static void enclosure(const struct plan_view *v, const struct step *s)
{
	const struct enclosure_change *c = &s->enclosure;
	const char *name = c->name && *c->name ? c->name : "no name";

	if (!names(s, name) || !names(s, c->uuid))
		wrapped(v, arena_printf(v->arena, "%s, UUID %s", name, c->uuid), "    ");
}

static void what_it_does(const struct plan_view *v, const struct step *s)
{
	switch (s->kind) {
	case STEP_FILE:
		plan_file(v, &s->file);
		break;
	case STEP_ENCLOSURE:
		enclosure(v, s);
		break;
	case STEP_RUN:
	case STEP_PACKAGES:
		if (s->shell.count == 0) {
			struct names line = command_line(v->arena, &s->run.argv);
			paste(v, &line, "      ");
		}
		break;
	case STEP_UNIT:
	case STEP_CONTAINER:
	case STEP_PROCESS:
	case STEP_DEVICE:
	case STEP_PERSON:
		break;
	}
	paste(v, &s->shell, "      ");
}

static void heading(const struct plan_view *v, const struct step *s, const char *indent)
{
	const char *theme = s->theme && *s->theme ? s->theme : NULL;

	fputs(bold(v), v->to);
	term_wrap(v->to,
		  clean(v, arena_printf(v->arena, "%s%s%s", theme ? theme : "", theme ? ": " : "",
					s->what)),
		  indent, v->columns);
	fputs(plain(v), v->to);
}

static void steps(const struct plan_view *v, const struct plan *p)
{
	size_t number = 0;

	for (size_t i = 0; i < p->count; i++) {
		const struct step *s = &p->step[i];
		if (s->kind == STEP_PERSON)
			continue;
		fprintf(v->to, "\n%2zu. ", ++number);
		heading(v, s, "    ");
		wrapped(v, s->why ? s->why : "", "    ");
		what_it_does(v, s);
		marks(v, s, "    ");
	}
}

static void checklist(const struct plan_view *v, const struct plan *p)
{
	bool any = false;

	for (size_t i = 0; i < p->count; i++) {
		const struct step *s = &p->step[i];
		if (s->kind != STEP_PERSON)
			continue;
		if (!any)
			fprintf(v->to, "\n%sFor you to do%s\n", bold(v), plain(v));
		any = true;
		fputs("  [ ] ", v->to);
		term_wrap(v->to, clean(v, s->what), "      ", v->columns);
		wrapped(v, s->why ? s->why : "", "      ");
		paste(v, &s->shell, "        ");
		marks(v, s, "      ");
	}
}

static void refusals(const struct plan_view *v, const struct plan *p)
{
	for (size_t i = 0; i < p->refusal_count; i++) {
		const struct refusal *r = &p->refusal[i];
		fputs("\n", v->to);
		term_wrap(v->to, clean(v, arena_printf(v->arena, "Left alone: %s", r->text)), "  ",
			  v->columns);
		paste(v, &r->shell, "    ");
	}
}

void view_plan(FILE *to, struct arena *a, const struct plan *p, bool verbose)
{
	const struct plan_view v = { to, a, term_columns(to), term_colour(to), verbose };

	fputs(bold(&v), to);
	term_wrap(to, plan_sum(a, p), "", v.columns);
	fputs(plain(&v), to);
	steps(&v, p);
	checklist(&v, p);
	refusals(&v, p);
}

/* SPDX-License-Identifier: MIT */
/* What a pasted text gives away: the cause, its line, why, and what to do. */
#include "view/explain.h"

#include <inttypes.h>
#include <string.h>

#include "base/term.h"
#include "cause/xid.h"
#include "view/remedy.h"

enum { ROOTS_SHOWN = 3 };

static const char *plain(const struct explain_view *v)
{
	return v->colour ? "\033[0m" : "";
}

static struct remedy_view remedy_of(const struct explain_view *v, const struct named *n)
{
	return (struct remedy_view){ v->arena,
				     { .distro = v->distro,
				       .subject = explain_subject(n->cause, n->said->bdf) },
				     v->colour,
				     v->columns };
}

static void line_of(FILE *to, const struct explain_view *v, const struct named *n)
{
	const struct said *s = n->said;
	fputs("  ", to);
	term_wrap(to,
		  arena_printf(v->arena, "line %" PRIu64 "%s: %s", s->first_line,
			       s->count > 1
				   ? arena_printf(v->arena, " and %" PRIu64 " more", s->count - 1)
				   : "",
			       s->line),
		  "    ", v->columns);
}

static const char *rank_of(const struct named *n)
{
	switch (sureness(n->sure)) {
	case CERTAIN:
		return "Cause";
	case LIKELY:
		return "Likely";
	case POSSIBLE:
		return "Possibly";
	}
	return "";
}

void explain_named(FILE *to, const struct explain_view *v, const struct named *n)
{
	const struct cause *c = n->cause;
	const struct remedy_view r = remedy_of(v, n);

	fputs(v->colour ? "\033[1;31m" : "", to);
	fprintf(to, "%s, %s: %s%s\n", rank_of(n), c->link, c->title, plain(v));
	line_of(to, v, n);
	if (n->xid) {
		const struct xid *x = xid_of_code(n->xid);
		fputs("  ", to);
		term_wrap(to,
			  arena_printf(v->arena, "Xid %" PRIu64 " (%s): %s.", n->xid, x->meaning,
				       xid_action(x->class)),
			  "  ", v->columns);
	}
	if (n->past)
		fputs("  This was before the last boot in the text.\n", to);
	fputs("  ", to);
	term_wrap(to, c->why, "  ", v->columns);
	remedy_text(to, &r, "Mend it", c->remedy);
	remedy_text(to, &r, "Mend it for good", c->lasting);
	fprintf(to, "  %s (%s)\n", c->source, c->id);
}

/* Ids of some of the causes, each with its line, as one sentence. */
static void list(FILE *to, const struct explain_view *v, const char *label, size_t from, size_t end)
{
	const char *out = label;

	for (size_t i = from; i < end; i++)
		out = arena_printf(v->arena, "%s %s (line %" PRIu64 ")%s", out,
				   v->answer->named[i].cause->id,
				   v->answer->named[i].said->first_line, i + 1 < end ? "," : ".");
	fputc('\n', to);
	term_wrap(to, out, "  ", v->columns);
}

static const char *all_good(const struct explain_view *v)
{
	const char *out = "";
	for (size_t i = 0; i < v->answer->good_count; i++)
		out = arena_printf(v->arena, "%s%s%s", out,
				   i == 0                           ? ""
				   : i + 1 == v->answer->good_count ? " and "
								    : ", ",
				   v->answer->good[i]);
	return out;
}

static const char *many_lines(const struct explain_view *v)
{
	return v->lines == 1 ? "this line"
			     : arena_printf(v->arena, "these %" PRIu64 " lines", v->lines);
}

static void nothing_named(FILE *to, const struct explain_view *v)
{
	if (v->answer->good_count) {
		term_wrap(to,
			  arena_printf(v->arena,
				       "Healthy: %s, and nothing in %s is known to go wrong.",
				       all_good(v), many_lines(v)),
			  "", v->columns);
		return;
	}
	if (v->lines == 0) {
		fputs("Not known: the text is empty.\n", to);
		return;
	}
	term_wrap(to,
		  arena_printf(v->arena, "Not known: nothing in %s is a sign of a known cause.",
			       many_lines(v)),
		  "", v->columns);
	fputs("What tells more:\n"
	      "    egpu check\n"
	      "    sudo dmesg | egpu explain\n"
	      "    docker logs ollama 2>&1 | egpu explain\n"
	      "    journalctl -b -u docker -u ollama | egpu explain\n",
	      to);
}

void explain_text(FILE *to, const struct explain_view *v)
{
	const struct answer *a = v->answer;
	size_t shown = a->roots < ROOTS_SHOWN ? a->roots : ROOTS_SHOWN;

	if (a->count == 0)
		nothing_named(to, v);
	for (size_t i = 0; i < shown; i++) {
		fputs(i ? "\n" : "", to);
		explain_named(to, v, &a->named[i]);
		if (i == 0 && a->roots < a->count)
			list(to, v, "Mere consequences:", a->roots, a->count);
	}
	if (shown < a->roots)
		list(to, v, "Less likely, egpu explain ID tells each:", shown, a->roots);
}

/* JSON */

static json_t *text(const struct explain_view *v, const char *s)
{
	json_t *j = json_string(s);
	return j ? j : json_string(str_clean(v->arena, s, strlen(s), SIZE_MAX));
}

static json_t *named_json(const struct explain_view *v, const struct named *n)
{
	const struct cause *c = n->cause;
	const struct remedy_view r = remedy_of(v, n);
	json_t *j =
	    json_pack("{ss ss ss ss si s{sI so sI} ss so so ss}", "id", c->id, "link", c->link,
		      "title", c->title, "sure", sureness_name(sureness(n->sure)), "sure_percent",
		      (int)n->sure, "line", "number", (json_int_t)n->said->first_line, "text",
		      text(v, n->said->line), "count", (json_int_t)n->said->count, "why", c->why,
		      "remedy", remedy_json(&r, c->remedy), "lasting", remedy_json(&r, c->lasting),
		      "source", c->source);
	if (*n->said->bdf)
		json_object_set_new(j, "device", text(v, n->said->bdf));
	if (n->xid)
		json_object_set_new(j, "xid", json_integer((json_int_t)n->xid));
	if (n->after)
		json_object_set_new(j, "consequence_of", json_string(n->after->id));
	if (n->past)
		json_object_set_new(j, "before_last_boot", json_true());
	return j;
}

json_t *explain_json(const struct explain_view *v)
{
	const struct answer *a = v->answer;
	json_t *causes = json_array(), *good = json_array();

	for (size_t i = 0; i < a->count; i++)
		json_array_append_new(causes, named_json(v, &a->named[i]));
	for (size_t i = 0; i < a->good_count; i++)
		json_array_append_new(good, json_string(a->good[i]));
	return json_pack("{ss ss ss sI so so}", "schema", "egpu-explain-1", "version", v->version,
			 "answer",
			 a->count        ? "cause"
			 : a->good_count ? "healthy"
					 : "not known",
			 "lines", (json_int_t)v->lines, "causes", causes, "works", good);
}

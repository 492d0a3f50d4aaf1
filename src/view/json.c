/* SPDX-License-Identifier: MIT */
#include "view/view.h"

#include <string.h>

#include "plan/reader.h"
#include "view/remedy.h"

static json_t *text(const struct view *v, const char *s)
{
	json_t *j = json_string(s);
	return j ? j : json_string(str_clean(v->facts->arena, s, strlen(s), SIZE_MAX));
}

static json_t *cause(const struct view *v, const struct finding *f)
{
	const struct cause *c = f->cause;
	const struct remedy_view r = { v->facts->arena,
				       reader_of(v->facts->arena, v->facts, f->subject), false, 0 };
	return json_pack("{ss ss ss so so ss}", "id", c->id, "title", c->title, "why", c->why,
			 "remedy", remedy_json(&r, c->remedy), "lasting",
			 remedy_json(&r, c->lasting), "source", c->source);
}

static json_t *finding(const struct view *v, const struct finding *f)
{
	json_t *j = json_pack("{ss ss so}", "link", f->link, "status", status_name(f->status),
			      "text", text(v, f->text));
	if (*f->subject)
		json_object_set_new(j, "subject", text(v, f->subject));
	if (*f->show)
		json_object_set_new(j, "show", text(v, f->show));
	if (f->waits_for)
		json_object_set_new(j, "waits_for", json_string(f->waits_for->link));
	if (f->cause)
		json_object_set_new(j, "cause", cause(v, f));
	return j;
}

static bool is_shown(const struct report *r, const struct finding *f)
{
	for (size_t i = 0; i < r->link_count; i++)
		if (str_eq(r->link[i]->id, f->link))
			return true;
	return false;
}

static json_t *links(const struct view *v)
{
	const struct report *r = v->report;
	json_t *j = json_array();

	for (size_t i = 0; i < r->link_count; i++)
		json_array_append_new(j, json_pack("{ss ss so}", "id", r->link[i]->id, "status",
						   status_name(r->headline[i]->status), "text",
						   text(v, r->headline[i]->text)));
	return j;
}

static json_t *findings(const struct view *v)
{
	const struct report *r = v->report;
	json_t *j = json_array();

	for (size_t i = 0; i < r->verdict.count; i++)
		if (is_shown(r, &r->verdict.finding[i]))
			json_array_append_new(j, finding(v, &r->verdict.finding[i]));
	return j;
}

/* What is to be mended besides the root: nothing that another finding explains. */
static json_t *others(const struct view *v)
{
	const struct report *r = v->report;
	json_t *j = json_array();

	for (size_t i = 0; i < r->verdict.count; i++) {
		const struct finding *f = &r->verdict.finding[i];
		if (f != r->root && f->status >= STATUS_WARNING && is_shown(r, f))
			json_array_append_new(j, finding(v, f));
	}
	return j;
}

static json_t *timing(const struct view *v)
{
	json_t *j = json_array();
	for (size_t i = 0; i < v->cost_count; i++)
		json_array_append_new(j, json_pack("{ss ss sI sI}", "kind", v->cost[i].kind, "name",
						   v->cost[i].name, "usec",
						   (json_int_t)v->cost[i].usec, "asked",
						   (json_int_t)v->cost[i].count));
	return j;
}

static json_t *host(const struct view *v)
{
	const struct machine *m = &v->facts->machine;
	return json_pack("{so so so so ss}", "name", text(v, v->host), "os",
			 text(v, text_or(m->os_name, "")), "vendor",
			 text(v, text_or(m->vendor, "")), "product",
			 text(v, text_or(m->product, "")), "distro", distro_name(m->distro));
}

json_t *view_json(const struct view *v)
{
	const struct report *r = v->report;
	json_t *j =
	    json_pack("{ss ss so ss si}", "schema", "egpu-check-1", "version", v->version, "host",
		      host(v), "status", r->no_gpu ? "no-gpu" : status_name(r->worst),
		      "exit_status", report_exit_status(r));

	json_object_set_new(j, "root", r->root ? finding(v, r->root) : json_null());
	json_object_set_new(j, "others", others(v));
	json_object_set_new(j, "links", links(v));
	json_object_set_new(j, "findings", findings(v));
	json_object_set_new(j, "facts", view_facts_json(v->facts));
	if (v->cost_count)
		json_object_set_new(j, "timing", timing(v));
	return j;
}

/* SPDX-License-Identifier: MIT */
#include "view/timeline/part.h"

#include <string.h>

static json_t *text(const struct timeline_view *v, const char *s)
{
	json_t *j = json_string(s);
	return j ? j : json_string(str_clean(v->arena, s, strlen(s), SIZE_MAX));
}

static json_t *moment(const struct timeline_view *v, const struct moment *m)
{
	return json_pack("{ss so so sI sI sI so sb sb sb}", "kind", moment_kind_name(m->kind),
			 "who", text(v, m->who), "note", text(v, m->note), "usec",
			 (json_int_t)m->usec, "done_usec", (json_int_t)m->done_usec, "within_usec",
			 (json_int_t)m->within_usec, "from", text(v, m->from), "needs_gpu",
			 m->needs_gpu, "has_gpu", m->has_gpu, "lasts", m->lasts);
}

static json_t *race(const struct timeline_view *v, const struct race *r)
{
	return json_pack("{ss so sI sI sI sb so}", "kind", moment_kind_name(r->early->kind), "who",
			 text(v, r->early->who), "gpu_ready_usec", (json_int_t)r->needed->usec,
			 "by_usec", (json_int_t)r->by_usec, "within_usec",
			 (json_int_t)r->within_usec, "found_it_all_the_same", r->all_the_same,
			 "text", text(v, race_text(v->arena, r)));
}

json_t *timeline_json(const struct timeline_view *v)
{
	const struct timeline *t = v->t;
	json_t *moments = json_array(), *races = json_array(), *missing = json_array();

	for (size_t i = 0; i < t->moment_count; i++)
		json_array_append_new(moments, moment(v, &t->moment[i]));
	for (size_t i = 0; i < t->race_count; i++)
		json_array_append_new(races, race(v, &t->race[i]));
	for (size_t i = 0; i < t->missing_count; i++)
		json_array_append_new(missing, json_pack("{ss so so}", "kind",
							 moment_kind_name(t->missing[i].kind),
							 "who", text(v, t->missing[i].who), "why",
							 text(v, t->missing[i].why)));
	return json_pack("{ss ss so si sb so so so sI}", "schema", "egpu-timeline-1", "version",
			 v->version, "host", text(v, v->host), "exit_status",
			 timeline_exit_status(t), "can_tell", timeline_can_tell(t), "moments",
			 moments, "races", races, "unknown", missing, "left_out",
			 (json_int_t)t->left_out);
}

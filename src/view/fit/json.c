/* SPDX-License-Identifier: MIT */
#include "view/fit/part.h"

#include <math.h>
#include <string.h>

static json_t *text(const struct fit_view *v, const char *s)
{
	json_t *j = json_string(s);

	return j ? j : json_string(str_clean(v->arena, s, strlen(s), SIZE_MAX));
}

static json_t *text_or_null(const struct fit_view *v, const char *s)
{
	return s ? text(v, s) : json_null();
}

static json_t *whole(uint64_t n)
{
	return json_integer(n < INT64_MAX ? (json_int_t)n : INT64_MAX);
}

static json_t *texts(const struct fit_view *v, const struct names *n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n->count; i++)
		json_array_append_new(list, text(v, n->name[i]));
	return list;
}

static json_t *span(const struct span *s)
{
	return json_pack("{so so so}", "low", whole(s->low), "likely", whole(s->likely), "high",
			 whole(s->high));
}

static json_t *model(const struct fit_view *v, const struct fit_model *m)
{
	const struct model *o = &m->model;

	return json_pack("{so so so so so sb sb so so so sI sI sI sI}", "asked", text(v, m->asked),
			 "name", text(v, o->name), "where", text(v, m->where), "quant",
			 text(v, o->quant), "architecture", text(v, o->arch), "architecture_known",
			 o->arch_known, "guessed", o->guessed, "params", whole(o->params),
			 "file_bytes", whole(o->file_bytes), "missing_bytes",
			 whole(o->missing_bytes), "layers", (json_int_t)o->layer_count,
			 "context_max", (json_int_t)o->context_max, "experts",
			 (json_int_t)o->experts, "experts_used", (json_int_t)o->experts_used);
}

static json_t *settings(const struct fit_view *v, const struct fit_model *m)
{
	const struct settings *s = &m->settings;
	const struct fit_said *by = &m->said;
	json_t *said = json_pack(
	    "{so so so so so so so so so}", "ctx", text_or_null(v, by->ctx), "batch",
	    text_or_null(v, by->batch), "ubatch", text_or_null(v, by->ubatch), "flash",
	    text_or_null(v, by->flash), "type_k", text_or_null(v, by->type_k), "type_v",
	    text_or_null(v, by->type_v), "parallel", text_or_null(v, by->parallel), "gpu_layers",
	    text_or_null(v, by->gpu_layers), "build", text_or_null(v, by->build));

	return json_pack("{sI sI sI ss so so sI sI sI sb sb sb so so}", "ctx", (json_int_t)s->ctx,
			 "batch", (json_int_t)s->batch, "ubatch", (json_int_t)s->ubatch, "flash",
			 fit_flash(s->flash), "type_k", text(v, fit_type_name(s->type_k)), "type_v",
			 text(v, fit_type_name(s->type_v)), "parallel", (json_int_t)s->parallel,
			 "gpu_layers", (json_int_t)s->gpu_layers, "cpu_moe", (json_int_t)s->cpu_moe,
			 "no_kv_offload", s->no_kv_offload, "swa_full", s->swa_full, "embedding",
			 s->embedding, "build", text(v, fit_engine(v->arena, &s->build)), "said_by",
			 said);
}

static json_t *gpu(const struct fit_view *v, const struct fit_model *m, uint32_t i)
{
	const struct size_gpu *g = &m->size.gpu[i];
	const struct size_room *r = &v->room[i];

	return json_pack("{so so so so so so so so so so sI}", "name", text(v, r->name),
			 "total_bytes", whole(r->total_bytes), "free_bytes", whole(r->free_bytes),
			 "weights_bytes", whole(g->weights_bytes), "kv_bytes", whole(g->kv_bytes),
			 "state_bytes", whole(g->state_bytes), "compute_bytes",
			 whole(g->compute_bytes), "projector_bytes", whole(g->projector_bytes),
			 "draft_bytes", whole(g->draft_bytes), "overhead_bytes", span(&g->overhead),
			 "layers", (json_int_t)g->layers);
}

static json_t *memory(const struct fit_view *v, const struct fit_model *m)
{
	const struct fit_sum s = fit_sum(v, m);
	json_t *each = json_array();

	for (uint32_t i = 0; i < m->size.gpu_count; i++)
		json_array_append_new(each, gpu(v, m, i));
	json_t *sum =
	    json_pack("{so so so so so so so so so so}", "total_bytes", whole(s.total),
		      "free_bytes", whole(s.free), "weights_bytes", whole(s.weights), "kv_bytes",
		      whole(s.kv), "state_bytes", whole(s.state), "compute_bytes", whole(s.compute),
		      "projector_bytes", whole(s.projector), "draft_bytes", whole(s.draft),
		      "overhead_bytes", span(&s.overhead), "sum_bytes", whole(fit_sum_bytes(&s)));
	json_t *host = json_pack(
	    "{so so so so so so}", "weights_bytes", whole(m->size.host.weights_bytes), "kv_bytes",
	    whole(m->size.host.kv_bytes), "state_bytes", whole(m->size.host.state_bytes),
	    "compute_bytes", whole(m->size.host.compute_bytes), "streamed_bytes",
	    whole(m->size.streamed_bytes), "ram_bytes",
	    v->ram_bytes ? whole(v->ram_bytes) : json_null());
	return json_pack("{so so so so sI}", "gpu", sum, "gpus", each, "host", host, "all_bytes",
			 whole(m->all_bytes), "margin_bytes",
			 (json_int_t)size_margin(&m->size, v->room));
}

/* JSON has no infinity. */
static json_t *real(double d)
{
	return isfinite(d) ? json_real(d) : json_null();
}

static json_t *pace(const struct pace *p)
{
	return json_pack("{so so so ss}", "low", real(p->value.low), "likely",
			 real(p->value.likely), "high", real(p->value.high), "bound",
			 bound_name(p->bound));
}

static json_t *speed(const struct fit_model *m)
{
	if (!m->has_speed)
		return json_null();
	return json_pack("{so so so so so sb}", "token_per_sec", pace(&m->speed.token),
			 "prompt_per_sec", pace(&m->speed.prompt), "full_token_per_sec",
			 pace(&m->full.token), "full_prompt_per_sec", pace(&m->full.prompt),
			 "load_sec", pace(&m->speed.load), "sure", m->speed.sure);
}

static json_t *lines(const struct fit_view *v, const struct fit_model *m)
{
	struct fit_lines l[FIT_LINES_MAX];
	size_t count = fit_lines(v, m, l);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{so so}", "title", text(v, l[i].title),
						      "lines", texts(v, &l[i].line)));
	return list;
}

static json_t *best(const struct fit_view *v, const struct fit_model *m)
{
	const struct fit_best *b = &m->best;
	json_t *largest = json_array();

	for (size_t i = 0; i < b->largest_count; i++)
		json_array_append_new(largest,
				      json_pack("{ss sI}", "type", b->largest[i].type->name, "ctx",
						(json_int_t)b->largest[i].ctx));
	return json_pack("{so so so so sb so}", "largest_ctx", largest, "quant",
			 text_or_null(v, b->quant), "quant_bytes",
			 b->quant ? whole(b->quant_bytes) : json_null(), "cpu_moe",
			 b->cpu_moe == UINT32_MAX ? json_null() : whole(b->cpu_moe), "whole",
			 b->whole, "lines", lines(v, m));
}

static json_t *cells(const struct fit_model *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->cell_count; i++) {
		const struct fit_cell *c = &m->cell[i];
		json_array_append_new(list, json_pack("{sI ss so sI ss}", "ctx", (json_int_t)c->ctx,
						      "type", fit_type_name(c->type), "gpu_bytes",
						      whole(c->gpu_bytes), "layers_gpu",
						      (json_int_t)c->layers, "fit",
						      fit_cell_key(c->fit)));
	}
	return list;
}

static json_t *one(const struct fit_view *v, const struct fit_model *m)
{
	const struct names notes = fit_notes(v, m);

	if (m->error)
		return json_pack("{so so ss}", "asked", text(v, m->asked), "error",
				 text(v, m->error), "fit", "unknown");
	return json_pack("{so ss so sI sI so so so so so so so}", "model", model(v, m), "fit",
			 fit_key(v, m), "reason", text(v, fit_reason(v, m)), "layers_gpu",
			 (json_int_t)m->size.layers_gpu, "layers_total",
			 (json_int_t)m->size.layers_total, "settings", settings(v, m), "memory",
			 memory(v, m), "speed", speed(m), "best", best(v, m), "table", cells(m),
			 "from", text(v, m->from), "notes", texts(v, &notes));
}

static json_t *rig(const struct fit_view *v)
{
	return json_pack("{so so sb sb}", "gpus", text(v, fit_gpus(v)), "link",
			 text(v, v->rig->link->name), "link_assumed", v->link_assumed, "free_known",
			 v->free_known);
}

json_t *fit_json(const struct fit_view *v)
{
	json_t *head = json_pack("{ss ss si so}", "schema", "egpu-fit-1", "version", v->version,
				 "exit_status", fit_exit_status(v), "rig", rig(v));
	json_t *list = json_array();

	if (!v->several && v->model_count == 1) {
		json_t *m = one(v, &v->model[0]);
		json_object_update(head, m);
		json_decref(m);
		json_decref(list);
		return head;
	}
	for (size_t i = 0; i < v->model_count; i++)
		json_array_append_new(list, one(v, &v->model[i]));
	json_object_set_new(head, "models", list);
	return head;
}

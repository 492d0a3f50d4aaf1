/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "view/plan-part.h"
#include "view/plan.h"

static json_t *text(struct arena *a, const char *s)
{
	json_t *j = json_string(s ? s : "");
	return j ? j : json_string(str_clean(a, s, strlen(s), SIZE_MAX));
}

static json_t *texts(struct arena *a, const struct names *n)
{
	json_t *j = json_array();
	for (size_t i = 0; i < n->count; i++)
		json_array_append_new(j, text(a, n->name[i]));
	return j;
}

static const char *kind_name(enum step_kind kind)
{
	switch (kind) {
	case STEP_FILE:
		return "file";
	case STEP_PACKAGES:
		return "packages";
	case STEP_RUN:
		return "run";
	case STEP_UNIT:
		return "unit";
	case STEP_ENCLOSURE:
		return "enclosure";
	case STEP_CONTAINER:
		return "container";
	case STEP_PROCESS:
		return "process";
	case STEP_DEVICE:
		return "device";
	case STEP_PERSON:
		return "person";
	}
	return "";
}

static const char *when_name(enum step_when when)
{
	switch (when) {
	case WHEN_NOW:
		return "now";
	case WHEN_REBOOT:
		return "reboot";
	case WHEN_COLD_BOOT:
		return "cold-boot";
	}
	return "";
}

static json_t *enclosure(struct arena *a, const struct enclosure_change *c)
{
	return json_pack("{so so so so}", "verb", text(a, c->verb), "uuid", text(a, c->uuid),
			 "name", text(a, c->name), "policy", text(a, c->policy));
}

/* What is of its kind alone, below a member named after it; NULL: nothing is. */
static json_t *own_part(struct arena *a, const struct step *s)
{
	switch (s->kind) {
	case STEP_FILE:
		return plan_file_json(a, &s->file);
	case STEP_PACKAGES:
	case STEP_RUN:
		return json_pack("{so so}", "argv", texts(a, &s->run.argv), "undo",
				 texts(a, &s->run.undo));
	case STEP_UNIT:
		return json_pack("{so so sI}", "verb", text(a, s->unit.verb), "name",
				 text(a, s->unit.name), "containers",
				 (json_int_t)s->unit.containers);
	case STEP_ENCLOSURE:
		return enclosure(a, &s->enclosure);
	case STEP_CONTAINER:
		return json_pack("{so so so}", "id", text(a, s->container.id), "name",
				 text(a, s->container.name), "verb",
				 text(a, container_verb(&s->container)));
	case STEP_PROCESS:
		return json_pack("{sI so sb}", "pid", (json_int_t)s->process.pid, "name",
				 text(a, s->process.name), "force", s->process.force);
	case STEP_DEVICE:
		return json_pack("{so so}", "verb", text(a, s->device.verb), "name",
				 text(a, s->device.name));
	case STEP_PERSON:
		return NULL;
	}
	return NULL;
}

static json_t *step(struct arena *a, const struct step *s)
{
	json_t *j = json_pack("{ss so so so so sb sb ss}", "kind", kind_name(s->kind), "theme",
			      text(a, s->theme), "what", text(a, s->what), "why", text(a, s->why),
			      "shell", texts(a, &s->shell), "asks", s->asks, "unattended",
			      s->unattended, "when", when_name(s->when));
	json_t *own = own_part(a, s);

	if (own)
		json_object_set_new(j, kind_name(s->kind), own);
	return j;
}

static json_t *refusal(struct arena *a, const struct refusal *r)
{
	return json_pack("{so so so}", "theme", text(a, r->theme), "text", text(a, r->text),
			 "shell", texts(a, &r->shell));
}

json_t *view_plan_json(struct arena *a, const struct plan *p, const char *version)
{
	json_t *steps = json_array(), *refusals = json_array();

	for (size_t i = 0; i < p->count; i++)
		json_array_append_new(steps, step(a, &p->step[i]));
	for (size_t i = 0; i < p->refusal_count; i++)
		json_array_append_new(refusals, refusal(a, &p->refusal[i]));
	return json_pack("{ss ss ss sb so so}", "schema", "egpu-plan-1", "version", version, "sum",
			 plan_sum(a, p), "nothing_to_do", p->count == 0 && p->refusal_count == 0,
			 "steps", steps, "refusals", refusals);
}

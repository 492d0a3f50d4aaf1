/* SPDX-License-Identifier: MIT */
#include "apply/journal/step.h"

#include <string.h>

#include "base/json.h"

static const char *const kind_names[] = { "file",      "packages", "run",    "unit",  "enclosure",
					  "container", "process",  "device", "person" };
static const char *const when_names[] = { "now", "reboot", "cold-boot" };
static const char *const doing_names[] = { "left", "started", "done" };

json_t *said_json(const char *text)
{
	ARENA a = { 0 };
	return json_string(str_clean(&a, text ? text : "", text ? strlen(text) : 0, 1000));
}

json_t *names_json(const struct names *n)
{
	json_t *out = json_array();
	for (size_t i = 0; i < n->count; i++)
		if (json_array_append_new(out, json_string(n->name[i])) < 0) {
			json_decref(out);
			return NULL;
		}
	return out;
}

bool text_of(struct arena *a, json_t *j, const char *key, const char **ret)
{
	*ret = json_text(a, json_object_get(j, key));
	return **ret != '\0';
}

bool number_of(json_t *j, const char *key, uint64_t max, uint64_t *ret)
{
	json_t *n = json_object_get(j, key);
	if (!json_is_integer(n) || json_integer_value(n) < 0 ||
	    (uint64_t)json_integer_value(n) > max)
		return false;
	*ret = (uint64_t)json_integer_value(n);
	return true;
}

/* Members that are not of the step's kind are NULL, and left out. */
static void put(json_t *j, const char *key, const char *text, bool *bad)
{
	if (text)
		*bad |= json_object_set_new(j, key, json_string(text)) < 0;
}

static void put_names(json_t *j, const char *key, const struct names *n, bool *bad)
{
	if (n->count)
		*bad |= json_object_set_new(j, key, names_json(n)) < 0;
}

static void put_process(json_t *j, const struct process_change *p, bool *bad)
{
	*bad |= json_object_set_new(j, "pid", json_integer((json_int_t)p->pid)) < 0;
	*bad |= json_object_set_new(j, "start_ticks", json_integer((json_int_t)p->start_ticks)) < 0;
	*bad |= json_object_set_new(j, "force", json_boolean(p->force)) < 0;
	put(j, "process", p->name, bad);
}

json_t *kept_step_json(const struct kept_step *k)
{
	const struct step *s = &k->step;
	json_t *j = json_object();
	bool bad = false;

	put(j, "kind", kind_names[s->kind], &bad);
	put(j, "doing", doing_names[k->doing], &bad);
	put(j, "when", when_names[s->when], &bad);
	json_object_set_new(j, "early", json_boolean(k->early));
	json_object_set_new(j, "theme", said_json(s->theme));
	json_object_set_new(j, "what", said_json(s->what));
	json_object_set_new(j, "why", said_json(s->why));
	put_names(j, "shell", &s->shell, &bad);
	put_names(j, "argv", &s->run.argv, &bad);
	put_names(j, "undo", &s->run.undo, &bad);
	json_object_set_new(j, "deadline_sec", json_integer(s->run.deadline_sec));
	put(j, "unit_verb", s->unit.verb, &bad);
	put(j, "unit", s->unit.name, &bad);
	put(j, "enclosure_verb", s->enclosure.verb, &bad);
	put(j, "uuid", s->enclosure.uuid, &bad);
	put(j, "enclosure", s->enclosure.name, &bad);
	put(j, "policy", s->enclosure.policy, &bad);
	put(j, "container_id", s->container.id, &bad);
	put(j, "container", s->container.name, &bad);
	put(j, "container_verb", s->container.verb, &bad);
	json_object_set_new(j, "stop_sec", json_integer(s->container.stop_sec));
	put(j, "device_verb", s->device.verb, &bad);
	put(j, "device", s->device.name, &bad);
	put(j, "unless_open", s->device.unless_open, &bad);
	json_object_set_new(j, "device_sec", json_integer(s->device.deadline_sec));
	if (s->kind == STEP_PROCESS)
		put_process(j, &s->process, &bad);
	if (!bad)
		return j;
	json_decref(j);
	return NULL;
}

static bool one_of(json_t *j, const char *key, const char *const *names, size_t count,
		   unsigned *ret)
{
	for (unsigned i = 0; i < count; i++)
		if (str_eq(json_string_value(json_object_get(j, key)), names[i])) {
			*ret = i;
			return true;
		}
	return false;
}

/* NULL stays NULL, and "" is another thing: daemon-reload has a name that is empty. */
static const char *get(struct arena *a, json_t *j, const char *key)
{
	json_t *text = json_object_get(j, key);
	return text ? json_text(a, text) : NULL;
}

static struct process_change get_process(struct arena *a, json_t *j)
{
	struct process_change p = { .name = get(a, j, "process"),
				    .force = json_is_true(json_object_get(j, "force")) };

	number_of(j, "pid", INT32_MAX, &p.pid);
	number_of(j, "start_ticks", INT64_MAX, &p.start_ticks);
	return p;
}

/* What a step of this kind cannot be without. */
static bool is_whole(const struct step *s)
{
	switch (s->kind) {
	case STEP_RUN:
	case STEP_PACKAGES:
		return s->run.argv.count;
	case STEP_UNIT:
		return s->unit.verb && s->unit.name;
	case STEP_ENCLOSURE:
		return s->enclosure.verb && s->enclosure.uuid;
	case STEP_CONTAINER:
		return s->container.id;
	case STEP_PROCESS:
		return s->process.pid > 1;
	case STEP_DEVICE:
		return s->device.verb && s->device.name;
	case STEP_FILE:
		return false;
	case STEP_PERSON:
		return true;
	}
	return false;
}

bool kept_step_parse(struct arena *a, json_t *j, struct kept_step *ret)
{
	unsigned kind, when, doing;
	uint64_t deadline, stop_sec = 0, device_sec = 0;

	if (!one_of(j, "kind", kind_names, COUNT_OF(kind_names), &kind) ||
	    !one_of(j, "when", when_names, COUNT_OF(when_names), &when) ||
	    !one_of(j, "doing", doing_names, COUNT_OF(doing_names), &doing) ||
	    !number_of(j, "deadline_sec", UINT32_MAX, &deadline))
		return false;
	number_of(j, "stop_sec", UINT32_MAX, &stop_sec);
	number_of(j, "device_sec", UINT32_MAX, &device_sec);
	*ret = (struct kept_step){ .early = json_is_true(json_object_get(j, "early")),
				   .doing = (enum doing)doing };
	ret->step = (struct step){
		.kind = (enum step_kind)kind,
		.when = (enum step_when)when,
		.theme = json_text(a, json_object_get(j, "theme")),
		.what = json_text(a, json_object_get(j, "what")),
		.why = json_text(a, json_object_get(j, "why")),
		.shell = json_texts(a, json_object_get(j, "shell")),
		.run = { json_texts(a, json_object_get(j, "argv")),
			 json_texts(a, json_object_get(j, "undo")), (unsigned)deadline },
		.unit = { get(a, j, "unit_verb"), get(a, j, "unit") },
		.enclosure = { get(a, j, "enclosure_verb"), get(a, j, "uuid"),
			       get(a, j, "enclosure"), get(a, j, "policy") },
		.container = { get(a, j, "container_id"), get(a, j, "container"),
			       get(a, j, "container_verb"), (unsigned)stop_sec },
		.process = get_process(a, j),
		.device = { get(a, j, "device_verb"), get(a, j, "device"), get(a, j, "unless_open"),
			    (unsigned)device_sec },
	};
	return is_whole(&ret->step);
}

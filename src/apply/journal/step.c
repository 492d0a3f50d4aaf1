/* SPDX-License-Identifier: MIT */
#include "apply/journal/step.h"

#include <string.h>

#include "base/json.h"

static const char *const kind_names[] = { "file",      "packages",  "run",   "unit",
					  "enclosure", "container", "person" };
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

bool kept_step_parse(struct arena *a, json_t *j, struct kept_step *ret)
{
	unsigned kind, when, doing;
	uint64_t deadline, stop_sec = 0;

	if (!one_of(j, "kind", kind_names, COUNT_OF(kind_names), &kind) ||
	    !one_of(j, "when", when_names, COUNT_OF(when_names), &when) ||
	    !one_of(j, "doing", doing_names, COUNT_OF(doing_names), &doing) ||
	    !number_of(j, "deadline_sec", UINT32_MAX, &deadline) || kind == STEP_FILE)
		return false;
	number_of(j, "stop_sec", UINT32_MAX, &stop_sec);
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
	};
	bool needs_argv = kind == STEP_RUN || kind == STEP_PACKAGES;
	return (!needs_argv || ret->step.run.argv.count) &&
	       (kind != STEP_UNIT || (ret->step.unit.verb && ret->step.unit.name)) &&
	       (kind != STEP_ENCLOSURE || (ret->step.enclosure.verb && ret->step.enclosure.uuid)) &&
	       (kind != STEP_CONTAINER || ret->step.container.id);
}

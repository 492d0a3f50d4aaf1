/* SPDX-License-Identifier: MIT */
/*
 * Prints the JSON Schema of `egpu check --json`. The facts' part is made from
 * their shapes, so that it cannot drift from what is printed; a test holds
 * data/check.schema.json against it.
 */
#include <string.h>

#include "base/json.h"
#include "facts/facts.h"
#include "rules/chain.h"

static json_t *ref(const char *name)
{
	char path[64];
	snprintf(path, sizeof(path), "#/$defs/%s", name);
	return json_pack("{ss}", "$ref", path);
}

static json_t *type(const char *name)
{
	return json_pack("{ss}", "type", name);
}

static json_t *list_of(json_t *items)
{
	return json_pack("{ss so}", "type", "array", "items", items);
}

struct member {
	const char *name;
	bool optional;
	json_t *schema;
};

/* An object of just these members. */
static json_t *object(const struct member *m)
{
	json_t *properties = json_object(), *required = json_array();

	for (; m->name; m++) {
		json_object_set_new(properties, m->name, m->schema);
		if (!m->optional)
			json_array_append_new(required, json_string(m->name));
	}
	return json_pack("{ss so so sb}", "type", "object", "properties", properties, "required",
			 required, "additionalProperties", 0);
}

static json_t *known(const char *value_type)
{
	return object((const struct member[]){ { "value", true, type(value_type) },
					       { "unknown", true, ref("know") },
					       { "from", true, type("string") },
					       { 0 } });
}

static json_t *of_shape(const struct shape *shape);

static json_t *of_field(const struct field *m)
{
	switch (m->kind) {
	case FIELD_U64:
	case FIELD_HEX:
		return ref("number");
	case FIELD_FLAG:
		return ref("flag");
	case FIELD_TEXT:
		return ref("text");
	case FIELD_NAME:
	case FIELD_WORD:
		return type("string");
	case FIELD_COUNT:
		return type("integer");
	case FIELD_BOOL:
		return type("boolean");
	case FIELD_NAMES:
		return list_of(type("string"));
	case FIELD_KNOW:
		return ref("know");
	case FIELD_PART:
		return of_shape(m->shape);
	case FIELD_LIST:
		return list_of(of_shape(m->shape));
	}
	return json_null();
}

static json_t *of_shape(const struct shape *shape)
{
	struct member members[64] = { 0 };
	size_t n = 0;

	for (const struct field *m = shape->fields; m && m->name && n < COUNT_OF(members) - 1; m++)
		members[n++] = (struct member){ m->name, false, of_field(m) };
	return object(members);
}

static json_t *one_of(const char *const *words)
{
	json_t *list = json_array();
	for (; *words; words++)
		json_array_append_new(list, json_string(*words));
	return json_pack("{so}", "enum", list);
}

static json_t *statuses(void)
{
	const char *words[] = { status_name(STATUS_SKIPPED),
				status_name(STATUS_OK),
				status_name(STATUS_WAITING),
				status_name(STATUS_UNKNOWN),
				status_name(STATUS_WARNING),
				status_name(STATUS_BROKEN),
				NULL };
	return one_of(words);
}

static json_t *link_ids(void)
{
	const char *words[LINKS_MAX + 1] = { 0 };
	const struct link *l;
	for (size_t i = 0; i < LINKS_MAX && (l = chain_link(i)); i++)
		words[i] = l->id;
	return one_of(words);
}

static json_t *knows(void)
{
	const char *words[] = { know_why(NOT_LOOKED),
				know_why(KNOWN),
				know_why(ABSENT),
				know_why(DENIED),
				know_why(TIMED_OUT),
				know_why(UNREADABLE),
				NULL };
	return one_of(words);
}

static json_t *cause(void)
{
	return object((const struct member[]){ { "id", false, type("string") },
					       { "title", false, type("string") },
					       { "why", false, type("string") },
					       { "remedy", false, list_of(type("string")) },
					       { "lasting", false, list_of(type("string")) },
					       { "source", false, type("string") },
					       { 0 } });
}

static json_t *finding(void)
{
	return object((const struct member[]){ { "link", false, ref("link") },
					       { "status", false, ref("status") },
					       { "text", false, type("string") },
					       { "subject", true, type("string") },
					       { "show", true, type("string") },
					       { "waits_for", true, ref("link") },
					       { "cause", true, cause() },
					       { 0 } });
}

static json_t *host(void)
{
	return object((const struct member[]){ { "name", false, type("string") },
					       { "os", false, type("string") },
					       { "vendor", false, type("string") },
					       { "product", false, type("string") },
					       { "distro", false, type("string") },
					       { 0 } });
}

static json_t *links(void)
{
	return list_of(object((const struct member[]){ { "id", false, ref("link") },
						       { "status", false, ref("status") },
						       { "text", false, type("string") },
						       { 0 } }));
}

static json_t *timing(void)
{
	return list_of(object((const struct member[]){ { "kind", false, type("string") },
						       { "name", false, type("string") },
						       { "usec", false, type("integer") },
						       { "asked", false, type("integer") },
						       { 0 } }));
}

int main(void)
{
	json_auto_t *schema = object((const struct member[]){
	    { "schema", false, json_pack("{ss}", "const", "egpu-check-1") },
	    { "version", false, type("string") },
	    { "host", false, host() },
	    { "exit_status", false, type("integer") },
	    { "root", false, json_pack("{s[oo]}", "anyOf", type("null"), ref("finding")) },
	    { "others", false, list_of(ref("finding")) },
	    { "links", false, links() },
	    { "findings", false, list_of(ref("finding")) },
	    { "facts", false, of_shape(&shape_facts) },
	    { "timing", true, timing() },
	    { 0 } });

	json_object_set_new(
	    json_object_get(schema, "properties"), "status",
	    json_pack("{s[oo]}", "anyOf", json_pack("{ss}", "const", "no-gpu"), ref("status")));
	json_object_set_new(schema, "$schema",
			    json_string("https://json-schema.org/draft/2020-12/schema"));
	json_object_set_new(schema, "title", json_string("The answer of egpu check --json"));
	json_object_set_new(schema, "$defs",
			    json_pack("{so so so so so so so}", "know", knows(), "status",
				      statuses(), "link", link_ids(), "number", known("integer"),
				      "flag", known("boolean"), "text", known("string"), "finding",
				      finding()));
	json_dumpf(schema, stdout, JSON_INDENT(1));
	putchar('\n');
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <errno.h>

json_t *json_parse(struct bytes b, const char *name, struct err *e)
{
	json_error_t why;
	json_t *j = json_loadb(b.data, b.size, JSON_DECODE_ANY, &why);
	if (!j)
		err_set(e, -EINVAL, "%s:%d:%d: %s", name, why.line, why.column, why.text);
	return j;
}

json_t *json_at_path(const json_t *j, const char *const *path)
{
	for (; j && *path; path++)
		j = json_object_get(j, *path);
	return (json_t *)j;
}

const char *json_text(struct arena *a, const json_t *j)
{
	return json_is_string(j) ? str_ndup(a, json_string_value(j), json_string_length(j)) : "";
}

struct names json_texts(struct arena *a, const json_t *j)
{
	struct names out = { arena_alloc(a, json_array_size(j) * sizeof(*out.name)), 0 };
	for (size_t i = 0; i < json_array_size(j); i++)
		if (json_is_string(json_array_get(j, i)))
			out.name[out.count++] = json_text(a, json_array_get(j, i));
	return out;
}

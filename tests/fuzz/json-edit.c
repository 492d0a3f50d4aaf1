/* SPDX-License-Identifier: MIT */
/* A JSON file; the first byte chooses what is done to it. */
#include "format/json-edit.h"

#include "base/json.h"
#include "edits.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int run(struct edit *t, const void *which, struct err *e)
{
	switch (*(const uint8_t *)which % 5) {
	case 0:
		return json_edit_set(t, JSON_PATH("a"), "\"x\"", e);
	case 1:
		return json_edit_set(t, JSON_PATH("a", "b"), "{\"c\": [1, {\"d\": null}]}", e);
	case 2:
		return json_edit_remove(t, JSON_PATH("a"), e);
	case 3:
		return json_edit_remove(t, JSON_PATH("a", "b"), e);
	}
	return json_edit_append(t, JSON_PATH("a"), "x", e);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	uint8_t which = n ? *p : 0;
	struct edit t = { &arena, "FILE", text_of(&arena, p, n, 1) };

	if (edit_twice(&t, run, &which) == 1) {
		json_auto_t *tree = json_parse(t.text, "FILE", NULL);
		hold(json_is_object(tree));
	}
	return 0;
}

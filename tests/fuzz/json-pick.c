/* SPDX-License-Identifier: MIT */
/* JSON of which little is wanted: what a parser takes says the same, and no byte beyond is read. */
#include <stdlib.h>
#include <string.h>

#include "base/json-pick.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct json_pick inner[] = { { "x" }, { 0 } };
static const struct json_pick wanted[] = { { "a" }, { "b", inner }, { 0 } };

static void compare(const json_t *one, const json_t *other)
{
	if (one != other && !json_equal(one, other))
		abort();
}

static void compare_wanted(const json_t *all, const json_t *picked)
{
	compare(json_at(all, "a"), json_at(picked, "a"));
	compare(json_at(all, "b", "x"), json_at(picked, "b", "x"));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA arena = { 0 };
	char *text = malloc(n ? n : 1);

	if (!text)
		abort();
	if (n)
		memcpy(text, p, n);
	struct bytes in = { text, n };
	struct bytes out = json_pick(&arena, in, wanted);
	json_auto_t *all = json_parse(in, "all", NULL), *picked = json_parse(out, "picked", NULL);
	if (out.size > n || (all && !picked) || json_array_size(all) > json_array_size(picked))
		abort();
	if (all)
		compare_wanted(all, picked);
	for (size_t i = 0; i < json_array_size(all); i++)
		compare_wanted(json_array_get(all, i), json_array_get(picked, i));
	free(text);
	return 0;
}

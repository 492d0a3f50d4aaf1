/* SPDX-License-Identifier: MIT */
/*
 * The JSON editor: whatever the layout, jansson reads the wanted change and no
 * other, in the old order; the text differs in one place; what was added can be
 * removed, and then every byte is as before.
 */
#include "format/json-edit.h"

#include "edit.h"
#include "shared.h"

enum { RUNS = 4000 };

struct wish {
	const char *const *path;
	const char *value; /* NULL: remove */
	bool is_append;    /* of a string to an array */
};

static int run(struct edit *t, const struct wish *w, struct err *e)
{
	if (!w->value)
		return json_edit_remove(t, w->path, e);
	return w->is_append ? json_edit_append(t, w->path, w->value, e)
			    : json_edit_set(t, w->path, w->value, e);
}

static json_t *member_of(json_t *object, const char *key)
{
	json_t *inner = json_object_get(object, key);

	if (!inner)
		json_object_set_new(object, key, inner = json_object());
	return inner;
}

static void model_append(json_t *object, const char *key, const char *string)
{
	json_t *array = json_object_get(object, key);
	size_t i = 0;

	if (!array)
		json_object_set_new(object, key, array = json_array());
	while (i < json_array_size(array) &&
	       !str_eq(json_string_value(json_array_get(array, i)), string))
		i++;
	if (i == json_array_size(array))
		json_array_append_new(array, json_string(string));
}

static void model_set(json_t *object, const char *key, const char *value)
{
	json_auto_t *wanted = json_loads(value, JSON_DECODE_ANY, NULL);

	if (!json_equal(json_object_get(object, key), wanted))
		json_object_set(object, key, wanted);
}

/* As jansson does it; keys stay in their order. */
static json_t *model(const json_t *tree, const struct wish *w)
{
	json_t *out = json_deep_copy(tree), *here = out;
	const char *const *key = w->path;

	for (; key[1]; key++) {
		if (!w->value && !json_object_get(here, key[0]))
			return out;
		here = member_of(here, key[0]);
	}
	if (!w->value)
		json_object_del(here, key[0]);
	else if (w->is_append)
		model_append(here, key[0], w->value);
	else
		model_set(here, key[0], w->value);
	return out;
}

/* Order of keys included. */
static bool reads_as(struct bytes text, const json_t *wanted)
{
	json_auto_t *got = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, NULL);
	char *one = json_dumps(got, JSON_COMPACT), *two = json_dumps(wanted, JSON_COMPACT);
	bool is_same = str_eq(one, two);

	free(one);
	free(two);
	return is_same;
}

/* A pure insertion or deletion where a member came or went. */
static bool is_one_place(struct bytes a, struct bytes b)
{
	size_t least = a.size < b.size ? a.size : b.size, start = 0, end = 0;

	while (start < least && a.data[start] == b.data[start])
		start++;
	while (end < least - start && a.data[a.size - 1 - end] == b.data[b.size - 1 - end])
		end++;
	return start + end == least;
}

static void fail(const char *file, struct bytes text, struct bytes after, const struct wish *w,
		 const char *why)
{
	for (const char *const *key = w->path; *key; key++)
		printf("# .%s\n", *key);
	printf("# %s\n--- before\n%.*s\n--- after\n%.*s\n", w->value ? w->value : "remove",
	       (int)text.size, text.data, (int)after.size, after.data);
	TAP_FAIL("%s: %s", file, why);
}

static bool is_empty(const json_t *tree)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)tree, key, value) if (json_is_object(value) &&
							    !json_object_size(value)) return true;
	return !json_object_size(tree);
}

static void check(const char *file, struct bytes text, const struct wish *w)
{
	ARENA arena = { 0 };
	struct edit t = { &arena, file, text };
	struct err e = { 0 };
	json_auto_t *tree = json_loadb(text.data, text.size, 0, NULL), *wanted = model(tree, w);
	int r = run(&t, w, &e);
	struct bytes after = t.text;

	if (r < 0)
		fail(file, text, after, w, e.text);
	if (r != !json_equal(tree, wanted) || (r == 0) != same_bytes(text, after))
		fail(file, text, after, w, "the answer does not say whether it changed");
	if (!reads_as(after, wanted))
		fail(file, text, after, w, "something else changed");
	if (run(&t, w, &e) != 0 || !same_bytes(t.text, after))
		fail(file, text, after, w, "twice is not once");
	if (json_object_size(tree) != json_object_size(wanted) && !is_empty(tree) &&
	    !is_empty(wanted) && !is_one_place(text, after))
		fail(file, text, after, w, "changed in several places");
}

static void check_way_back(const char *file, struct bytes text)
{
	const struct wish there = { JSON_PATH("egpu-property"), "{\"a\": [1, {}], \"b\": {}}",
				    false };
	const struct wish back = { there.path, NULL, false };
	ARENA arena = { 0 };
	struct edit t = { &arena, file, text };

	CHECK_INT(run(&t, &there, NULL), 1);
	struct bytes added = t.text;
	CHECK_INT(run(&t, &back, NULL), 1);
	if (!same_bytes(t.text, text))
		fail(file, text, added, &back, "the way back leads elsewhere");
}

static void check_all(const char *file, struct bytes text)
{
	const struct wish wish[] = {
		{ JSON_PATH("runtimes", "nvidia"),
		  "{\"path\": \"nvidia-container-runtime\", \"args\": []}", false },
		{ JSON_PATH("default-runtime"), "\"nvidia\"", false },
		{ JSON_PATH("features", "cdi"), "true", false },
		{ JSON_PATH("egpu", "a", "b"), "[\"\\u00e4\", 1.5, null]", false },
		{ JSON_PATH("cdi-spec-dirs"), "/etc/cdi", true },
		{ JSON_PATH("dns"), "1.1.1.1", true },
		{ JSON_PATH("runtimes", "nvidia"), NULL, false },
		{ JSON_PATH("default-runtime"), NULL, false },
		{ JSON_PATH("runtimes"), NULL, false },
		{ JSON_PATH("features", "buildkit"), NULL, false },
	};
	json_auto_t *tree = json_loadb(text.data, text.size, 0, NULL);
	const char *key;
	json_t *value;

	for (size_t i = 0; i < COUNT_OF(wish); i++)
		check(file, text, &wish[i]);
	json_object_foreach(tree, key, value)
	{
		check(file, text, &(struct wish){ JSON_PATH(key), NULL, false });
		check(file, text, &(struct wish){ JSON_PATH(key), "\"egpu\"", false });
	}
	if (json_object_size(tree))
		check_way_back(file, text);
}

/* Objects made by chance, laid out by chance. */
struct draft {
	struct arena *arena;
	struct dice *dice;
	const char *end, *unit, *colon;
	unsigned depth;
};

static const char *draft_value(struct draft *d, bool is_line);

static const char *draft_gap(const struct draft *d, bool is_line)
{
	const char *out = is_line ? "" : d->end;

	for (unsigned i = 0; !is_line && i < d->depth; i++)
		out = arena_printf(d->arena, "%s%s", out, d->unit);
	return is_line && !roll(d->dice, 3) ? " " : out;
}

static const char *draft_bracket(struct draft *d, bool is_object, bool is_line, size_t count)
{
	static const char *const key[] = { "dns",   "a\\\"b", "\\u0064-x", "log-opts", "ip{v6}",
					   "hosts", "x:y",    "[",         "\xc3\xa4", "" };
	const char *out = is_object ? "{" : "[";
	size_t first = roll(d->dice, COUNT_OF(key));

	d->depth++;
	for (size_t i = 0; i < count; i++) {
		out = arena_printf(d->arena, "%s%s%s", out, i ? "," : "", draft_gap(d, is_line));
		if (is_object)
			out = arena_printf(d->arena, "%s\"%s\"%s", out,
					   key[(first + i) % COUNT_OF(key)], d->colon);
		out = arena_printf(d->arena, "%s%s", out, draft_value(d, is_line));
	}
	d->depth--;
	return arena_printf(d->arena, "%s%s%s", out, count ? draft_gap(d, is_line) : "",
			    is_object ? "}" : "]");
}

static const char *draft_value(struct draft *d, bool is_line)
{
	static const char *const scalar[] = {
		"1",     "-0.5e3", "true",     "null",         "\"\"",
		"\"x\"", "\"}]\"", "\"\\\\\"", "\"\\u00e4,\"", "9007199254740993"
	};
	size_t kind = roll(d->dice, 8);

	if (kind > 1 || d->depth > 3)
		return scalar[roll(d->dice, COUNT_OF(scalar))];
	return draft_bracket(d, kind, is_line || !roll(d->dice, 2), roll(d->dice, 4));
}

/* With members that edits are about, some of the time. */
static const char *draft(struct draft *d)
{
	bool is_line = !roll(d->dice, 3);
	const char *open = roll(d->dice, 5) ? "{" : " {", *gap, *out = open;

	d->depth = 1;
	gap = draft_gap(d, is_line);
	if (!roll(d->dice, 3))
		out = arena_printf(d->arena, "%s%s\"runtimes\"%s{%s},", out, gap, d->colon,
				   roll(d->dice, 2) ? "" : "\"x\" : {\"path\":\"y\"}");
	if (!roll(d->dice, 3))
		out = arena_printf(d->arena, "%s%s\"default-runtime\"%s\"runc\",", out, gap,
				   d->colon);
	if (!roll(d->dice, 3))
		out = arena_printf(d->arena, "%s%s\"features\"%s{\"buildkit\": true},", out, gap,
				   d->colon);
	d->depth = 0;
	size_t count = out == open ? roll(d->dice, 4) : 1 + roll(d->dice, 3);
	const char *rest = draft_bracket(d, true, is_line, count);
	return arena_printf(d->arena, "%s%s%s", out, rest + 1, roll(d->dice, 3) ? d->end : "");
}

/* "dns" of a draft may be no array; such wishes are refused and no matter here. */
static bool has_arrays(struct bytes text)
{
	json_auto_t *tree = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, NULL);
	json_t *dns = json_object_get(tree, "dns");

	return tree && (!dns || json_is_array(dns));
}

TEST(drafted_objects_change_by_the_wanted_member)
{
	static const char *const unit[] = { "  ", "    ", "\t", " ", "" };
	static const char *const colon[] = { ": ", ":", " : ", ":  " };
	struct dice dice = { 11 };
	size_t count = 0;

	for (size_t i = 0; i < RUNS; i++) {
		ARENA arena = { 0 };
		struct draft d = { .arena = &arena,
				   .dice = &dice,
				   .end = roll(&dice, 4) ? "\n" : "\r\n",
				   .unit = unit[roll(&dice, COUNT_OF(unit))],
				   .colon = colon[roll(&dice, COUNT_OF(colon))] };
		struct bytes text = bytes_of(draft(&d));
		if (!has_arrays(text))
			continue;
		check_all("drafted", text);
		count++;
	}
	printf("# %zu drafts edited\n", count);
	CHECK(count > RUNS / 2);
}

/* A text spoiled by one byte is either still JSON, or refused as it stands. */
TEST(spoiled_objects_are_refused_untouched)
{
	struct dice dice = { 13 };
	size_t refused = 0;

	for (size_t i = 0; i < RUNS; i++) {
		ARENA arena = { 0 };
		struct draft d = { &arena, &dice, "\n", "  ", ": ", 0 };
		char *spoiled = str_dup(&arena, draft(&d));
		spoiled[roll(&dice, strlen(spoiled))] = ",:{}[]\"\\x\t"[roll(&dice, 10)];
		struct edit t = { &arena, "FILE", bytes_of(spoiled) };
		struct bytes before = t.text;
		json_auto_t *tree = json_loads(spoiled, 0, NULL);
		struct err e = { 0 };
		unsigned line, column;
		int r = json_edit_set(&t, JSON_PATH("egpu"), "1", &e);
		CHECK(tree || (r < 0 && same_bytes(before, t.text)));
		CHECK(r >= 0 || sscanf(e.text, "FILE:%u:%u: ", &line, &column) == 2);
		refused += r < 0;
	}
	printf("# %zu of %d refused\n", refused, RUNS);
	CHECK(refused > RUNS / 4);
}

static size_t edited, refused;

static void run_real(struct arena *a, const struct real_file *file)
{
	struct edit t = { a, file->path, file->text };
	struct err e = { 0 };
	unsigned line, column;

	if (!file->is_invalid || strstr(file->notes, "valid JSON")) {
		check_all(file->path, file->text);
		edited++;
		return;
	}
	CHECK_INT(json_edit_set(&t, JSON_PATH("egpu"), "1", &e), -EINVAL);
	printf("# refused: %s\n", e.text);
	CHECK(same_bytes(t.text, file->text));
	CHECK_INT(sscanf(e.text + strlen(file->path), ":%u:%u: ", &line, &column), 2);
	refused++;
}

TEST(real_files_change_by_the_wanted_member)
{
	ARENA arena = { 0 };
	size_t count = each_real_file(&arena, "docker", run_real);

	printf("# %zu real files: %zu edited, %zu refused\n", count, edited, refused);
	CHECK_INT((long long)(edited + refused), (long long)count);
}

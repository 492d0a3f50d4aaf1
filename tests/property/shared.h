/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "tap.h"

/*
 * Real configuration files that lie beside the checkout, or where EGPU_SHARED
 * says; without them the properties hold over generated files only.
 */

/* A file of the collection and what its index says of it. */
struct real_file {
	const char *path;  /* "docker/001-….json", for messages */
	const char *kind;  /* "docker" */
	const char *where; /* in the place it was taken from: "etc/docker/daemon.json" */
	const char *notes;
	bool is_invalid;
	struct bytes text;
};

static inline bool slurp(struct arena *a, const char *path, struct bytes *ret)
{
	FILE *f = fopen(path, "re");
	char *text = arena_alloc(a, (1 << 20) + 1);

	if (!f)
		return false;
	*ret = (struct bytes){ text, fread(text, 1, 1 << 20, f) };
	fclose(f);
	return true;
}

static inline const char *shared_configs(struct arena *a)
{
	const char *from = getenv("EGPU_SHARED");

	return arena_printf(a, "%s/configs", from ? from : SHARED_BESIDE);
}

static inline struct real_file real_file(struct arena *a, const json_t *entry)
{
	struct real_file f = { .path = json_text(a, json_at(entry, "path")),
			       .kind = json_text(a, json_at(entry, "kind")),
			       .where = json_text(a, json_at(entry, "path_in_repo")),
			       .notes = "",
			       .is_invalid = json_is_false(json_at(entry, "valid")) };
	struct names notes = json_texts(a, json_at(entry, "notes"));

	for (size_t i = 0; i < notes.count; i++)
		f.notes = arena_printf(a, "%s%s\n", f.notes, notes.name[i]);
	return f;
}

/* Calls run() for each file of a kind; how many there were. */
static inline size_t each_real_file(struct arena *a, const char *kind,
				    void (*run)(struct arena *a, const struct real_file *f))
{
	const char *dir = shared_configs(a);
	struct bytes index, line;
	size_t count = 0;

	if (!slurp(a, arena_printf(a, "%s/index.jsonl", dir), &index)) {
		printf("# no real files of kind %s here\n", kind);
		return 0;
	}
	while (bytes_line(&index, &line)) {
		ARENA own = { 0 };
		json_auto_t *entry = json_parse(line, "index", NULL);
		struct real_file f = real_file(&own, entry);
		if (!str_eq(f.kind, kind))
			continue;
		if (!slurp(&own, arena_printf(&own, "%s/%s", dir, f.path), &f.text))
			TAP_FAIL("%s cannot be read", f.path);
		run(&own, &f);
		count++;
	}
	return count;
}

/* The same numbers on every run, so that what fails can be run again. */
struct dice {
	uint64_t state;
};

static inline size_t roll(struct dice *d, size_t sides)
{
	d->state = d->state * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(d->state >> 33) % sides;
}

/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/stat.h>

#include "plan-host.h"

/* Configuration files of real machines, where they are at hand: index.jsonl tells of each. */

enum { FILE_MAX = 1 << 20 };

static inline const char *configs(void)
{
	static const char *const places[] = { "../shared/configs", "../../shared/configs" };
	const char *shared = getenv("EGPU_SHARED");
	struct stat st;

	if (shared)
		return arena_printf(&memory, "%s/configs", shared);
	for (size_t i = 0; i < COUNT_OF(places); i++)
		if (stat(arena_printf(&memory, "%s/index.jsonl", places[i]), &st) == 0)
			return places[i];
	return NULL;
}

static inline const char *slurp(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = arena_alloc(&memory, FILE_MAX + 1);

	if (!f)
		return NULL;
	text[fread(text, 1, FILE_MAX, f)] = '\0';
	fclose(f);
	return text;
}

/* SPDX-License-Identifier: MIT */
#include "plan/boot/bootable.h"

#include <errno.h>
#include <string.h>

#define ENTRIES "/loader/entries/"

/* The file that a line names, if it is of that key and names one; else NULL. */
static const char *named(const char *line, const char *key)
{
	size_t n = strlen(key), blanks = strspn(line + strnlen(line, n), " \t");

	return strncmp(line, key, n) == 0 && blanks && line[n + blanks] == '/' ? line + n + blanks
									       : NULL;
}

static bool is_gone(struct arena *a, struct host *h, const char *file)
{
	struct host_stat st;
	return host_stat(h, a, file, &st, NULL) == -ENOENT;
}

const char *bootable_missing(struct arena *a, struct host *h, const char *path, struct bytes text)
{
	static const char *const keys[] = { "linux", "initrd", "efi", "uki" };
	const char *tail = strstr(path, ENTRIES);
	int partition = (int)(tail ? tail - path : 0);

	for (struct bytes rest = text, line; bytes_line(&rest, &line);) {
		const char *s = str_trim(a, line.data, line.size);
		for (size_t i = 0; i < COUNT_OF(keys); i++) {
			const char *file = named(s, keys[i]);
			file = file ? arena_printf(a, "%.*s%s", partition, path, file) : NULL;
			if (file && is_gone(a, h, file))
				return file;
		}
	}
	return NULL;
}

const char *bootable_trouble(struct arena *a, struct host *h, const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct step *s = &p->step[i];
		struct bytes now;
		if (s->kind != STEP_FILE || s->file.removed || !strstr(s->file.path, ENTRIES))
			continue;
		if (host_read(h, a, s->file.path, &now, NULL) < 0)
			return arena_printf(a, "%s cannot be read any more", s->file.path);
		const char *file = bootable_missing(a, h, s->file.path, now);
		if (file)
			return arena_printf(a, "%s names %s, which is not there", s->file.path,
					    file);
	}
	return NULL;
}

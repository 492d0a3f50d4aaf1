/* SPDX-License-Identifier: MIT */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory of a test's own, gone with the process that made it. */
static char scratch_dir[64];

static inline int scratch_remove(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)flag;
	(void)f;
	return remove(path);
}

static inline void scratch_done(void)
{
	nftw(scratch_dir, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *scratch(void)
{
	if (!*scratch_dir) {
		strcpy(scratch_dir, "/tmp/egpu-test-XXXXXX");
		if (!mkdtemp(scratch_dir))
			abort();
		atexit(scratch_done);
	}
	return scratch_dir;
}

/* Writes DIR/name, with the directories above it; "DIR/name/" makes a directory. */
static inline void scratch_write(const char *name, const void *data, size_t size)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", scratch(), name);
	for (char *slash = strchr(path + strlen(scratch()) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	if (path[strlen(path) - 1] == '/')
		return;
	FILE *f = fopen(path, "we");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		abort();
}

static inline void scratch_text(const char *name, const char *text)
{
	scratch_write(name, text, strlen(text));
}

static inline const char *scratch_path(const char *name)
{
	static char path[8][4096];
	static unsigned turn;
	char *out = path[turn++ % 8];
	snprintf(out, sizeof(path[0]), "%s/%s", scratch(), name);
	return out;
}

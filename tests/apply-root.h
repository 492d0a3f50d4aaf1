/* SPDX-License-Identifier: MIT */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/apply.h"

/* Plans as a few words, and what they leave below a root. */
static inline struct step *plan_step(struct plan *p, enum step_kind kind, const char *what)
{
	struct step *s = &p->step[p->count++];
	*s = (struct step){ .kind = kind, .theme = "test", .what = what, .why = "" };
	return s;
}

/* NULL: there is no such file. */
static inline struct step *plan_file(struct plan *p, const char *path, const char *before,
				     const char *after)
{
	struct step *s = plan_step(p, STEP_FILE, path);
	s->file = (struct file_change){ .path = path,
					.existed = before != NULL,
					.removed = after == NULL,
					.before = bytes_of(before ? before : ""),
					.after = bytes_of(after ? after : "") };
	return s;
}

/* One word each; undo may be NULL. */
static inline struct step *plan_run(struct plan *p, const char *word, const char *undo)
{
	static const char *words[64];
	static size_t used;
	struct step *s = plan_step(p, STEP_RUN, word);

	if (used + 2 > COUNT_OF(words))
		abort();
	s->run.argv = (struct names){ &words[used], 1 };
	words[used++] = word;
	s->run.undo = (struct names){ &words[used], undo != NULL };
	words[used++] = undo;
	return s;
}

static inline struct step *plan_unit(struct plan *p, const char *verb, const char *name)
{
	struct step *s = plan_step(p, STEP_UNIT, verb);
	s->unit = (struct unit_change){ verb, name };
	return s;
}

static inline const char *root_path(const char *root, const char *path)
{
	static char out[8][4096];
	static unsigned turn;
	char *p = out[turn++ % 8];
	snprintf(p, sizeof(out[0]), "%s%s", root, path);
	return p;
}

/* Its text; NULL: there is none. Kept until the eighth next call. */
static inline const char *root_read(const char *root, const char *path)
{
	static char text[8][16384];
	static unsigned turn;
	char *t = text[turn++ % 8];
	int fd = open(root_path(root, path), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	ssize_t n = read(fd, t, sizeof(text[0]) - 1);
	close(fd);
	t[n > 0 ? n : 0] = '\0';
	return t;
}

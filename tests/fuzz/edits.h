/* SPDX-License-Identifier: MIT */
#pragma once

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/edit.h"

/* What format/edit.h promises of every editor, whatever the text. */

static inline void hold(bool what)
{
	if (!what)
		abort();
}

static inline bool equal(struct bytes a, struct bytes b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* The input's rest from *at on, NUL-terminated as all texts are. */
static inline struct bytes text_of(struct arena *a, const uint8_t *p, size_t n, size_t at)
{
	at = at < n ? at : n;
	return (struct bytes){ str_ndup(a, (const char *)p + at, n - at), n - at };
}

/* The answer of the first time; the second time nothing is left to do. */
static inline int edit_twice(struct edit *t,
			     int (*run)(struct edit *t, const void *how, struct err *e),
			     const void *how)
{
	struct bytes before = t->text;
	struct err e = { 0 };
	int r = run(t, how, &e);

	hold(r == 1 || r == 0 || r == -EINVAL);
	hold((r == 1) != equal(before, t->text));
	hold(r >= 0 || strncmp(e.text, "FILE:", 5) == 0);
	struct bytes once = t->text;
	hold(t->text.data[t->text.size] == '\0');
	hold(run(t, how, &e) == (r < 0 ? r : 0) && equal(once, t->text));
	return r;
}

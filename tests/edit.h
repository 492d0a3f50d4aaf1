/* SPDX-License-Identifier: MIT */
#pragma once

#include <errno.h>
#include <string.h>

#include "format/cmdline-edit.h"
#include "tap.h"

/* What tests of editors share. */

#define NAMES(...)                                                                                 \
	{                                                                                          \
		(const char *[]){ __VA_ARGS__ }, COUNT_OF(((const char *[]){ __VA_ARGS__ }))       \
	}
#define SET(...) (&(struct cmdline_change){ .set = NAMES(__VA_ARGS__) })
#define ADD(...) (&(struct cmdline_change){ .add = NAMES(__VA_ARGS__) })
#define DROP(...) (&(struct cmdline_change){ .drop = NAMES(__VA_ARGS__) })

static inline bool same_bytes(struct bytes a, struct bytes b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* An edit, with what it is to do; tests and properties run any of them through one check. */
struct an_edit {
	int (*run)(struct edit *t, const struct an_edit *how, struct err *e);
	const struct cmdline_change *change;
	const struct names *kernels;
	const char *const *path;
	const char *value;
};

/* The text after it, or why it was refused; what its answer promises is checked. */
static inline const char *edit_run(struct arena *a, const char *text, const struct an_edit *how)
{
	struct bytes old = bytes_of(text);
	struct edit t = { a, "FILE", old };
	struct err e = { 0 };
	int r = how->run(&t, how, &e);

	CHECK(r == 1 ? !same_bytes(old, t.text) : same_bytes(old, t.text));
	CHECK(r < 0 ? r == -EINVAL && str_starts(e.text, "FILE:") : how->run(&t, how, &e) == 0);
	return r < 0 ? str_dup(a, e.text) : t.text.data;
}

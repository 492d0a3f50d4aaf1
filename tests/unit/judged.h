/* SPDX-License-Identifier: MIT */
#pragma once

#include "rules/verdict.h"

/* What one link's rule says of facts that a test has written by hand. */
static inline struct verdict *judged(const struct link *link, struct facts *f)
{
	static struct arena kept;
	struct verdict *v = arena_alloc(&kept, sizeof(*v));

	f->arena = &kept;
	if (!f->want.gpu)
		f->want.gpu = "external";
	v->arena = &kept;
	v->link = link->id;
	link->judge(f, v);
	return v;
}

/* The only finding: status, cause ("" for none) and text. */
#define CHECK_ONE(v, want_status, want_cause, want_text)                                           \
	do {                                                                                       \
		const struct verdict *one = (v);                                                   \
		CHECK_STR(one->count ? one->finding[0].text : "nothing", (want_text));             \
		CHECK_INT((long long)one->count, 1);                                               \
		CHECK_NTH(one, 0, want_status, want_cause, want_text);                             \
	} while (0)

#define CHECK_NTH(v, n, want_status, want_cause, want_text)                                        \
	do {                                                                                       \
		const struct verdict *all = (v);                                                   \
		CHECK((size_t)(n) < all->count);                                                   \
		const struct finding *got = &all->finding[n];                                      \
		CHECK_STR(got->text, (want_text));                                                 \
		CHECK_STR(status_name(got->status), (want_status));                                \
		CHECK_STR(got->cause ? got->cause->id : "", (want_cause));                         \
	} while (0)

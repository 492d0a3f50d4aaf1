/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"
#include "host/host.h"

#include <errno.h>

/* A host that only answers: a table of questions, for tests of what reads no files. */
struct answer {
	enum source who;
	const char *question;
	const char *text; /* NULL: the error below */
	int error;
};

struct answering_host {
	struct host host;
	const struct answer *answer;
	size_t count;
	unsigned asked; /* questions, known or not */
};

static inline int answers_ask(struct host *h, struct arena *a, enum source who,
			      const char *question, struct bytes *ret, struct err *e)
{
	struct answering_host *w = (struct answering_host *)h;

	w->asked++;
	for (size_t i = 0; i < w->count; i++) {
		if (w->answer[i].who != who || !str_eq(w->answer[i].question, question))
			continue;
		if (!w->answer[i].text)
			return err_set(e, w->answer[i].error, "%s", question);
		*ret = bytes_of(str_dup(a, w->answer[i].text));
		return 0;
	}
	return err_set(e, -ENOENT, "%s", question);
}

static inline int answers_list(struct host *h, struct arena *a, const char *dir, struct names *ret,
			       struct err *e)
{
	(void)h;
	(void)a;
	(void)ret;
	return err_set(e, -ENOENT, "%s", dir);
}

#define ANSWERS(...)                                                                               \
	{                                                                                          \
		.host = { .ops = &(const struct host_ops){ .ask = answers_ask,                     \
							   .list = answers_list } },               \
		.answer = (const struct answer[]){ __VA_ARGS__ },                                  \
		.count = sizeof((const struct answer[]){ __VA_ARGS__ }) / sizeof(struct answer)    \
	}

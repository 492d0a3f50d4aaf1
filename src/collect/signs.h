/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"
#include "sign/answer.h"

/* The table of causes, made ready once a look. */
const struct book *signs_book(struct facts *f);

/* Adds to f->said what a log gives away. */
void signs_add(struct facts *f, const struct reading *r, enum log_kind kind, const char *from,
	       const char *subject);
/* The same of a text. */
void signs_read(struct facts *f, struct bytes log, enum log_kind kind, const char *from,
		const char *subject);

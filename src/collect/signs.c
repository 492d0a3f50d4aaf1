/* SPDX-License-Identifier: MIT */
#include "collect/signs.h"

const struct book *signs_book(struct facts *f)
{
	if (!f->said.book)
		f->said.book = book_open(f->arena);
	return f->said.book;
}

void signs_add(struct facts *f, const struct reading *r, enum log_kind kind, const char *from,
	       const char *subject)
{
	struct log_signs *all = &f->said;
	const struct answer *a = answer_of(f->arena, r, f->pci.chosen ? f->pci.chosen->bdf : "");

	if (!all->sign)
		all->sign = arena_alloc(f->arena, LOG_SIGNS_MAX * sizeof(*all->sign));
	for (size_t i = 0; i < a->count && all->sign_count < LOG_SIGNS_MAX; i++)
		if (a->named[i].sure >= LOG_SURE_LEAST)
			all->sign[all->sign_count++] = (struct log_sign){
				.cause = a->named[i].cause->id,
				.kind = kind,
				.from = from,
				.subject = subject,
				.line = a->named[i].said->line,
				.sure = a->named[i].sure,
				.past = a->named[i].past,
				.follows = a->named[i].after,
			};
}

void signs_read(struct facts *f, struct bytes log, enum log_kind kind, const char *from,
		const char *subject)
{
	struct reading *r = reading_new(f->arena, signs_book(f));

	r->is_log = true;
	reading_feed(r, log);
	signs_add(f, r, kind, from, subject);
}

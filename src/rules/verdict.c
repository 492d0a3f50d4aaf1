/* SPDX-License-Identifier: MIT */
#include "rules/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *status_name(enum status s)
{
	switch (s) {
	case STATUS_SKIPPED:
		return "skipped";
	case STATUS_OK:
		return "ok";
	case STATUS_WAITING:
		return "waiting";
	case STATUS_UNKNOWN:
		return "unknown";
	case STATUS_WARNING:
		return "warning";
	case STATUS_BROKEN:
		return "broken";
	}
	return "";
}

static const struct cause *cause_or_abort(const char *id)
{
	const struct cause *c = cause_of_id(id);
	if (!c) {
		fprintf(stderr, "egpu: a rule named the cause '%s', which is not in the table\n",
			id);
		abort();
	}
	return c;
}

static void PRINTF(3, 0) add(struct verdict *v, struct finding f, const char *fmt, va_list ap)
{
	if (v->count == FINDINGS_MAX)
		return;
	f.link = v->link;
	f.text = arena_vprintf(v->arena, fmt, ap);
	f.subject = f.subject ? f.subject : "";
	f.show = f.show ? f.show : "";
	v->finding[v->count++] = f;
}

#define ADD(v, ...)                                                                                \
	do {                                                                                       \
		va_list ap;                                                                        \
		va_start(ap, fmt);                                                                 \
		add(v, (struct finding){ __VA_ARGS__ }, fmt, ap);                                  \
		va_end(ap);                                                                        \
	} while (0)

void found_ok(struct verdict *v, const char *fmt, ...)
{
	ADD(v, .status = STATUS_OK);
}

void found_skipped(struct verdict *v, const char *fmt, ...)
{
	ADD(v, .status = STATUS_SKIPPED);
}

void found_no_gpu(const struct facts *f, struct verdict *v, const char *no_gpu)
{
	if (is_unread(f->pci.know))
		found_skipped(v, "whether a GPU is here could not be read");
	else
		found_skipped(v, "%s", no_gpu);
}

void found_unknown(struct verdict *v, const char *show, const char *fmt, ...)
{
	ADD(v, .status = STATUS_UNKNOWN, .show = show);
}

void found_warning(struct verdict *v, const char *cause, const char *subject, const char *fmt, ...)
{
	ADD(v, .status = STATUS_WARNING, .cause = cause_or_abort(cause), .subject = subject);
}

void found_broken(struct verdict *v, const char *cause, const char *subject, const char *fmt, ...)
{
	ADD(v, .status = STATUS_BROKEN, .cause = cause_or_abort(cause), .subject = subject);
}

const struct log_sign *surest_sign(const struct facts *f, enum log_kind kind, const char *link,
				   const char *subject)
{
	const struct log_sign *best = NULL;

	for (size_t i = 0; i < f->said.sign_count; i++) {
		const struct log_sign *s = &f->said.sign[i];
		const struct cause *c = cause_of_id(s->cause);
		if (s->kind == kind && c && str_eq(c->link, link) && str_eq(s->subject, subject) &&
		    (!best || s->sure > best->sure))
			best = s;
	}
	return best;
}

/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/arena.h"
#include "base/str.h"

/*
 * Takes out of a recording what its owner would not show: each such value is
 * replaced by a stand-in, the same for the same value for as long as the
 * redactor lives, so that what belonged together still does. JSON stays JSON,
 * what is no secret keeps its bytes, and redacting twice changes nothing more.
 */
struct redactor;

enum redact_kind {
	REDACT_UUID,    /* 00000000-0000-4000-8000-00000000000N; machine ids too, without dashes */
	REDACT_SERIAL,  /* serial numbers and asset tags: REDACTED */
	REDACT_MAC,     /* 02:00:00:00:00:0N */
	REDACT_ADDRESS, /* 192.0.2.N, 2001:db8::N; not loopback, not "all" */
	REDACT_HOST,    /* hostN */
	REDACT_USER,    /* userN */
	REDACT_SECRET,  /* keys, tokens, passwords: REDACTED */
	REDACT_KINDS
};

struct redactor *redactor_new(void); /* never NULL */
void redactor_free(struct redactor *r);

/*
 * A name (REDACT_HOST, REDACT_USER) or a machine id (REDACT_UUID) that cannot
 * be known by its form. Names that are words of every machine, or shorter than
 * 3 characters, are passed over.
 */
void redactor_learn(struct redactor *r, enum redact_kind kind, const char *name);

/* In the arena, or the very bytes that came in where nothing had to be replaced. */
struct bytes redact(struct redactor *r, struct arena *a, struct bytes in);
/* The same for what stands in the file of that path, which may be a secret as a whole. */
struct bytes redact_file(struct redactor *r, struct arena *a, const char *path, struct bytes in);
const char *redact_text(struct redactor *r, struct arena *a, const char *in);

/* How many values were replaced so far, each place counted. */
size_t redactor_count(const struct redactor *r, enum redact_kind kind);
/* "UUID", "serial number", ...: one of them */
const char *redact_kind_name(enum redact_kind kind);

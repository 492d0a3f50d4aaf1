/* SPDX-License-Identifier: MIT */
#pragma once

#include "recording/redact.h"

enum scan_list { LIST_NONE, LIST_VARIABLES, LIST_ARGUMENTS };

/* One pass over one text. */
struct scan {
	struct redactor *r;
	struct arena *arena;
	struct bytes in;
	char *out; /* what is written so far; NULL: as it came in */
	size_t out_size, out_room;
	size_t written;      /* in.data up to here is in out */
	size_t anchor;       /* where the line, or the "string", that we stand in begins */
	bool in_string;      /* between double quotes */
	bool is_net;         /* /proc/net/tcp: addresses are hexadecimal words */
	enum scan_list list; /* what the strings of the JSON list are that we stand in */
	size_t name_until;   /* no key begins before here: looked at already */
};

/* The byte at i, or 0 behind the end. */
static inline char scan_at(const struct scan *s, size_t i)
{
	return i < s->in.size ? s->in.data[i] : '\0';
}
bool is_word(char c); /* [A-Za-z0-9_] */
bool is_hex(char c);

/* Puts `with` in the place of [from, to) and counts it; not where it stands there already. */
void scan_replace(struct scan *s, enum redact_kind kind, size_t from, size_t to, const char *with);

/*
 * What begins at `at`, which is the first byte of a word. They return where
 * they ended, having replaced what they found, or 0: nothing of mine.
 */
size_t take_uuid(struct scan *s, size_t at);
size_t take_machine_id(struct scan *s, size_t at);
size_t take_mac(struct scan *s, size_t at);
size_t take_ip4(struct scan *s, size_t at);
size_t take_ip6(struct scan *s, size_t at);
size_t take_hex_address(struct scan *s, size_t at);
size_t take_engine_id(struct scan *s, size_t at);
size_t take_name(struct scan *s, size_t at);
size_t take_token(struct scan *s, size_t at);
size_t take_key(struct scan *s, size_t at);
/* The same at a '"' that opens a string: of lists of variables and of arguments. */
size_t take_string(struct scan *s, size_t at);
/* The same at a '/' and at a ':', wherever they stand. */
size_t take_home(struct scan *s, size_t at);
size_t take_userinfo(struct scan *s, size_t at);

/* The stand-in's number of a value, from 1; the same for the same kind and value. */
unsigned redactor_number(struct redactor *r, enum redact_kind kind, const char *value);
/* The learned name that stands at the start of a text, the longest; NULL: none. */
struct learned {
	const char *name;
	size_t size;
	enum redact_kind kind;
	const char *stand_in;
};
const struct learned *redactor_learned(const struct redactor *r, const char *text, size_t size);

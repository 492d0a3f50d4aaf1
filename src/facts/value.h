/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/*
 * A value we may have failed to learn, and where it came from: a path, or
 * "docker:/info". Zero-initialised means nobody looked. A rule never passes
 * on a value that is not KNOWN, and never alarms on one either, unless its
 * absence is what the rule is about (ABSENT is knowledge: the host answered
 * that it has no such thing).
 */
enum know {
	NOT_LOOKED,
	KNOWN,
	ABSENT,     /* looked: it is not there */
	DENIED,     /* needs more rights than we have */
	TIMED_OUT,  /* asked, no answer before the deadline */
	UNREADABLE, /* there, but not in the form that was expected */
};

struct maybe_u64 { /* also flags, as 0 and 1 */
	enum know know;
	uint64_t v;
	const char *from; /* NULL where nobody looked */
};

struct maybe_text {
	enum know know;
	const char *v; /* never NULL when KNOWN */
	const char *from;
};

static inline struct maybe_u64 known_u64(uint64_t v, const char *from)
{
	return (struct maybe_u64){ KNOWN, v, from };
}
static inline struct maybe_text known_text(const char *v, const char *from)
{
	return (struct maybe_text){ KNOWN, v, from };
}
static inline struct maybe_u64 unknown_u64(enum know know, const char *from)
{
	return (struct maybe_u64){ know, 0, from };
}
static inline struct maybe_text unknown_text(enum know know, const char *from)
{
	return (struct maybe_text){ know, "", from };
}
static inline bool is_u64(struct maybe_u64 m, uint64_t v)
{
	return m.know == KNOWN && m.v == v;
}
static inline bool is_text(struct maybe_text m, const char *v)
{
	return m.know == KNOWN && str_eq(m.v, v);
}
/* The value, or a stand-in for messages. */
static inline const char *text_or(struct maybe_text m, const char *otherwise)
{
	return m.know == KNOWN && *m.v ? m.v : otherwise;
}
static inline uint64_t u64_or(struct maybe_u64 m, uint64_t otherwise)
{
	return m.know == KNOWN ? m.v : otherwise;
}

/* What a negative errno of the host means for a value. */
enum know know_of_errno(int r);
/* Somebody looked, and it could not be read: neither KNOWN nor ABSENT. */
static inline bool is_unread(enum know know)
{
	return know == DENIED || know == TIMED_OUT || know == UNREADABLE;
}
/* "not looked at", "not there", "permission denied", "no answer in time", "not understood" */
const char *know_why(enum know know);

/*
 * The shape of a struct, for all who print facts (JSON, --verbose): a table
 * of its members, in the order in which they are shown. Units are in the
 * members' names.
 */
enum field_kind {
	FIELD_U64,   /* struct maybe_u64 */
	FIELD_HEX,   /* struct maybe_u64, shown to people as 0x... */
	FIELD_FLAG,  /* struct maybe_u64, shown as true or false */
	FIELD_TEXT,  /* struct maybe_text */
	FIELD_NAME,  /* const char *, always known; "" is left out */
	FIELD_COUNT, /* uint64_t, always known */
	FIELD_BOOL,  /* bool, always known */
	FIELD_WORD,  /* an enum, shown as the word that `word` has for it */
	FIELD_NAMES, /* struct names */
	FIELD_KNOW,  /* enum know of a whole part */
	FIELD_PART,  /* a struct inside */
	FIELD_LIST,  /* pointer to structs; its size_t count follows in the struct, at count_offset
		      */
};

struct shape;
struct field {
	const char *name;
	enum field_kind kind;
	size_t offset, count_offset;
	const struct shape *shape;           /* of FIELD_PART and FIELD_LIST */
	const char *(*word)(unsigned value); /* of FIELD_WORD */
};
struct shape {
	size_t size_bytes;
	const struct field *fields; /* ends with { 0 } */
};

#define FIELD(kind, type, member)                                                                  \
	{                                                                                          \
#member, FIELD_##kind, offsetof(type, member), 0, NULL                             \
	}
#define FIELD_WORDS(type, member, words)                                                           \
	{                                                                                          \
		.name = #member, .kind = FIELD_WORD, .offset = offsetof(type, member),             \
		.word = words                                                                      \
	}
#define FIELD_OF(type, member, shape)                                                              \
	{                                                                                          \
#member, FIELD_PART, offsetof(type, member), 0, shape                              \
	}
#define FIELDS_OF(type, member, shape)                                                             \
	{                                                                                          \
#member, FIELD_LIST, offsetof(type, member), offsetof(type, member##_count), shape \
	}

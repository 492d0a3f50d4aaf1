/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/str.h"

/*
 * Where things stand in a JSON text. Only for text that jansson has read without
 * complaint; what is not understood even so ends the walk with `is_bad`.
 */

/* A member of an object, or an element of an array, whose key is empty. Offsets; ends past it. */
struct json_place {
	size_t key, key_end, value, value_end;
};

struct json_walk {
	struct bytes text;
	size_t open,
	    at; /* of the bracket; of what is read next, at the end of the one that closes */
	bool is_bad;
};

struct json_walk json_walk(struct bytes text, size_t open);
bool json_walk_next(struct json_walk *w, struct json_place *ret);
/* Offset of the first byte that is no blank, or the size. */
size_t json_skip_blanks(struct bytes text, size_t at);
/* The key as it is meant: escapes are read. */
bool json_is_key(struct bytes text, const struct json_place *p, const char *key);

/* An object or an array, searched for a key (NULL: none). */
struct json_found {
	size_t open, close, count;
	struct json_place last;
	struct json_place before_last; /* where count is two or more */
	size_t times;                  /* that the key is there */
	struct json_place place;       /* of the key's last one */
	struct json_place before;      /* the one before it; value_end 0: none */
	size_t next;                   /* key of the one after it; 0: none */
	bool is_bad;
};

struct json_found json_find(struct bytes text, size_t open, const char *key);

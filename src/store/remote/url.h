/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * URLs (RFC 3986), as far as they are taken here: strictly, so that no two readers of one can
 * disagree on whom it names. Pure.
 */
enum { URL_MAX = 4096 };

/*
 * May it be asked for? https://HOST[:PORT]/..., or http:// where HOST is this machine ("localhost",
 * "127.0.0.1", "[::1]"); no name or password in it, ASCII that is printed and not blank.
 * -EINVAL: no; *e says why, and does not repeat it.
 */
int url_check(const char *url, struct err *e);

bool url_is_https(const char *url);
/* Same scheme, host and port: what is secret to one may be told to the other. Both checked. */
bool url_same_origin(const char *a, const char *b);

/* For messages, also of what was not taken: without what follows "?" or "#" or stands before "@",
 * where secrets are; cleaned, cut where long. */
const char *url_shown(struct arena *a, const char *url);
/* The last name of its path, for people: "model.gguf"; the host where there is none. */
const char *url_file(struct arena *a, const char *url);

/* A path of names from outside as a URL has it: %XX for all but letters, digits and "-._~/". */
const char *url_path(struct arena *a, const char *path);
/* No empty name, ".", "..", control byte or backslash in it, and not too long. */
bool url_path_safe(const char *path);

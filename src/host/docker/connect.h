/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/http.h"

/*
 * The container engine's socket, for whoever asks it and for whoever has it do something. Codes
 * and `until` are those of base/http.h; strings live in the arena.
 */

/*
 * Connects to a URL: unix:// and tcp:// without TLS, by address. -EPROTONOSUPPORT: another kind.
 */
int docker_connect(struct http *line, struct arena *a, const char *url, uint64_t until,
		   struct err *e);

/*
 * Where the person wants it (docker_url_wanted()), or NULL: the first usual place where an engine
 * answers. A socket that is not for us ends the search: the engine behind it is the one that
 * matters. One where nobody listens does not: its engine was stopped or removed, and Podman may
 * have taken over. *ret_url is also set on a failure where the place was found; NULL: none was.
 */
int docker_find(struct http *line, struct arena *a, const char *wanted, uint64_t until,
		const char **ret_url, struct err *e);

/* May stand in a path: the id of a container, or its name. */
bool docker_is_id(const char *s);

/*
 * What a status means to us: 0 for 2xx, -ENOENT for 404, else -EPROTO, in the engine's own words.
 * question: "GET /info".
 */
int docker_judge(const struct http_answer *h, const char *question, struct err *e);

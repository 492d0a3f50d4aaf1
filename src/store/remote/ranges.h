/* SPDX-License-Identifier: MIT */
#pragma once

#include "gguf/gguf.h"
#include "store/remote/fetch.h"

/*
 * A file's beginning by ranges of HTTP: as much as must still come and GGUF_AHEAD more is asked for
 * at once, so that of a header never more than that is fetched, in few questions. A server that
 * does not know ranges is read from only as far as needed.
 */
enum {
	RANGES_HEADER_MAX = 256 << 20, /* a header that goes on is given up */
	RANGES_QUESTIONS_MAX = 200,    /* the same for a server that sends crumbs */
};

struct ranges {
	struct gguf_input in;
	struct fetch *fetch;
	struct question question; /* url: where redirects led */
	uint64_t at;              /* offset of the window's first byte */
	unsigned questions;
};

/*
 * Asks for the first bytes: from then on in.size is known, where the server tells it. The fetch is
 * this file's until the next file is opened with it.
 */
int ranges_open(struct ranges *r, struct fetch *f, const char *url, bool with_token, struct err *e);

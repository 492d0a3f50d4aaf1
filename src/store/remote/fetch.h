/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/remote/curl.h"
#include "store/store.h"

/*
 * Questions of HTTP (GET), one at a time, over connections that are kept. What comes is taken into
 * one window, and no further than is asked for: a server that sends for ever is not listened to.
 *
 * Redirects are followed by hand, at most FETCH_REDIRECTS, never from https to http; the token goes
 * to the origin that it is for, and not once a redirect has led away from it.
 *
 * Failures: -ENOENT (404), -EACCES (401, 403), -EAGAIN (429), -EIO (5xx), -ETIMEDOUT,
 * -EHOSTUNREACH, -ECONNRESET, -EPROTO (what is no HTTP, or no answer to this question). *e names
 * the address without what is secret.
 */
enum {
	FETCH_REDIRECTS = 5,
	FETCH_TEXT_MAX = 4 << 20,
	FETCH_HEADER_MAX = 64 << 10,
	FETCH_CHUNK = 16 << 10, /* CURL_MAX_WRITE_SIZE */
	FETCH_WINDOW = FETCH_TEXT_MAX + 2 * FETCH_CHUNK,
	FETCH_PAST_ERROR = 64 << 10, /* of an error's page so much is let go by */
};

/* What the server said before the body. */
struct answer {
	int status;     /* 200 or 206 */
	bool whole;     /* 200: the body is all of the file */
	uint64_t begin; /* offset of its first byte */
	uint64_t end;   /* one past its last; UINT64_MAX: not told */
	uint64_t total; /* bytes of the file; UINT64_MAX: not told */
};

struct fetch {
	struct arena *arena;
	const struct remote *remote;
	struct curl lib;
	void *multi, *easy;
	const char *token_for; /* a URL whose origin the token is for; NULL: none */
	unsigned deadline_msec;
	uint64_t until_usec;
	uint64_t fetched_bytes; /* of all bodies */
	const char *shown;      /* who is asked now, for messages */

	/* the window: bytes that came and were not dropped; a NUL behind them */
	char *data;
	size_t start, size;

	/* the answer that is coming in */
	bool open, headed, done, paused;
	size_t enough; /* pause when so many bytes are in the window */
	uint64_t header_bytes, body_bytes;
	int result;        /* enum easy_result, when done */
	const char *fault; /* why we stopped it */
	struct answer answer;
	struct curl_slist *sent;
	char error[256];
};

/* -ENOSYS: no libcurl. *ret is good to be closed whatever comes back. */
int fetch_start(struct fetch *f, struct arena *a, const struct remote *r, struct err *e);
void fetch_close(struct fetch *f);
#define FETCH __attribute__((cleanup(fetch_close))) struct fetch

/*
 * Asks for bytes [begin, end) of url (end 0: no range), which becomes the URL that a redirect led
 * to. Back when the header is there; what comes is put behind what is in the window.
 */
struct question {
	const char *url;
	uint64_t begin, end;
	const char *accept; /* NULL: anything */
	bool with_token; /* the token may go there, if it is its origin; false after leaving it */
};
int fetch_ask(struct fetch *f, struct question *q, struct err *e);

/* Reads on until so many bytes (at most FETCH_TEXT_MAX) are in the window, or the body ends:
 * f->done. */
int fetch_more(struct fetch *f, size_t bytes, struct err *e);
/* Drops bytes from the window's start; at most all. */
void fetch_drop(struct fetch *f, size_t bytes);
/* Listens no more to the answer. The window stays. */
void fetch_end(struct fetch *f);

/* A whole small text, at most FETCH_TEXT_MAX bytes (-EFBIG), in the arena. */
int fetch_text(struct fetch *f, struct question *q, struct bytes *ret, struct err *e);

/* "bytes 0-65559/4920000000", with "*" for a total that is not known. false: not in that form. */
bool content_range(const char *text, uint64_t *begin, uint64_t *end, uint64_t *total);

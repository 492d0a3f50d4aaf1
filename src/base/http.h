/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/*
 * HTTP/1.1, as far as the Docker Engine and Ollama need it (RFC 9112):
 * keep-alive, bodies by length, in chunks or until the connection closes. No
 * redirect is ever followed, no name is ever looked up.
 */
enum { HTTP_HEADER_MAX = 64 << 10 };

enum http_state {
	HTTP_STATUS,
	HTTP_HEADER,
	HTTP_CHUNK, /* the line that says how long the next chunk is */
	HTTP_CHUNK_END,
	HTTP_TRAILER,
	HTTP_DATA,       /* left bytes of a body of known length */
	HTTP_CHUNK_DATA, /* left bytes of a chunk */
	HTTP_REST,       /* a body that ends with the connection */
	HTTP_DONE
};

/*
 * An answer while it is read. The reader is pure: bytes in, any way they are
 * split, body out. Zero-initialise but for the first three, then http_feed()
 * until done.
 */
struct http_answer {
	struct arena *arena; /* the body lives here */
	size_t body_max;
	bool cut; /* take the first body_max bytes and be done, instead of -EFBIG */

	int status;        /* 200; 0 as long as no status line has come */
	struct bytes body; /* decoded so far */
	bool whole;        /* the body's end was seen */
	bool keep;         /* the connection is good for another question */

	/* the reader's own */
	enum http_state state;
	bool has_length, chunked;
	uint64_t left;
	size_t room, head_size, line_size;
	char line[512]; /* the start of a line; what does not fit is no header of ours */
};

/* Takes what belongs to this answer off *in; a next answer's bytes stay. -EPROTO: not HTTP. */
int http_feed(struct http_answer *h, struct bytes *in, struct err *e);
/* The connection has ended. -ECONNRESET: before any byte; -EPROTO: in the middle. */
int http_end(struct http_answer *h, struct err *e);

/* A connection, non-blocking. Zero is a closed one. Every `until` is in usec of CLOCK_MONOTONIC. */
struct http {
	bool open;
	int fd;
	size_t start, end; /* bytes of in[] that came and belong to no answer yet */
	char in[16384];
};

uint64_t http_until(uint64_t usec_from_now);

/*
 * Connect. -ENOENT: no such socket; -EHOSTDOWN: nobody listens there; -EACCES: not for us;
 * -ETIMEDOUT: nobody takes the call. An address is a literal of IPv4 or IPv6, else -EINVAL.
 */
int http_open_unix(struct http *c, const char *path, struct err *e);
int http_open_tcp(struct http *c, const char *address, uint16_t port, uint64_t until,
		  struct err *e);
void http_close(struct http *c);

/*
 * One question (GET), then its answer; several may be sent before the first answer is read. host is
 * the Host header, path starts with "/". h comes as http_feed() wants it. A failure, or an answer
 * after which nothing more can come, closes the connection. With h->cut a passed deadline is no
 * failure once the body has begun: h->whole tells.
 */
int http_send(struct http *c, const char *host, const char *path, uint64_t until, struct err *e);
/* The same with POST, and nothing in its body. */
int http_post(struct http *c, const char *host, const char *path, uint64_t until, struct err *e);
int http_receive(struct http *c, struct http_answer *h, uint64_t until, struct err *e);

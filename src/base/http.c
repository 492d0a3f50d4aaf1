/* SPDX-License-Identifier: MIT */
#include "base/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

enum { ROOM_MIN = 1 << 10, BELIEVED_BYTES = 64 << 10 };

static int not_http(struct http_answer *h, struct err *e, const char *why)
{
	h->keep = false;
	return err_set(e, -EPROTO, "not the HTTP that was expected, %s", why);
}

static void finish(struct http_answer *h, bool whole)
{
	h->state = HTTP_DONE;
	h->whole = whole;
	h->keep = h->keep && whole;
}

/* For all that was announced, where that is not too much to believe; at least the double. */
static size_t room_for(const struct http_answer *h, size_t size)
{
	size_t room = h->room ? 2 * h->room : ROOM_MIN;
	size_t more = h->left > size && h->left < BELIEVED_BYTES ? (size_t)h->left : size;

	return room > h->body.size + more ? room : h->body.size + more;
}

static int keep_body(struct http_answer *h, const char *data, size_t size, struct err *e)
{
	if (size > h->body_max - h->body.size && !h->cut)
		return err_set(e, -EFBIG, "more than %zu bytes of answer", h->body_max);
	if (size > h->body_max - h->body.size)
		size = h->body_max - h->body.size;
	if (h->body.size + size > h->room) {
		size_t room = room_for(h, size);
		char *more = arena_room(h->arena, room + 1);
		if (h->body.size)
			memcpy(more, h->body.data, h->body.size);
		h->body.data = more;
		h->room = room;
	}
	if (size) {
		char *end = (char *)h->body.data + h->body.size;
		memcpy(end, data, size);
		end[size] = '\0';
	}
	h->body.size += size;
	if (h->cut && h->body.size == h->body_max)
		finish(h, false);
	return 0;
}

static int status_line(struct http_answer *h, struct err *e)
{
	const char *s = h->line;
	uint64_t status;

	if (strncmp(s, "HTTP/1.", 7) != 0 || s[7] < '0' || s[7] > '9' || s[8] != ' ')
		return not_http(h, e, "no status line");
	char code[4] = { 0 };
	memcpy(code, s + 9, strnlen(s + 9, 3));
	if (!str_u64(code, 10, 599, &status) || status < 100 || (s[12] && s[12] != ' '))
		return not_http(h, e, "no status");
	h->status = (int)status;
	h->keep = s[7] != '0';
	h->state = HTTP_HEADER;
	return 0;
}

static int content_length(struct http_answer *h, const char *value, struct err *e)
{
	uint64_t length;

	if (!str_u64(value, 10, INT64_MAX, &length) || (h->has_length && length != h->left))
		return not_http(h, e, "a strange Content-Length");
	h->has_length = true;
	h->left = length;
	return 0;
}

static int transfer_encoding(struct http_answer *h, const char *value, struct err *e)
{
	if (strcasecmp(value, "chunked") != 0)
		return not_http(h, e, "a strange Transfer-Encoding");
	h->chunked = true;
	return 0;
}

static int connection(struct http_answer *h, const char *value, struct err *e)
{
	(void)e;
	if (strcasestr(value, "close"))
		h->keep = false;
	return 0;
}

static int header_end(struct http_answer *h, struct err *e)
{
	if (h->status == 101)
		return not_http(h, e, "an upgrade");
	if (h->status < 200) { /* "wait for it": the real one follows */
		h->state = HTTP_STATUS;
		return 0;
	}
	if (h->status == 204 || h->status == 304 || (!h->chunked && h->has_length && !h->left)) {
		finish(h, true);
		return 0;
	}
	if (h->chunked && h->has_length) /* RFC 9112, 6.3: smuggling; chunks win, once */
		h->keep = false;
	if (!h->chunked && h->has_length && h->left > h->body_max && !h->cut)
		return err_set(e, -EFBIG, "more than %zu bytes of answer", h->body_max);
	h->state = h->chunked ? HTTP_CHUNK : h->has_length ? HTTP_DATA : HTTP_REST;
	h->keep = h->keep && h->state != HTTP_REST;
	return 0;
}

static int header_line(struct http_answer *h, struct err *e)
{
	static const struct {
		const char *name;
		int (*take)(struct http_answer *h, const char *value, struct err *e);
	} ours[] = {
		{ "Content-Length:", content_length },
		{ "Transfer-Encoding:", transfer_encoding },
		{ "Connection:", connection },
	};

	if (h->line_size == 0)
		return header_end(h, e);
	for (size_t i = 0; i < COUNT_OF(ours); i++) {
		size_t n = strlen(ours[i].name);
		if (strncasecmp(h->line, ours[i].name, n) != 0)
			continue;
		if (h->line_size >= sizeof(h->line))
			return not_http(h, e, "an endless header");
		char *end = h->line + h->line_size;
		while (end > h->line + n && (end[-1] == ' ' || end[-1] == '\t'))
			*--end = '\0';
		return ours[i].take(h, h->line + n + strspn(h->line + n, " \t"), e);
	}
	return 0;
}

static int chunk_line(struct http_answer *h, struct err *e)
{
	h->line[strcspn(h->line, "; \t")] = '\0';
	if (!str_u64(h->line, 16, INT64_MAX, &h->left))
		return not_http(h, e, "a strange chunk");
	h->state = h->left ? HTTP_CHUNK_DATA : HTTP_TRAILER;
	return 0;
}

static int take_line(struct http_answer *h, struct err *e)
{
	switch (h->state) {
	case HTTP_STATUS:
		return status_line(h, e);
	case HTTP_HEADER:
		return header_line(h, e);
	case HTTP_CHUNK:
		return chunk_line(h, e);
	case HTTP_CHUNK_END:
		h->state = HTTP_CHUNK;
		h->head_size = 0;
		return h->line_size ? not_http(h, e, "a chunk that is too long") : 0;
	case HTTP_TRAILER:
		if (h->line_size == 0)
			finish(h, true);
		return 0;
	case HTTP_DATA:
	case HTTP_CHUNK_DATA:
	case HTTP_REST:
	case HTTP_DONE:
		break;
	}
	return 0;
}

/* Gathers a line, which may come in pieces. */
static int feed_line(struct http_answer *h, struct bytes *in, struct err *e)
{
	const char *end = memchr(in->data, '\n', in->size);
	size_t n = end ? (size_t)(end - in->data) : in->size;
	size_t fits = h->line_size < sizeof(h->line) - 1 ? sizeof(h->line) - 1 - h->line_size : 0;

	h->head_size += n + 1;
	if (h->head_size > HTTP_HEADER_MAX)
		return not_http(h, e, "an endless header");
	if (fits)
		memcpy(h->line + h->line_size, in->data, n < fits ? n : fits);
	h->line_size += n;
	in->data += n + (end != NULL);
	in->size -= n + (end != NULL);
	if (!end)
		return 0;

	size_t kept = h->line_size < sizeof(h->line) ? h->line_size : sizeof(h->line) - 1;
	if (kept && kept == h->line_size && h->line[kept - 1] == '\r')
		h->line_size = --kept;
	h->line[kept] = '\0';
	int r = take_line(h, e);
	h->line_size = 0;
	return r;
}

static int feed_body(struct http_answer *h, struct bytes *in, struct err *e)
{
	size_t n = in->size;

	if (h->state != HTTP_REST && n > h->left)
		n = (size_t)h->left;
	int r = keep_body(h, in->data, n, e);
	if (r < 0)
		return r;
	in->data += n;
	in->size -= n;
	h->left -= h->state == HTTP_REST ? 0 : n;
	if (h->left == 0 && h->state == HTTP_DATA)
		finish(h, true);
	if (h->left == 0 && h->state == HTTP_CHUNK_DATA)
		h->state = HTTP_CHUNK_END;
	return 0;
}

int http_feed(struct http_answer *h, struct bytes *in, struct err *e)
{
	int r = 0;

	if (!h->body.data)
		h->body = bytes_of("");
	while (r == 0 && in->size && h->state != HTTP_DONE)
		r = h->state < HTTP_DATA ? feed_line(h, in, e) : feed_body(h, in, e);
	return r;
}

int http_end(struct http_answer *h, struct err *e)
{
	h->keep = false;
	if (h->state == HTTP_REST)
		finish(h, true);
	if (h->state == HTTP_DONE)
		return 0;
	if (h->status == 0 && h->head_size == 0)
		return err_set(e, -ECONNRESET, "no answer");
	return not_http(h, e, "the answer stops in the middle");
}

uint64_t http_until(uint64_t usec_from_now)
{
	return clock_usec() + usec_from_now;
}

static int wait_for(int fd, short what, uint64_t until)
{
	for (;;) {
		uint64_t now = clock_usec();
		if (now >= until)
			return -ETIMEDOUT;
		uint64_t left = until - now;
		struct timespec t = { (time_t)(left / 1000000), (long)(left % 1000000) * 1000 };
		struct pollfd p = { .fd = fd, .events = what };
		int r = ppoll(&p, 1, &t, NULL);
		if (r > 0)
			return 0;
		if (r < 0 && errno != EINTR)
			return -errno;
	}
}

void http_close(struct http *c)
{
	if (c->open)
		close(c->fd);
	c->open = false;
	c->start = c->end = 0;
}

/* What connect() says, in the words of a host. */
static int connect_code(int number)
{
	switch (number) {
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case ENETUNREACH:
		return -EHOSTDOWN;
	case ENOTDIR:
		return -ENOENT;
	case EAGAIN: /* a local socket whose queue is full: nobody takes the calls */
		return -ETIMEDOUT;
	}
	return -number;
}

static int open_socket(struct http *c, const struct sockaddr *to, socklen_t size, uint64_t until)
{
	http_close(c);
	c->fd = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return -errno;
	c->open = true;
	if (connect(c->fd, to, size) == 0)
		return 0;

	int r = errno == EINPROGRESS ? wait_for(c->fd, POLLOUT, until) : connect_code(errno);
	int number = 0;
	socklen_t n = sizeof(number);
	if (r == 0 && getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &number, &n) == 0 && number)
		r = connect_code(number);
	if (r < 0)
		http_close(c);
	return r;
}

int http_open_unix(struct http *c, const char *path, struct err *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(to.sun_path))
		return err_set(e, -ENAMETOOLONG, "connect %s", path);
	memcpy(to.sun_path, path, strlen(path));
	int r = open_socket(c, (struct sockaddr *)&to, sizeof(to), 0);
	return r < 0 ? err_set(e, r, "connect %s", path) : 0;
}

int http_open_tcp(struct http *c, const char *address, uint16_t port, uint64_t until, struct err *e)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int r;

	if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
		r = open_socket(c, (struct sockaddr *)&four, sizeof(four), until);
	else if (inet_pton(AF_INET6, address, &six.sin6_addr) == 1)
		r = open_socket(c, (struct sockaddr *)&six, sizeof(six), until);
	else
		return err_set(e, -EINVAL, "connect %s: not an address", address);
	return r < 0 ? err_set(e, r, "connect %s port %u", address, port) : 0;
}

static int send_all(struct http *c, const char *data, size_t size, uint64_t until)
{
	while (size) {
		ssize_t n = send(c->fd, data, size, MSG_NOSIGNAL);
		int r = n >= 0 || errno == EINTR ? 0
			: errno == EAGAIN        ? wait_for(c->fd, POLLOUT, until)
						 : -errno;
		if (r < 0)
			return r;
		if (n > 0) {
			data += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

/* What could end a line of the request, or begin another request, is no path. */
static bool is_path(const char *path)
{
	for (const char *s = path; *s; s++)
		if (*s <= ' ' || *s > '~')
			return false;
	return path[0] == '/';
}

/* more: a line of the head that goes with the method, or "". */
static int ask(struct http *c, const char *method, const char *more, const char *host,
	       const char *path, uint64_t until, struct err *e)
{
	ARENA scratch = { 0 };

	if (!is_path(path))
		return err_set(e, -EINVAL, "%s %s: not a path", method, path);
	if (!c->open)
		return err_set(e, -ENOTCONN, "%s %s", method, path);
	const char *question =
	    arena_printf(&scratch, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: egpu\r\n%s\r\n",
			 method, path, host, more);
	int r = send_all(c, question, strlen(question), until);
	if (r == 0)
		return 0;
	http_close(c);
	return err_set(e, r, "%s %s", method, path);
}

int http_send(struct http *c, const char *host, const char *path, uint64_t until, struct err *e)
{
	return ask(c, "GET", "", host, path, until, e);
}

int http_post(struct http *c, const char *host, const char *path, uint64_t until, struct err *e)
{
	return ask(c, "POST", "Content-Length: 0\r\n", host, path, until, e);
}

/* More bytes into in[]. 0: the connection has ended. */
static ssize_t fill(struct http *c, uint64_t until)
{
	for (;;) {
		ssize_t n = recv(c->fd, c->in, sizeof(c->in), 0);
		if (n >= 0) {
			c->start = 0;
			c->end = (size_t)n;
			return n;
		}
		int r = errno == EINTR    ? 0
			: errno == EAGAIN ? wait_for(c->fd, POLLIN, until)
					  : -errno;
		if (r < 0)
			return r;
	}
}

static int receive(struct http *c, struct http_answer *h, uint64_t until, struct err *e)
{
	for (;;) {
		struct bytes in = { c->in + c->start, c->end - c->start };
		int r = http_feed(h, &in, e);
		c->start = c->end - in.size;
		if (r < 0 || h->state == HTTP_DONE)
			return r;
		ssize_t n = fill(c, until);
		if (n == 0)
			return http_end(h, e);
		if (n == -ETIMEDOUT && h->cut && h->body.size)
			return 0;
		if (n < 0)
			return err_set(e, (int)n, "no whole answer");
	}
}

int http_receive(struct http *c, struct http_answer *h, uint64_t until, struct err *e)
{
	if (!c->open)
		return err_set(e, -ENOTCONN, "no answer");
	int r = receive(c, h, until, e);
	if (r < 0 || !h->keep || !h->whole)
		http_close(c);
	return r;
}

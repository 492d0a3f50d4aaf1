/* SPDX-License-Identifier: MIT */
#include "store/remote/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "store/remote/url.h"

enum {
	CONNECT_MSEC = 15000,
	SLOW_BYTES = 200, /* a second, for so long: given up */
	SLOW_SECONDS = 15,
	DEADLINE_MSEC = 60000, /* where none was told */
	POLL_MSEC = 1000,
};

static const char *token(const struct fetch *f)
{
	return f->remote->token ? f->remote->token : "";
}

int fetch_start(struct fetch *f, struct arena *a, const struct remote *r, struct err *e)
{
	*f = (struct fetch){ .arena = a, .remote = r, .shown = "" };
	f->deadline_msec = r->deadline_msec ? r->deadline_msec : DEADLINE_MSEC;
	f->until_usec = clock_usec() + (uint64_t)f->deadline_msec * 1000;
	for (const char *c = token(f); *c; c++)
		if (*c <= ' ' || *c >= 0x7f)
			return err_set(e, -EINVAL, "the token has a blank or a control byte in it");
	int code = curl_open(&f->lib, e);
	if (code < 0)
		return code;
	f->multi = f->lib.multi_init();
	f->easy = f->lib.easy_init();
	f->data = arena_room(a, FETCH_WINDOW + 1);
	return f->multi && f->easy ? 0 : err_set(e, -ENOMEM, "libcurl");
}

void fetch_close(struct fetch *f)
{
	fetch_end(f);
	if (f->easy)
		f->lib.easy_cleanup(f->easy);
	if (f->multi)
		f->lib.multi_cleanup(f->multi);
	f->easy = f->multi = NULL;
}

void fetch_end(struct fetch *f)
{
	if (f->open)
		f->lib.multi_remove_handle(f->multi, f->easy);
	if (f->sent)
		f->lib.slist_free_all(f->sent);
	f->open = false;
	f->sent = NULL;
}

void fetch_drop(struct fetch *f, size_t bytes)
{
	bytes = bytes < f->size ? bytes : f->size;
	f->start += bytes;
	f->size -= bytes;
}

/* Room for what is wanted behind the window's bytes, and for what comes with it. */
static void make_room(struct fetch *f, size_t bytes)
{
	if (f->start + bytes + 2 * FETCH_CHUNK <= FETCH_WINDOW)
		return;
	memmove(f->data, f->data + f->start, f->size);
	f->start = 0;
}

static size_t stop(struct fetch *f, const char *fault)
{
	f->fault = fault;
	return 0;
}

static size_t on_body(char *data, size_t one, size_t size, void *mine)
{
	struct fetch *f = mine;
	struct answer *a = &f->answer;

	size *= one;
	if (a->status != 200 && a->status != 206) {
		f->body_bytes += size;
		return f->body_bytes > FETCH_PAST_ERROR ? 0 : size;
	}
	if (f->size >= f->enough || f->start + f->size + size > FETCH_WINDOW) {
		f->paused = true;
		return EASY_WRITE_PAUSE;
	}
	if (a->end != UINT64_MAX && size > a->end - a->begin - f->body_bytes)
		return stop(f, "sent more than it had announced");
	memcpy(f->data + f->start + f->size, data, size);
	f->size += size;
	f->body_bytes += size;
	f->fetched_bytes += size;
	return size;
}

/* A new header: the one before it was of "100 Continue" and its like. */
static void on_status(struct fetch *f, const char *line)
{
	int status = 0;

	f->answer = (struct answer){ .end = UINT64_MAX, .total = UINT64_MAX };
	if (sscanf(line, "HTTP/%*[0-9.] %3d", &status) == 1)
		f->answer.status = status;
	f->answer.whole = status == 200;
}

static bool range_line(struct fetch *f, const char *text)
{
	struct answer *a = &f->answer;

	return a->status != 206 || content_range(text, &a->begin, &a->end, &a->total);
}

static void length_line(struct answer *a, const char *text)
{
	if (a->status == 200 && str_u64(text, 10, UINT64_MAX - 1, &a->end))
		a->total = a->end;
}

static size_t on_header(char *data, size_t one, size_t size, void *mine)
{
	struct fetch *f = mine;
	char line[256];
	size_t n = (size *= one);

	f->header_bytes += size;
	if (f->header_bytes > FETCH_HEADER_MAX)
		return stop(f, "sends headers without end");
	if (f->headed) /* trailers */
		return size;
	while (n && strchr("\r\n", data[n - 1]))
		n--;
	snprintf(line, sizeof(line), "%.*s", (int)n, data);
	if (strncmp(line, "HTTP/", 5) == 0)
		on_status(f, line);
	else if (n == 0)
		f->headed = f->answer.status >= 200;
	else if (strncasecmp(line, "Content-Length:", 15) == 0)
		length_line(&f->answer, line + 15 + strspn(line + 15, " \t"));
	else if (strncasecmp(line, "Content-Range:", 14) == 0 &&
		 !range_line(f, line + 14 + strspn(line + 14, " \t")))
		return stop(f, "sent a Content-Range that is none");
	return size;
}

static int out_of_time(struct fetch *f, struct err *e)
{
	return err_say(e, -ETIMEDOUT,
		       "%s: too slow, %llu bytes came within %.1f s; try again later", f->shown,
		       (unsigned long long)f->fetched_bytes, (double)f->deadline_msec / 1000);
}

/* What libcurl says of a transfer that ended badly. */
static int failed(struct fetch *f, struct err *e)
{
	const char *said = *f->error ? f->error : f->lib.easy_strerror(f->result);

	if (f->fault)
		return err_say(e, -EPROTO, "%s: the server %s", f->shown, f->fault);
	said = str_clean(f->arena, said, strlen(said), 120);
	switch ((enum easy_result)f->result) {
	case EASY_TIMED_OUT:
		return err_say(e, -ETIMEDOUT, "%s: %s; try again later", f->shown, said);
	case EASY_NO_HOST_NAME:
	case EASY_NO_PROXY_NAME:
	case EASY_NO_CONNECTION:
		return err_say(e, -EHOSTUNREACH, "%s: %s", f->shown, said);
	case EASY_PARTIAL:
	case EASY_GOT_NOTHING:
	case EASY_SEND:
	case EASY_RECEIVE:
		return err_say(e, -ECONNRESET, "%s: the connection was cut after %llu bytes: %s",
			       f->shown, (unsigned long long)f->body_bytes, said);
	case EASY_UNTRUSTED:
	case EASY_NO_CA_FILE:
	case EASY_TLS:
	case EASY_OK:
		break;
	}
	return err_say(e, -EPROTO, "%s: %s", f->shown, said);
}

static void take_message(struct fetch *f)
{
	struct multi_message *m;

	for (int left; (m = f->lib.multi_info_read(f->multi, &left));)
		if (m->what == MULTI_DONE && m->easy == f->easy) {
			f->done = true;
			f->result = m->of.result;
		}
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* The header is there; of a redirect all is, since only then libcurl says where it leads. */
static bool is_headed(const struct fetch *f)
{
	return f->headed && (f->done || !is_redirect(f->answer.status));
}

/* Runs the transfer until the header is there, or so many bytes are, or it has ended. */
static int pump(struct fetch *f, bool header_only, struct err *e)
{
	for (int running, n; !f->done;) {
		uint64_t now = clock_usec();

		if (header_only ? is_headed(f) : f->size >= f->enough)
			return 0;
		if (now >= f->until_usec)
			return out_of_time(f, e);
		if (f->lib.multi_perform(f->multi, &running))
			return err_say(e, -EPROTO, "%s: libcurl does not go on", f->shown);
		take_message(f);
		if (f->done || (header_only ? is_headed(f) : f->size >= f->enough))
			break;
		uint64_t msec = (f->until_usec - now) / 1000 + 1;
		f->lib.multi_poll(f->multi, NULL, 0, msec < POLL_MSEC ? (int)msec : POLL_MSEC, &n);
	}
	/* A body that came badly is for who wants the body: an error's page is nobody's. */
	if (header_only && f->headed)
		return 0;
	return f->done && f->result != EASY_OK ? failed(f, e) : 0;
}

int fetch_more(struct fetch *f, size_t bytes, struct err *e)
{
	if (f->size >= bytes || !f->open)
		return 0;
	make_room(f, bytes);
	f->enough = bytes;
	if (f->paused) {
		f->paused = false;
		f->lib.easy_pause(f->easy, EASY_PAUSE_NONE);
	}
	int code = pump(f, false, e);
	f->data[f->start + f->size] = '\0';
	const struct answer *a = &f->answer;
	if (code == 0 && f->done && a->end != UINT64_MAX && f->body_bytes < a->end - a->begin)
		return err_say(e, -EPROTO, "%s: the server sent %llu bytes of the %llu announced",
			       f->shown, (unsigned long long)f->body_bytes,
			       (unsigned long long)(a->end - a->begin));
	return code;
}

/* false: libcurl does not know that. */
static bool set_always(struct fetch *f)
{
	const struct curl *c = &f->lib;
	void *h = f->easy;

	c->easy_setopt(h, EASY_QUICK_EXIT, 1L); /* not there before 7.87 */
	return !(
	    c->easy_setopt(h, EASY_WRITE, on_body) || c->easy_setopt(h, EASY_WRITE_DATA, f) ||
	    c->easy_setopt(h, EASY_HEADER, on_header) || c->easy_setopt(h, EASY_HEADER_DATA, f) ||
	    c->easy_setopt(h, EASY_ERROR_TEXT, f->error) ||
	    c->easy_setopt(h, EASY_VERIFY_PEER, 1L) || c->easy_setopt(h, EASY_VERIFY_HOST, 2L) ||
	    c->easy_setopt(h, EASY_PROTOCOLS, (long)EASY_HTTP_OR_HTTPS) ||
	    c->easy_setopt(h, EASY_HTTP_VERSION, (long)EASY_HTTP_1_1) ||
	    c->easy_setopt(h, EASY_NO_CONNECT_HEADERS, 1L) ||
	    c->easy_setopt(h, EASY_CONNECT_TIMEOUT_MSEC, (long)CONNECT_MSEC) ||
	    c->easy_setopt(h, EASY_LOW_SPEED_LIMIT, (long)SLOW_BYTES) ||
	    c->easy_setopt(h, EASY_LOW_SPEED_TIME, (long)SLOW_SECONDS) ||
	    c->easy_setopt(h, EASY_USER_AGENT, "egpu/" EGPU_VERSION) ||
	    (f->remote->ca_file && c->easy_setopt(h, EASY_CA_FILE, f->remote->ca_file)));
}

static void send_line(struct fetch *f, const char *line)
{
	struct curl_slist *longer = f->lib.slist_append(f->sent, line);

	f->sent = longer ? longer : f->sent;
}

static bool set_question(struct fetch *f, const struct question *q)
{
	const struct curl *c = &f->lib;
	void *h = f->easy;
	const char *range = NULL;

	if (q->end)
		range = arena_printf(f->arena, "%llu-%llu", (unsigned long long)q->begin,
				     (unsigned long long)q->end - 1);
	if (q->accept)
		send_line(f, arena_printf(f->arena, "Accept: %s", q->accept));
	if (q->with_token)
		send_line(f, arena_printf(f->arena, "Authorization: Bearer %s", token(f)));
	/* What is for this machine is for no proxy. */
	return !(c->easy_setopt(h, EASY_URL, q->url) || c->easy_setopt(h, EASY_RANGE, range) ||
		 c->easy_setopt(h, EASY_PROXY, url_is_https(q->url) ? NULL : "") ||
		 c->easy_setopt(h, EASY_HTTP_HEADER, f->sent));
}

static int send_question(struct fetch *f, struct question *q, struct err *e)
{
	fetch_end(f);
	f->headed = f->done = f->paused = false;
	f->header_bytes = f->body_bytes = 0;
	f->enough = 1;
	make_room(f, f->size);
	f->result = EASY_OK;
	f->fault = NULL;
	f->error[0] = '\0';
	f->answer = (struct answer){ .end = UINT64_MAX, .total = UINT64_MAX };
	f->shown = url_shown(f->arena, q->url);
	q->with_token =
	    q->with_token && *token(f) && f->token_for && url_same_origin(q->url, f->token_for);
	if (!set_always(f) || !set_question(f, q))
		return err_say(e, -ENOSYS, "this libcurl is too old, or lacks https");
	if (f->lib.multi_add_handle(f->multi, f->easy))
		return err_say(e, -EPROTO, "%s: libcurl does not begin", f->shown);
	f->open = true;
	return pump(f, true, e);
}

/* *q leads where the answer led. */
static int follow(struct fetch *f, struct question *q, struct err *e)
{
	const char *to = NULL;
	struct err why;

	f->lib.easy_getinfo(f->easy, EASY_REDIRECT_URL, &to);
	if (!to)
		return err_say(e, -EPROTO, "%s: HTTP %d without saying where to", f->shown,
			       f->answer.status);
	to = str_dup(f->arena, to);
	if (url_is_https(q->url) && !url_is_https(to))
		return err_say(e, -EPROTO, "%s: leads away from https, which is not followed",
			       f->shown);
	if (url_check(to, &why) < 0)
		return err_say(e, -EPROTO, "%s: leads to an address that is not taken: %s",
			       f->shown, why.text);
	q->url = to;
	return 0;
}

static int refused(struct fetch *f, struct err *e)
{
	int status = f->answer.status;

	switch (status) {
	case 401:
	case 403:
		return err_say(e, -EACCES, "%s: not for everyone (HTTP %d)", f->shown, status);
	case 404:
	case 410:
		return err_say(e, -ENOENT, "%s: no such file there (HTTP %d)", f->shown, status);
	case 416:
		return err_say(e, -EPROTO, "%s: has no such bytes: is it empty? (HTTP 416)",
			       f->shown);
	case 429:
		return err_say(e, -EAGAIN,
			       "%s: was asked too often (HTTP 429); try again in some minutes",
			       f->shown);
	}
	if (status >= 500)
		return err_say(e, -EIO, "%s: its server fails (HTTP %d); try again later", f->shown,
			       status);
	return err_say(e, -EPROTO, "%s: HTTP %d is no answer to this", f->shown, status);
}

/* Is it an answer to what was asked? */
static int suits(struct fetch *f, const struct question *q, struct err *e)
{
	const struct answer *a = &f->answer;

	if (a->status == 200 && q->begin == 0)
		return 0;
	if (a->status == 200)
		return err_say(e, -EPROTO, "%s: the server sent all of it, asked for a part",
			       f->shown);
	if (a->status != 206 || !q->end)
		return refused(f, e);
	if (a->end == UINT64_MAX)
		return err_say(e, -EPROTO, "%s: a part without Content-Range", f->shown);
	if (a->begin != q->begin || a->end > q->end)
		return err_say(e, -EPROTO,
			       "%s: asked for bytes %llu-%llu, the server sent %llu-%llu", f->shown,
			       (unsigned long long)q->begin, (unsigned long long)q->end - 1,
			       (unsigned long long)a->begin, (unsigned long long)a->end - 1);
	return 0;
}

int fetch_ask(struct fetch *f, struct question *q, struct err *e)
{
	int code = url_check(q->url, e);

	if (code < 0)
		return err_wrap(e, code, "%s", url_shown(f->arena, q->url));
	for (int hops = 0; code == 0; hops++) {
		code = send_question(f, q, e);
		if (code < 0 || !is_redirect(f->answer.status))
			break;
		if (hops == FETCH_REDIRECTS)
			return err_say(e, -EPROTO, "%s: redirected more than %d times", f->shown,
				       FETCH_REDIRECTS);
		code = follow(f, q, e);
	}
	return code < 0 ? code : suits(f, q, e);
}

int fetch_text(struct fetch *f, struct question *q, struct bytes *ret, struct err *e)
{
	fetch_drop(f, f->size);
	int code = fetch_ask(f, q, e);
	if (code == 0)
		code = fetch_more(f, FETCH_TEXT_MAX, e);
	if (code < 0)
		return code;
	if (f->size >= FETCH_TEXT_MAX)
		return err_say(e, -EFBIG, "%s: the answer has more than %d MiB", f->shown,
			       FETCH_TEXT_MAX >> 20);
	*ret = (struct bytes){ str_ndup(f->arena, f->data + f->start, f->size), f->size };
	return 0;
}

bool content_range(const char *text, uint64_t *begin, uint64_t *end, uint64_t *total)
{
	char number[3][21];
	int behind = 0;

	if (sscanf(text, "bytes %20[0-9]-%20[0-9]/%20[0-9*]%n", number[0], number[1], number[2],
		   &behind) != 3 ||
	    text[behind])
		return false;
	if (!str_u64(number[0], 10, UINT64_MAX - 2, begin) ||
	    !str_u64(number[1], 10, UINT64_MAX - 2, end) || *end < *begin)
		return false;
	++*end;
	if (str_eq(number[2], "*"))
		*total = UINT64_MAX;
	else if (!str_u64(number[2], 10, UINT64_MAX - 1, total) || *total < *end)
		return false;
	return true;
}

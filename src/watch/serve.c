/* SPDX-License-Identifier: MIT */
#include "watch/serve.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <systemd/sd-event.h>

#include "base/clock.h"
#include "base/str.h"
#include "watch/listen.h"
#include "watch/microhttpd.h"

enum { REQUEST_MAX = 8 << 10, WHY_MAX = 200, NONE = -1 };

#define METRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define TEXT_TYPE "text/plain; charset=utf-8"

/* A connection that is open. */
struct guest {
	int fd; /* the library's; NONE: nobody sits here */
	uint64_t until_usec;
};

struct serve {
	struct microhttpd lib;
	struct MHD_Daemon *daemon;
	sd_event_source *io, *timer;
	struct guest guest[SERVE_CONNECTIONS_MAX];
	bool left; /* somebody has, since the last time that it was looked */
	unsigned port;
	int listener;       /* the daemon's; NONE: not yet */
	struct arena arena; /* of what is served: */
	struct bytes metrics;
	const char *why; /* not ready; NULL: it is */
};

/* --- what is said --- */

struct reply {
	unsigned status;
	const char *type;
	struct bytes body;
};

static struct reply text(unsigned status, const char *body)
{
	return (struct reply){ status, TEXT_TYPE, bytes_of(body) };
}

static struct reply reply_to(const struct serve *s, const char *method, const char *url)
{
	if (!str_eq(method, "GET") && !str_eq(method, "HEAD"))
		return text(405, "only GET and HEAD\n");
	if (str_eq(url, "/"))
		return text(200,
			    "/metrics  of the last look\n/ready    200 when the GPU computes\n");
	if (str_eq(url, "/metrics") && s->metrics.data)
		return (struct reply){ 200, METRICS_TYPE, s->metrics };
	if (str_eq(url, "/metrics"))
		return text(503, s->why);
	if (str_eq(url, "/ready"))
		return text(s->why ? 503 : 200, s->why ? s->why : "ready\n");
	return text(404, "only /metrics and /ready\n");
}

static int send_reply(const struct serve *s, struct MHD_Connection *c, const struct reply *r)
{
	const struct microhttpd *lib = &s->lib;
	struct MHD_Response *m = lib->create_response_from_buffer(
	    r->body.size, (void *)(uintptr_t)r->body.data, HTTPD_MUST_COPY);

	if (!m)
		return HTTPD_NO;
	lib->add_response_header(m, "Content-Type", r->type);
	lib->add_response_header(m, "Cache-Control", "no-store");
	lib->add_response_header(m, "Connection", "close");
	if (r->status == 405)
		lib->add_response_header(m, "Allow", "GET, HEAD");
	int queued = lib->queue_response(c, r->status, m);
	lib->destroy_response(m);
	return queued;
}

static int on_request(void *data, struct MHD_Connection *c, const char *url, const char *method,
		      const char *version, const char *upload, size_t *upload_bytes, void **request)
{
	const struct serve *s = data;
	const struct reply r = reply_to(s, method, url);

	(void)version;
	(void)upload;
	(void)upload_bytes;
	/* At the first call only the head is there. A body is not waited for. */
	if (!*request && r.status != 405) {
		*request = data;
		return HTTPD_YES;
	}
	return send_reply(s, c, &r);
}

/* --- who listens --- */

static void on_guest(void *data, struct MHD_Connection *c, void **socket, unsigned change)
{
	struct serve *s = data;
	struct guest *g = *socket;

	if (change == HTTPD_CLOSED) {
		s->left = true;
		if (g)
			g->fd = NONE;
	}
	for (size_t i = 0; change == HTTPD_STARTED && !*socket && i < COUNT_OF(s->guest); i++)
		if (s->guest[i].fd == NONE) {
			const int *fd = s->lib.get_connection_info(c, HTTPD_CONNECTION_FD);
			s->guest[i] = (struct guest){ fd ? *fd : NONE,
						      clock_usec() + SERVE_SEC * 1000000ULL };
			*socket = &s->guest[i];
		}
}

/*
 * The library's own limit is on silence: who sends a byte now and then would sit here for ever.
 * Tells when the next one has to go; UINT64_MAX: nobody is here.
 */
static uint64_t send_away(const struct serve *s, uint64_t now_usec)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < COUNT_OF(s->guest); i++) {
		const struct guest *g = &s->guest[i];
		if (g->fd == NONE)
			continue;
		if (g->until_usec <= now_usec)
			shutdown(g->fd, SHUT_RDWR);
		else if (g->until_usec < next)
			next = g->until_usec;
	}
	return next;
}

/* --- the loop --- */

static int work(struct serve *s)
{
	unsigned long long msec;
	uint64_t now = clock_usec();

	s->left = false;
	s->lib.run(s->daemon);
	uint64_t next = send_away(s, now);
	/* A full house listens to nobody new until it is run once more, and does not say so. */
	if (s->left)
		next = now;
	if (s->lib.get_timeout(s->daemon, &msec) == HTTPD_YES && msec < SERVE_SEC * 1000 &&
	    now + msec * 1000 < next)
		next = now + msec * 1000;
	if (next == UINT64_MAX)
		return sd_event_source_set_enabled(s->timer, SD_EVENT_OFF);
	sd_event_source_set_time(s->timer, next);
	return sd_event_source_set_enabled(s->timer, SD_EVENT_ONESHOT);
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *data)
{
	(void)source;
	(void)fd;
	(void)events;
	return work(data);
}

static int on_time(sd_event_source *source, uint64_t usec, void *data)
{
	(void)source;
	(void)usec;
	return work(data);
}

static int attach(struct serve *s, sd_event *ev, int epoll)
{
	int r = sd_event_add_io(ev, &s->io, epoll, EPOLLIN, on_io, s);

	if (r >= 0)
		r = sd_event_add_time(ev, &s->timer, CLOCK_MONOTONIC, 0, 1000, on_time, s);
	if (r >= 0)
		r = sd_event_source_set_enabled(s->timer, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_source_set_priority(s->io, SD_EVENT_PRIORITY_IDLE);
	if (r >= 0)
		r = sd_event_source_set_priority(s->timer, SD_EVENT_PRIORITY_IDLE);
	return r;
}

static unsigned port_of(int fd)
{
	struct sockaddr_in6 at = { 0 }; /* the port lies at the same place in both families */
	socklen_t size = sizeof(at);

	return getsockname(fd, (struct sockaddr *)&at, &size) < 0 ? 0 : ntohs(at.sin6_port);
}

static struct MHD_Daemon *start_daemon(struct serve *s, int fd)
{
	return s->lib.start_daemon(
	    HTTPD_USE_EPOLL, 0, NULL, NULL, on_request, s, (int)HTTPD_LISTEN_SOCKET, fd,
	    (int)HTTPD_CONNECTION_LIMIT, (unsigned)SERVE_CONNECTIONS_MAX,
	    (int)HTTPD_CONNECTION_IDLE, (unsigned)SERVE_SEC, (int)HTTPD_CONNECTION_MEMORY,
	    (size_t)REQUEST_MAX, (int)HTTPD_NOTIFY, on_guest, (void *)s, (int)HTTPD_END);
}

static int start(struct serve *s, sd_event *ev, const char *address, struct err *e)
{
	int fd = listen_on_loopback(address, e);

	if (fd < 0)
		return fd;
	s->port = port_of(fd);
	s->daemon = start_daemon(s, fd);
	if (!s->daemon) {
		close(fd);
		return err_say(e, -EIO, "serve metrics on %s: libmicrohttpd does not start",
			       address);
	}
	s->listener = fd;
	const int *epoll = s->lib.get_daemon_info(s->daemon, HTTPD_EPOLL_FD);
	int r = epoll ? attach(s, ev, *epoll) : -EIO;
	return r < 0 ? err_set(e, r, "serve metrics on %s", address) : 0;
}

int serve_start(struct sd_event *ev, const char *listen, struct serve **ret, struct err *e)
{
	struct serve *s = calloc(1, sizeof(*s));

	if (!s)
		return err_set(e, -ENOMEM, "serve metrics");
	for (size_t i = 0; i < COUNT_OF(s->guest); i++)
		s->guest[i].fd = NONE;
	s->listener = NONE;
	s->why = "no look yet\n";
	int r = microhttpd_open(&s->lib, e);
	if (r == 0)
		r = start(s, ev, listen, e);
	if (r < 0) {
		serve_stop(s);
		return r;
	}
	*ret = s;
	return 0;
}

void serve_set(struct serve *s, const char *metrics, size_t bytes, bool ready, const char *why)
{
	struct arena old = s->arena;
	const char *text = metrics ? metrics : s->metrics.data;
	size_t size = metrics ? bytes : s->metrics.size;

	s->arena = (struct arena){ 0 };
	s->metrics =
	    text ? (struct bytes){ str_ndup(&s->arena, text, size), size } : (struct bytes){ 0 };
	arena_done(&old);
	s->why = ready ? NULL
		       : arena_printf(&s->arena, "not ready: %s\n",
				      str_clean(&s->arena, why, strlen(why), WHY_MAX));
}

unsigned serve_port(const struct serve *s)
{
	return s->port;
}

void serve_let_go(struct serve *s)
{
	if (s && s->listener != NONE)
		close(s->listener);
}

void serve_stop(struct serve *s)
{
	if (!s)
		return;
	sd_event_source_disable_unref(s->io);
	sd_event_source_disable_unref(s->timer);
	if (s->daemon)
		s->lib.stop_daemon(s->daemon);
	arena_done(&s->arena);
	free(s);
}

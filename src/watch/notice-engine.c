/* SPDX-License-Identifier: MIT */
/* Engine API, SystemEvents: an answer that does not end, a line for each event. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/docker/connect.h"
#include "host/docker/url.h"
#include "watch/notice.h"

/* {"type":["container"],"event":[...]}: exec_* and the like are many and mean nothing here. */
#define EVENTS                                                                                     \
	"/events?filters=%7B%22type%22%3A%5B%22container%22%5D%2C%22event%22%3A%5B%22create%22%2C" \
	"%22start%22%2C%22die%22%2C%22restart%22%2C%22stop%22%2C%22destroy%22%2C%22oom%22%2C"      \
	"%22pause%22%2C%22unpause%22%2C%22health_status%22%5D%7D"

enum {
	CONNECT_USEC = 2000000,
	BACKOFF_USEC = 1000000, /* doubles, six times */
	BACKOFF_TIMES = 6,
	PATIENT_USEC = 60000000,
	REST_USEC = 20000, /* after a swarm: so that 10,000 events a second still fit the socket */
	READS_AT_ONCE = 64,
	STEADY_USEC = 3000000, /* a line that held so long was a good one */
};

static void lost(struct notice_engine *n);

/* "HTTP/1.1 200": only who answers so has taken the call. */
static bool is_answer(struct notice_engine *n, size_t size)
{
	n->line.end = size;
	n->answered = size >= 12 && memcmp(n->line.in + 8, " 200", 4) == 0;
	return n->answered || size < 12;
}

/* Whatever it says, it says that something happened. Who never stops has to wait, too. */
static bool drain(struct notice_engine *n)
{
	for (int i = 0; i < READS_AT_ONCE; i++) {
		size_t at = n->answered ? 0 : n->line.end;
		ssize_t got =
		    recv(n->line.fd, n->line.in + at, sizeof(n->line.in) - at, MSG_DONTWAIT);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 && errno == EAGAIN;
		if (!n->answered && !is_answer(n, at + (size_t)got))
			return false;
	}
	return true;
}

static int on_rest(sd_event_source *s, uint64_t usec, void *data)
{
	struct notice_engine *n = data;

	(void)s;
	(void)usec;
	return sd_event_source_set_enabled(n->source, SD_EVENT_ON);
}

static int arm(struct notice_engine *n, uint64_t usec, sd_event_time_handler_t what)
{
	n->timer = sd_event_source_disable_unref(n->timer);
	return sd_event_add_time_relative(n->event, &n->timer, CLOCK_MONOTONIC, usec, 1000, what,
					  n);
}

static int on_event(sd_event_source *s, int fd, uint32_t events, void *data)
{
	struct notice_engine *n = data;

	(void)fd;
	(void)events;
	bool goes_on = drain(n);
	n->notice->happened(n->notice->data, false);
	if (!goes_on) {
		lost(n);
		return 0;
	}
	sd_event_source_set_enabled(s, SD_EVENT_OFF);
	return arm(n, REST_USEC, on_rest);
}

static int call(struct notice_engine *n, struct err *e)
{
	ARENA a = { 0 };
	const char *url;
	uint64_t until = http_until(CONNECT_USEC);
	const char *wanted = docker_url_wanted(n->url, n->root, &a);
	int r = docker_find(&n->line, &a, wanted, until, &url, e);

	if (r == 0)
		r = http_send(&n->line, "docker", EVENTS, until, e);
	if (r < 0)
		return r;
	n->answered = false;
	n->line.end = 0;
	n->since_usec = clock_usec();
	return sd_event_add_io(n->event, &n->source, n->line.fd, EPOLLIN, on_event, n);
}

static int on_again(sd_event_source *s, uint64_t usec, void *data)
{
	struct notice_engine *n = data;

	(void)s;
	(void)usec;
	if (call(n, NULL) < 0) {
		lost(n);
		return 0;
	}
	n->notice->happened(n->notice->data, false); /* what was missed meanwhile */
	return 0;
}

static void lost(struct notice_engine *n)
{
	if (n->answered && clock_usec() > n->since_usec + STEADY_USEC)
		n->tries = 0;
	n->answered = false;
	uint64_t wait =
	    n->tries < BACKOFF_TIMES ? (uint64_t)BACKOFF_USEC << n->tries : PATIENT_USEC;

	n->source = sd_event_source_disable_unref(n->source);
	http_close(&n->line);
	if (n->tries++ < BACKOFF_TIMES || !n->patient)
		arm(n, wait, on_again);
}

void notice_engine_again(struct notice_engine *n)
{
	if (n->line.open)
		return;
	n->tries = 0;
	arm(n, REST_USEC, on_again);
}

int notice_engine(struct notice_engine *n, struct err *e)
{
	int r = call(n, e);

	if (r < 0)
		lost(n);
	return r;
}

void notice_engine_end(struct notice_engine *n)
{
	n->source = sd_event_source_disable_unref(n->source);
	n->timer = sd_event_source_disable_unref(n->timer);
	http_close(&n->line);
}

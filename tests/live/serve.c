/* SPDX-License-Identifier: MIT */
/*
 * Serves the metrics of recorded hosts, as the guard serves those of its own.
 * usage: serve LISTEN [RECORDING...]
 * Prints "PORT KIB": the port, and by how much its memory grew. SIGUSR1: the next recording, each
 * as if it had just been looked at; before the first one nothing was looked at. SIGTERM ends it.
 */
#include "watch/serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-event.h>

#include "cmd/look.h"
#include "facts/ready.h"
#include "recording/recording.h"
#include "view/metrics.h"

#if __has_include(<microhttpd.h>)
#include <microhttpd.h>

#include "watch/microhttpd.h"
#define SAME(ours, theirs) _Static_assert((int)(ours) == (int)(theirs), #theirs)
SAME(HTTPD_NO, MHD_NO);
SAME(HTTPD_YES, MHD_YES);
SAME(HTTPD_USE_EPOLL, MHD_USE_EPOLL);
SAME(HTTPD_END, MHD_OPTION_END);
SAME(HTTPD_CONNECTION_MEMORY, MHD_OPTION_CONNECTION_MEMORY_LIMIT);
SAME(HTTPD_CONNECTION_LIMIT, MHD_OPTION_CONNECTION_LIMIT);
SAME(HTTPD_CONNECTION_IDLE, MHD_OPTION_CONNECTION_TIMEOUT);
SAME(HTTPD_LISTEN_SOCKET, MHD_OPTION_LISTEN_SOCKET);
SAME(HTTPD_NOTIFY, MHD_OPTION_NOTIFY_CONNECTION);
SAME(HTTPD_CONNECTION_FD, MHD_CONNECTION_INFO_CONNECTION_FD);
SAME(HTTPD_EPOLL_FD, MHD_DAEMON_INFO_EPOLL_FD);
SAME(HTTPD_MUST_COPY, MHD_RESPMEM_MUST_COPY);
SAME(HTTPD_STARTED, MHD_CONNECTION_NOTIFY_STARTED);
SAME(HTTPD_CLOSED, MHD_CONNECTION_NOTIFY_CLOSED);
#endif

struct server {
	struct serve *serve;
	char **next; /* recording */
};

static void fail(const char *why)
{
	fprintf(stderr, "serve: %s\n", why);
	exit(1);
}

static void tell(struct server *s, const struct look *l)
{
	const struct upkeep upkeep = { .know = KNOWN, .looks = 1 };
	const struct view v = { .facts = &l->facts,
				.report = l->report,
				.version = "test",
				.at_usec = (uint64_t)time(NULL) * 1000000,
				.took_usec = 1000 };
	const char *why;
	bool ready = is_u64(ready_now(&l->facts, &why), 1);
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	view_metrics(f, &v, &upkeep);
	fclose(f);
	serve_set(s->serve, text, size, ready, why);
	free(text);
}

static int on_next(sd_event_source *source, const struct signalfd_siginfo *si, void *data)
{
	struct server *s = data;
	ARENA arena = { 0 };
	const struct look_for wanted = { 0 };
	struct err e = { 0 };

	(void)source;
	(void)si;
	if (!*s->next)
		return 0;
	HOST *h = host_replay(*s->next++, &e);
	if (!h)
		fail(e.text);
	tell(s, look_at(h, &arena, &wanted));
	return 0;
}

static long rss_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long all = 0, rss = 0;

	if (!f || fscanf(f, "%ld %ld", &all, &rss) != 2)
		fail("no /proc/self/statm");
	fclose(f);
	return rss * (sysconf(_SC_PAGESIZE) / 1024);
}

int main(int argc, char *argv[])
{
	struct server s = { .next = argv + 2 };
	struct err e = { 0 };
	sd_event *ev = NULL;
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigaddset(&mask, SIGTERM);
	if (argc < 2 || sigprocmask(SIG_BLOCK, &mask, NULL) < 0 || sd_event_new(&ev) < 0 ||
	    sd_event_add_signal(ev, NULL, SIGUSR1, on_next, &s) < 0 ||
	    sd_event_add_signal(ev, NULL, SIGTERM, NULL, NULL) < 0)
		fail("usage: serve LISTEN [RECORDING...]");
	long before = rss_kib();
	if (serve_start(ev, argv[1], &s.serve, &e) < 0)
		fail(e.text);
	printf("%u %ld\n", serve_port(s.serve), rss_kib() - before);
	fflush(stdout);
	int r = sd_event_loop(ev);
	serve_stop(s.serve);
	sd_event_unref(ev);
	return r < 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * What comes, goes and changes. boltd's signals say only when to look: what is told is the
 * difference between two looks, so that it is the same as in the list.
 */
#include "cmd/enclosure.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/bus.h"
#include "base/clock.h"
#include "base/term.h"

enum {
	OPEN_USEC = 2000000,
	SETTLE_NSEC = 50000000,
};

#define BOLT "org.freedesktop.bolt"

struct look_back {
	struct arena arena; /* owns the rest */
	struct facts *facts;
	struct enclosure_rows rows;
};

struct monitor {
	const struct enclosure_options *o;
	struct host *host;
	struct sd_bus *bus;
	int signals;
	bool stirred; /* something was heard since the last look */
	bool lost;    /* boltd did not answer the last time */
	struct look_back *last;
};

static struct look_back *look_back_new(struct host *h)
{
	ARENA arena = { 0 };
	struct look_back *l = arena_alloc(&arena, sizeof(*l));

	l->facts = arena_alloc(&arena, sizeof(*l->facts));
	l->facts->arena = &l->arena;
	l->rows = enclosure_look(h, l->facts);
	arena_adopt(&l->arena, &arena);
	return l;
}

static void look_back_free(struct look_back *l)
{
	if (!l)
		return;
	struct arena arena = l->arena; /* it owns l too */
	arena_done(&arena);
}

static const char *time_text(struct arena *a, bool json)
{
	struct timespec now;
	struct tm tm;
	char text[40] = "";

	clock_gettime(CLOCK_REALTIME, &now);
	if (json && gmtime_r(&now.tv_sec, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	else if (localtime_r(&now.tv_sec, &tm))
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
	return json ? arena_printf(a, "%s.%03ldZ", text, now.tv_nsec / 1000000) : str_dup(a, text);
}

static void tell(const struct monitor *m, const struct enclosure_row *r, const char *event)
{
	ARENA scratch = { 0 };
	const char *time = time_text(&scratch, m->o->json);

	if (m->o->json) {
		json_auto_t *j = enclosure_json_event(r, event, time);
		json_dumpf(j, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		printf("%s  %-7s  %s, %s (%s)\n", time, event, r->name,
		       enclosure_state(&scratch, r), r->uuid);
	}
}

static const struct enclosure_row *row_of(const struct look_back *l, const char *uuid)
{
	for (size_t i = 0; l && i < l->rows.count; i++)
		if (str_eq(l->rows.row[i].uuid, uuid))
			return &l->rows.row[i];
	return NULL;
}

static bool is_same(const struct enclosure_row *a, const struct enclosure_row *b)
{
	json_auto_t *one = enclosure_json_event(a, "", ""), *two = enclosure_json_event(b, "", "");
	return json_equal(one, two);
}

/* A boltd that does not answer is told once, and what was known of devices is kept meanwhile. */
static bool is_lost(struct monitor *m, const struct look_back *now)
{
	enum know know = now->facts->thunderbolt.bolt_know;

	if (know != KNOWN && !m->lost)
		fprintf(stderr, "egpu: boltd: %s\n", know_why(know));
	m->lost = know != KNOWN;
	return m->lost;
}

static void look_again(struct monitor *m)
{
	struct look_back *now = look_back_new(m->host);
	const struct look_back *before = m->last;

	m->stirred = false;
	if (is_lost(m, now)) {
		look_back_free(now);
		return;
	}
	for (size_t i = 0; before && i < before->rows.count; i++)
		if (!row_of(now, before->rows.row[i].uuid))
			tell(m, &before->rows.row[i], "removed");
	for (size_t i = 0; i < now->rows.count; i++) {
		const struct enclosure_row *r = &now->rows.row[i], *was = row_of(before, r->uuid);
		if (!was || !is_same(was, r))
			tell(m, r, !before ? "there" : was ? "changed" : "added");
	}
	fflush(stdout);
	look_back_free(m->last);
	m->last = now;
}

static int on_signal(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
	struct monitor *m = data;

	(void)message, (void)ret_error;
	m->stirred = true;
	return 0;
}

static int listen_to_bolt(struct monitor *m, struct err *e)
{
	int r = bus_open(&m->bus, clock_usec() + OPEN_USEC);
	if (r >= 0)
		r = bus_watch(m->bus, "type='signal',sender='" BOLT "'", on_signal, m);
	if (r >= 0)
		r = bus_watch(m->bus,
			      "type='signal',sender='org.freedesktop.DBus',"
			      "member='NameOwnerChanged',arg0='" BOLT "'",
			      on_signal, m);
	return r < 0 ? err_set(e, r, "listen on the system bus") : 0;
}

/* 1: somebody wants us to end; 0: something came. */
static int wait_for_more(struct monitor *m, struct err *e)
{
	int events = sd_bus_get_events(m->bus);
	struct pollfd p[] = {
		{ .fd = sd_bus_get_fd(m->bus), .events = (short)(events < 0 ? POLLIN : events) },
		{ .fd = m->signals, .events = POLLIN },
	};
	int r = poll(p, COUNT_OF(p), -1);

	if (r < 0 && errno != EINTR)
		return err_set(e, -errno, "wait");
	return r > 0 && p[1].revents;
}

static int hear(struct monitor *m, struct err *e)
{
	int r;

	do
		r = sd_bus_process(m->bus, NULL);
	while (r > 0);
	return r < 0 ? err_set(e, r, "the system bus broke off") : 0;
}

/* One plug is several signals: they are let come, so that it is one look. */
static int settle(struct monitor *m, struct err *e)
{
	const struct timespec nap = { .tv_nsec = SETTLE_NSEC };

	nanosleep(&nap, NULL);
	return hear(m, e);
}

static int watch(struct monitor *m, struct err *e)
{
	int r = listen_to_bolt(m, e);

	while (r == 0) {
		r = hear(m, e);
		if (r == 0 && m->stirred)
			r = settle(m, e);
		if (r == 0 && m->stirred)
			look_again(m);
		if (r == 0)
			r = wait_for_more(m, e);
	}
	return r < 0 ? r : 0;
}

/* Without boltd nobody would tell when to look. */
static bool has_bolt(struct host *h)
{
	ARENA arena = { 0 };
	struct facts *f = arena_alloc(&arena, sizeof(*f));

	f->arena = &arena;
	const struct enclosure_rows rows = enclosure_look(h, f);
	const struct enclosure_view v = {
		.facts = f,
		.rows = &rows,
		.colour = term_colour(stderr),
		.columns = term_columns(stderr),
	};
	enclosure_text_bolt(stderr, &v);
	return f->thunderbolt.bolt_know == KNOWN;
}

int enclosure_monitor(const struct enclosure_options *o, struct host *h, struct err *e)
{
	struct monitor m = { .o = o, .host = h };
	sigset_t ends;

	if (!has_bolt(h)) {
		fputs("egpu: monitor needs boltd\n", stderr);
		return EXIT_REFUSED;
	}
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	m.signals = signalfd(-1, &ends, SFD_CLOEXEC);
	if (m.signals < 0)
		return err_set(e, -errno, "signalfd");
	m.stirred = true; /* what is there is told first */
	int r = watch(&m, e);
	look_back_free(m.last);
	bus_close(m.bus);
	close(m.signals);
	return r;
}

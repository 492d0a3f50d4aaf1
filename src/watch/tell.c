/* SPDX-License-Identifier: MIT */
#include "watch/tell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-journal.h>

#include "base/json.h"
#include "guard/say.h"
#include "watch/child.h"
#include "watch/keep.h"

enum { HOOK_USEC = 30000000 };

static const char *now_utc(struct arena *a)
{
	char text[32];
	struct tm tm;
	time_t now = time(NULL);

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return str_dup(a, text);
}

static void to_journal(const struct incident *i, const char *text)
{
	sd_journal_send("MESSAGE=%s", text, "PRIORITY=%d", incident_priority(i),
			"MESSAGE_ID=" TELL_MESSAGE_ID, "SYSLOG_IDENTIFIER=egpu-guard",
			"EGPU_CAUSE=%s", i->cause, "EGPU_SUBJECT=%s", i->subject, "EGPU_ACTION=%s",
			deed_name(i->deed), "EGPU_RESULT=%s", outcome_name(i->outcome),
			"EGPU_TRIES=%u", i->tries, "EGPU_LASTED_USEC=%lld",
			(long long)(i->over_usec - i->since_usec), "EGPU_ACTED_USEC=%lld",
			(long long)i->act_took_usec, "EGPU_FAILED=%s", i->failed, NULL);
}

static void to_history(struct tell *t, struct arena *a, const struct incident *i, const char *text)
{
	json_auto_t *j =
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:f, s:f, s:s}", "time", now_utc(a), "cause",
		      i->cause, "subject", i->subject, "action", deed_name(i->deed), "result",
		      outcome_name(i->outcome), "tries", (json_int_t)i->tries, "lasted_seconds",
		      (double)(i->over_usec - i->since_usec) / 1e6, "acted_seconds",
		      (double)i->act_took_usec / 1e6, "text", text);
	char *line = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(6));
	struct err e = { 0 };

	if (t->dir >= 0 && line && keep_history(t->dir, arena_printf(a, "%s\n", line), &e) < 0)
		tell_note(t, LOG_WARNING, "%s", e.text);
	free(line);
}

static void to_bus(struct tell *t, const struct incident *i, const char *text)
{
	if (t->bus)
		sd_bus_emit_signal(t->bus, "/org/egpu/Guard1", "org.egpu.Guard1", "Incident",
				   "sssss", i->cause, i->subject, deed_name(i->deed),
				   outcome_name(i->outcome), text);
}

/* The hook */

struct hook {
	struct tell *tell;
	struct incident incident;
	char text[512], path[256];
};

static int run_hook(void *data, int out)
{
	struct hook *h = data;
	char *argv[] = { h->path, NULL };

	(void)out;
	setenv("EGPU_CAUSE", h->incident.cause, 1);
	setenv("EGPU_SUBJECT", h->incident.subject, 1);
	setenv("EGPU_ACTION", deed_name(h->incident.deed), 1);
	setenv("EGPU_RESULT", outcome_name(h->incident.outcome), 1);
	setenv("EGPU_MESSAGE", h->text, 1);
	execv(h->path, argv);
	return 127;
}

static void on_hook_end(void *data, int status, struct bytes out)
{
	struct hook *h = data;

	(void)out;
	h->tell->hook_runs = false;
	if (status != 0)
		tell_note(h->tell, LOG_WARNING, "the hook %s %s", h->path,
			  status == -ETIMEDOUT ? "did not end within 30 s"
			  : status == 127      ? "could not be started"
					       : "failed");
	free(h);
}

static void to_hook(struct tell *t, const struct incident *i, const char *text)
{
	struct hook *h = *t->want->hook ? malloc(sizeof(*h)) : NULL;

	if (!h)
		return;
	*h = (struct hook){ .tell = t, .incident = *i };
	snprintf(h->text, sizeof(h->text), "%s", text);
	snprintf(h->path, sizeof(h->path), "%s", t->want->hook);
	struct child_work w = { run_hook, on_hook_end, h, HOOK_USEC };
	if (t->hook_runs || child_start(t->event, &w, NULL) < 0) {
		tell_note(t, LOG_WARNING, "the hook %s was not started%s", h->path,
			  t->hook_runs ? ": it still runs" : "");
		free(h);
		return;
	}
	t->hook_runs = true;
}

void tell_incident(struct tell *t, const struct incident *i)
{
	ARENA a = { 0 };
	const char *text = incident_say(&a, i, t->want);

	if (t->to_stderr)
		fprintf(stderr, "%s  %s\n", now_utc(&a), text);
	else
		to_journal(i, text);
	to_history(t, &a, i, text);
	to_bus(t, i, text);
	to_hook(t, i, text);
}

void tell_note(struct tell *t, int priority, const char *fmt, ...)
{
	ARENA a = { 0 };
	va_list ap;

	va_start(ap, fmt);
	const char *text = arena_vprintf(&a, fmt, ap);
	va_end(ap);
	if (t->to_stderr)
		fprintf(stderr, "egpu: %s\n", text);
	else
		sd_journal_send("MESSAGE=%s", text, "PRIORITY=%d", priority,
				"SYSLOG_IDENTIFIER=egpu-guard", NULL);
}

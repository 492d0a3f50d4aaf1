/* SPDX-License-Identifier: MIT */
/* org.freedesktop.systemd1(5), org.freedesktop.login1(5), bolt's D-Bus interface files. */
#include <errno.h>

#include "base/bus.h"
#include "base/clock.h"
#include "base/str.h"
#include "watch/notice.h"

#define SYSTEMD "org.freedesktop.systemd1"

enum { OPEN_USEC = 5000000 };

static int tell(struct notice_bus *b)
{
	b->notice->happened(b->notice->data, true);
	return 0;
}

static int on_anything(sd_bus_message *m, void *data, sd_bus_error *error)
{
	(void)m;
	(void)error;
	return tell(data);
}

/* Reloading(b) and PrepareForSleep(b): true before, false when it is over. */
static int on_over(sd_bus_message *m, void *data, sd_bus_error *error)
{
	int begins = 0;

	(void)error;
	if (sd_bus_message_read(m, "b", &begins) < 0 || begins)
		return 0;
	return tell(data);
}

static bool is_engine(const char *unit)
{
	return str_starts(unit, "docker.") || str_starts(unit, "podman.") ||
	       str_starts(unit, "snap.docker.");
}

static bool is_ours(const char *unit)
{
	static const char *const units[] = { "ollama.service", "nvidia-persistenced.service",
					     "nvidia-cdi-refresh.service", "egpu-ready.service",
					     "bolt.service" };

	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (str_eq(units[i], unit))
			return true;
	return false;
}

/* JobRemoved(uoss): id, path, unit, result. */
static int on_job(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct notice_bus *b = data;
	const char *path, *unit, *result;
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(m, "uoss", &id, &path, &unit, &result) < 0)
		return 0;
	if (is_engine(unit) && b->engine)
		b->engine(b->data);
	if (is_engine(unit) || is_ours(unit))
		tell(b);
	return 0;
}

static int on_disconnected(sd_bus_message *m, void *data, sd_bus_error *error)
{
	(void)data;
	(void)error;
	return sd_event_exit(sd_bus_get_event(sd_bus_message_get_bus(m)), -ECONNRESET);
}

static int listen_to(struct notice_bus *b)
{
	int r = sd_bus_match_signal_async(b->bus, NULL, SYSTEMD, "/org/freedesktop/systemd1",
					  SYSTEMD ".Manager", "Reloading", on_over, NULL, b);

	if (r >= 0)
		r = sd_bus_match_signal_async(b->bus, NULL, SYSTEMD, "/org/freedesktop/systemd1",
					      SYSTEMD ".Manager", "JobRemoved", on_job, NULL, b);
	if (r >= 0)
		r = sd_bus_match_signal_async(b->bus, NULL, "org.freedesktop.bolt", NULL, NULL,
					      NULL, on_anything, NULL, b);
	if (r >= 0)
		r = sd_bus_match_signal_async(b->bus, NULL, "org.freedesktop.login1", NULL,
					      "org.freedesktop.login1.Manager", "PrepareForSleep",
					      on_over, NULL, b);
	if (r >= 0)
		r = sd_bus_match_signal_async(b->bus, NULL, "org.freedesktop.DBus.Local", NULL,
					      "org.freedesktop.DBus.Local", "Disconnected",
					      on_disconnected, NULL, b);
	/* systemd tells of jobs only while somebody has subscribed; nobody needs the answer */
	if (r >= 0)
		r = sd_bus_call_method_async(b->bus, NULL, SYSTEMD, "/org/freedesktop/systemd1",
					     SYSTEMD ".Manager", "Subscribe", NULL, NULL, NULL);
	return r;
}

int notice_bus(struct notice_bus *b, sd_event *event, const struct notice *n, struct err *e)
{
	b->notice = n;
	int r = bus_open(&b->bus, clock_usec() + OPEN_USEC);

	if (r >= 0)
		r = listen_to(b);
	if (r >= 0)
		r = sd_bus_attach_event(b->bus, event, SD_EVENT_PRIORITY_NORMAL);
	if (r >= 0)
		return 0;
	notice_bus_end(b);
	return err_set(e, r, "listen to the system bus");
}

void notice_bus_end(struct notice_bus *b)
{
	if (b->bus)
		sd_bus_detach_event(b->bus);
	bus_close(b->bus);
	b->bus = NULL;
}

/* SPDX-License-Identifier: MIT */
/* systemd over the system bus, as systemctl does it. org.freedesktop.systemd1(5). */
#include "apply/act.h"

#include <errno.h>
#include <string.h>

#include "base/bus.h"
#include "base/clock.h"

enum {
	/* A stop that is not obeyed ends by force after 90 s, and a start fails then
	 * (DefaultTimeoutStopSec, DefaultTimeoutStartSec): their result is worth waiting for. */
	DEADLINE_SEC = 120,
	RESULT_MAX = 64,
};

#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define MANAGER SYSTEMD ".Manager"

struct job {
	const char *path; /* systemd's name for it; NULL: not known yet */
	bool done;
	char result[RESULT_MAX];
};

/* What one step has at hand. */
struct deed {
	struct sd_bus *bus;
	struct act_wait wait;
	const struct unit_change *unit;
	struct arena *a;
	struct job job;
};

static int on_job_removed(sd_bus_message *m, void *data, sd_bus_error *ret_error)
{
	struct job *job = data;
	const char *path, *unit, *result;
	uint32_t id;

	(void)ret_error;
	if (sd_bus_message_read(m, "uoss", &id, &path, &unit, &result) <= 0 ||
	    !str_eq(job->path, path))
		return 0;
	job->done = true;
	strncpy(job->result, result, RESULT_MAX - 1);
	return 0;
}

static int new_call(struct deed *d, const char *member, sd_bus_message **ret, struct err *e)
{
	int r = sd_bus_message_new_method_call(d->bus, ret, SYSTEMD, SYSTEMD_PATH, MANAGER, member);
	return r < 0 ? err_set(e, r, "%s", member) : 0;
}

/* A method of the manager with words only ("", "s", "ss"). */
static int call(struct deed *d, const char *member, const char *types, const char *one,
		const char *two, sd_bus_message **ret, struct err *e)
{
	BUS_MESSAGE *m = NULL;
	int r = new_call(d, member, &m, e);
	if (r == 0 && *types)
		r = sd_bus_message_append(m, types, one, two);
	return r < 0 ? r : bus_call(d->bus, m, d->wait.until_usec, ret, e);
}

static int reload(struct deed *d, struct err *e)
{
	return call(d, "Reload", "", NULL, NULL, NULL, e);
}

static int reset_failed(struct deed *d, struct err *e)
{
	return call(d, "ResetFailedUnit", "s", d->unit->name, NULL, NULL, e);
}

/* Links of the unit's file. The flags: only until the next boot; and (enable) over others' links.
 */
static int change_files(struct deed *d, const char *member, bool takes_force, struct err *e)
{
	BUS_MESSAGE *m = NULL, *reply = NULL;
	int carries = 1;
	int r = new_call(d, member, &m, e);
	if (r == 0)
		r = sd_bus_message_append(m, "asb", 1, d->unit->name, 0);
	if (r >= 0 && takes_force)
		r = sd_bus_message_append(m, "b", 0);
	if (r >= 0)
		r = bus_call(d->bus, m, d->wait.until_usec, &reply, e);
	if (r >= 0 && takes_force)
		r = sd_bus_message_read(reply, "b", &carries);
	if (r < 0)
		return r;
	if (!carries)
		return err_say(e, -EOPNOTSUPP, "it has no [Install] section that would say when");
	return reload(d, e);
}

static int enable(struct deed *d, struct err *e)
{
	return change_files(d, "EnableUnitFiles", true, e);
}

static int disable(struct deed *d, struct err *e)
{
	return change_files(d, "DisableUnitFiles", false, e);
}

static int unmask(struct deed *d, struct err *e)
{
	return change_files(d, "UnmaskUnitFiles", false, e);
}

static int wait_job(struct deed *d, struct err *e)
{
	while (!d->job.done) {
		int r = bus_turn(d->bus, act_tell(&d->wait));
		if (r < 0 && r != -ETIMEDOUT)
			return err_set(e, r, "the bus broke off");
		if (!d->job.done && act_is_over(&d->wait))
			return err_say(e, -ETIMEDOUT, "not done within %d s", DEADLINE_SEC);
	}
	return 0;
}

/* Property of a unit's service; "" where it has none. */
static const char *service_result(struct deed *d)
{
	BUS_MESSAGE *m = NULL, *reply = NULL, *unit = NULL;
	const char *path, *result;

	if (call(d, "GetUnit", "s", d->unit->name, NULL, &unit, NULL) < 0 ||
	    sd_bus_message_read(unit, "o", &path) <= 0)
		return "";
	int r = sd_bus_message_new_method_call(d->bus, &m, SYSTEMD, path,
					       "org.freedesktop.DBus.Properties", "Get");
	if (r >= 0)
		r = sd_bus_message_append(m, "ss", SYSTEMD ".Service", "Result");
	if (r >= 0)
		r = bus_call(d->bus, m, d->wait.until_usec, &reply, NULL);
	if (r < 0 || sd_bus_message_read(reply, "v", "s", &result) <= 0)
		return "";
	return str_clean(d->a, result, strlen(result), RESULT_MAX);
}

/* Why a job was not done: its own result, or of one that "failed" the result of the service. */
static int judge_job(struct deed *d, struct err *e)
{
	static const struct {
		const char *result, *text;
	} known[] = {
		{ "canceled", "another job took its place" },
		{ "timeout", "it took too long" },
		{ "dependency", "a unit that it needs failed" },
		{ "invalid", "it cannot be done to a unit in its state" },
		{ "assert", "an assertion of the unit does not hold" },
		{ "unsupported", "this system does not support that kind of unit" },
		{ "skipped", "it does not apply to the unit" },
		{ "exit-code", "its program ended with an error" },
		{ "signal", "its program was killed" },
		{ "core-dump", "its program crashed" },
		{ "start-limit-hit", "it was started too often in a short time" },
		{ "resources", "systemd could not set it up" },
	};
	const char *result = d->job.result, *why = service_result(d);

	if (str_eq(result, "done"))
		return 0;
	result = str_eq(result, "failed") && *why ? why : result;
	result = str_clean(d->a, result, strlen(result), RESULT_MAX);
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (str_eq(result, known[i].result))
			result = known[i].text;
	return err_say(e, -EIO, "%s; journalctl -b -n 20 -u %s", result,
		       str_quoted(d->a, d->unit->name));
}

/* Who is not subscribed hears of no job: systemd sends them to nobody then. */
static int run_job(struct deed *d, const char *member, struct err *e)
{
	BUS_MESSAGE *reply = NULL;
	const char *path;
	int r = bus_watch(d->bus,
			  "type='signal',sender='" SYSTEMD "',path='" SYSTEMD_PATH
			  "',interface='" MANAGER "',member='JobRemoved'",
			  on_job_removed, &d->job);

	if (r < 0)
		return err_set(e, r, "watch its jobs");
	r = call(d, "Subscribe", "", NULL, NULL, NULL, e);
	if (r < 0 && r != -EHOSTDOWN) /* "AlreadySubscribed" is systemd's own error */
		return r;
	r = call(d, member, "ss", d->unit->name, "replace", &reply, e);
	if (r < 0)
		return r;
	if (sd_bus_message_read(reply, "o", &path) <= 0)
		return err_say(e, -EBADMSG, "an answer that is no job");
	d->job.path = str_dup(d->a, path);
	r = wait_job(d, e);
	return r < 0 ? r : judge_job(d, e);
}

static int start(struct deed *d, struct err *e)
{
	return run_job(d, "StartUnit", e);
}

/*
 * Handed to systemd, which starts it when its turn comes. Whoever runs as a unit that others start
 * after must not wait for one of them: that one waits for him.
 */
static int start_later(struct deed *d, struct err *e)
{
	return call(d, "StartUnit", "ss", d->unit->name, "replace", NULL, e);
}

static int stop(struct deed *d, struct err *e)
{
	return run_job(d, "StopUnit", e);
}

static int restart(struct deed *d, struct err *e)
{
	return run_job(d, "RestartUnit", e);
}

static const struct {
	const char *verb;
	int (*run)(struct deed *d, struct err *e);
} verbs[] = {
	{ "enable", enable }, { "disable", disable },      { "start", start },
	{ "stop", stop },     { "restart", restart },      { "reset-failed", reset_failed },
	{ "unmask", unmask }, { "daemon-reload", reload }, { "start --no-block", start_later },
};

int apply_unit(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e)
{
	struct deed d = { .wait = act_wait(to, s, DEADLINE_SEC), .unit = &s->unit, .a = a };
	const char *name = s->unit.name ? s->unit.name : "";
	const char *gap = *name ? " " : "";
	size_t i = 0;

	while (i < COUNT_OF(verbs) && !str_eq(s->unit.verb, verbs[i].verb))
		i++;
	if (i == COUNT_OF(verbs))
		return err_say(e, -EINVAL, "no such change of a unit: %s",
			       s->unit.verb ? s->unit.verb : "none");
	int r = bus_open(&d.bus, d.wait.until_usec);
	if (r < 0)
		return err_set(e, r, "%s%s%s: no system bus to ask systemd on", s->unit.verb, gap,
			       name);
	r = verbs[i].run(&d, e);
	bus_close(d.bus);
	return r < 0 ? err_wrap(e, r, "%s%s%s", s->unit.verb, gap, name) : 0;
}

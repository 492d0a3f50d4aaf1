/* SPDX-License-Identifier: MIT */
/* boltd over the system bus, as boltctl does it. org.freedesktop.bolt1 (bolt's interface file). */
#include "apply/act.h"

#include <errno.h>

#include "base/bus.h"

/* Authorising makes the kernel train the PCIe tunnel, and a person may have to give a password. */
enum { DEADLINE_SEC = 120 };

#define BOLT "org.freedesktop.bolt"
#define MANAGER BOLT "1.Manager"
#define DEVICE BOLT "1.Device"
#define PROPERTIES "org.freedesktop.DBus.Properties"

struct deed {
	struct sd_bus *bus;
	uint64_t until_usec;
	const struct enclosure_change *change;
	const char *path; /* boltd's object */
	const char *status;
	bool stored;
};

static int new_call(struct deed *d, const char *path, const char *interface, const char *member,
		    sd_bus_message **ret)
{
	return sd_bus_message_new_method_call(d->bus, ret, BOLT, path, interface, member);
}

/* Asks what was built so far; r is the building's. */
static int send(struct deed *d, int r, sd_bus_message *m, sd_bus_message **ret, struct err *e)
{
	return r < 0 ? err_set(e, r, "a question to boltd")
		     : bus_call(d->bus, m, d->until_usec, ret, e);
}

/* A method of the manager with up to three words. */
static int manage(struct deed *d, const char *member, const char *types, const char *word[3],
		  sd_bus_message **ret, struct err *e)
{
	BUS_MESSAGE *m = NULL;
	int r = new_call(d, "/org/freedesktop/bolt", MANAGER, member, &m);
	for (size_t i = 0; r >= 0 && types[i]; i++)
		r = sd_bus_message_append(m, "s", word[i]);
	return send(d, r, m, ret, e);
}

static int get(struct deed *d, const char *property, sd_bus_message **ret, struct err *e)
{
	BUS_MESSAGE *m = NULL;
	int r = new_call(d, d->path, PROPERTIES, "Get", &m);
	if (r >= 0)
		r = sd_bus_message_append(m, "ss", DEVICE, property);
	return send(d, r, m, ret, e);
}

/* Where the device is, whether it is authorised and whether it is stored. */
static int find(struct deed *d, struct arena *a, struct err *e)
{
	BUS_MESSAGE *object = NULL, *status = NULL, *stored = NULL;
	const char *path = NULL, *text = NULL;
	int flag = 0;
	int r = manage(d, "DeviceByUid", "s", (const char *[3]){ d->change->uuid }, &object, e);

	if (r < 0)
		return r;
	if (sd_bus_message_read(object, "o", &path) <= 0)
		return err_say(e, -EBADMSG, "an answer of boltd that is no device");
	d->path = str_dup(a, path);
	r = get(d, "Status", &status, e);
	if (r >= 0)
		r = get(d, "Stored", &stored, e);
	if (r < 0)
		return r;
	if (sd_bus_message_read(status, "v", "s", &text) <= 0 ||
	    sd_bus_message_read(stored, "v", "b", &flag) <= 0)
		return err_say(e, -EBADMSG, "an answer of boltd that is no status");
	d->status = str_dup(a, text);
	d->stored = flag;
	return 0;
}

static int authorize(struct deed *d, struct err *e)
{
	BUS_MESSAGE *m = NULL;

	if (str_eq(d->status, "authorized"))
		return 0;
	if (str_eq(d->status, "disconnected"))
		return err_say(e, -ENOTCONN, "it is not connected");
	int r = new_call(d, d->path, DEVICE, "Authorize", &m);
	if (r >= 0)
		r = sd_bus_message_append(m, "s", "");
	return send(d, r, m, NULL, e);
}

static int set_policy(struct deed *d, const char *policy, struct err *e)
{
	BUS_MESSAGE *m = NULL;
	int r = new_call(d, d->path, PROPERTIES, "Set", &m);
	if (r >= 0)
		r = sd_bus_message_append(m, "ssv", DEVICE, "Policy", "s", policy);
	return send(d, r, m, NULL, e);
}

/* boltd enrols only what it has not stored; of what it has the policy can be changed. */
static int enroll(struct deed *d, struct err *e)
{
	const char *policy = d->change->policy ? d->change->policy : "default";

	if (!d->stored)
		return manage(d, "EnrollDevice", "sss",
			      (const char *[3]){ d->change->uuid, policy, "" }, NULL, e);
	int r = str_eq(policy, "default") ? 0 : set_policy(d, policy, e);
	if (r < 0 || str_eq(d->status, "disconnected"))
		return r;
	return authorize(d, e);
}

static int forget(struct deed *d, struct err *e)
{
	if (!d->stored)
		return 0;
	return manage(d, "ForgetDevice", "s", (const char *[3]){ d->change->uuid }, NULL, e);
}

static const struct {
	const char *verb;
	int (*run)(struct deed *d, struct err *e);
} verbs[] = {
	{ "authorize", authorize },
	{ "enroll", enroll },
	{ "forget", forget },
};

static int reach(struct deed *d, struct err *e)
{
	int r = bus_open(&d->bus, d->until_usec);
	return r < 0 ? err_set(e, r, "no system bus to ask boltd on") : 0;
}

int apply_enclosure(const struct apply_to *to, struct arena *a, const struct step *s, struct err *e)
{
	const struct enclosure_change *c = &s->enclosure;
	struct deed d = { .until_usec = act_wait(to, s, DEADLINE_SEC).until_usec, .change = c };
	size_t i = 0;

	while (i < COUNT_OF(verbs) && !str_eq(c->verb, verbs[i].verb))
		i++;
	if (i == COUNT_OF(verbs) || !c->uuid)
		return err_say(e, -EINVAL, "no such change of an enclosure: %s",
			       c->verb ? c->verb : "none");
	int r = reach(&d, e);
	if (r == 0)
		r = find(&d, a, e);
	if (r == 0)
		r = verbs[i].run(&d, e);
	bus_close(d.bus);
	if (r == -ENOENT && d.bus && !d.path)
		return err_say(e, r, "%s %s: boltd is not installed", c->verb, c->uuid);
	return r < 0 ? err_wrap(e, r, "%s %s", c->verb, c->uuid) : 0;
}

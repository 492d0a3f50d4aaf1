/* SPDX-License-Identifier: MIT */
/*
 * boltd and systemd, over the system bus. org.freedesktop.bolt1 (bolt's
 * interface files), org.freedesktop.systemd1(5).
 */
#include "base/bus.h"
#include "base/clock.h"
#include "base/dbus-json.h"
#include "host/sources.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <systemd/sd-bus.h>

enum {
	ANSWER_USEC = 1000000, /* one question, with everything that it takes */
	ANSWER_MAX = 4 << 20,
	DEVICES_MAX = 64,
	CALLS_MAX = 160, /* every property of a dozen units */
	GATHER_NSEC = 200000,
	UNIT_NAME_MAX = 255, /* as systemd itself has it */
};

#define BOLT "org.freedesktop.bolt"
#define BOLT_PATH "/org/freedesktop/bolt"
#define SYSTEMD "org.freedesktop.systemd1"

/* One question of ours: its calls go out together, and all end by its deadline. */

struct call {
	sd_bus_slot *slot;
	bool answered;
	int code;     /* negative errno, once answered */
	json_t *json; /* the reply's first value */
	json_t *of;   /* a property: of that unit */
	const char *property;
};

struct batch {
	struct sd_bus *bus;
	uint64_t until_usec;
	struct call call[CALLS_MAX];
	size_t count;
};

static void batch_done(struct batch *b)
{
	for (size_t i = 0; i < b->count; i++) {
		sd_bus_slot_unref(b->call[i].slot);
		json_decref(b->call[i].json);
	}
	b->count = 0;
}
#define BATCH __attribute__((cleanup(batch_done))) struct batch

static int on_reply(sd_bus_message *m, void *data, sd_bus_error *ret_error)
{
	struct call *c = data;
	const sd_bus_error *error = sd_bus_message_get_error(m);

	(void)ret_error;
	c->answered = true;
	if (error) {
		c->code = bus_error_code(error);
		return 0;
	}
	c->json = json_of_message(m);
	c->code = c->json ? 0 : -EBADMSG;
	return 0;
}

static int batch_add(struct batch *b, sd_bus_message *m)
{
	if (b->count == CALLS_MAX)
		return -EFBIG;
	struct call *c = &b->call[b->count];
	*c = (struct call){ 0 };
	int r = sd_bus_call_async(b->bus, &c->slot, m, on_reply, c, bus_left_usec(b->until_usec));
	if (r >= 0)
		b->count++;
	return r;
}

static int batch_add_get(struct batch *b, const char *to, const char *path, const char *interface,
			 const char *property)
{
	BUS_MESSAGE *m = NULL;
	const char *member = property ? "Get" : "GetAll";
	int r = sd_bus_message_new_method_call(b->bus, &m, to, path,
					       "org.freedesktop.DBus.Properties", member);
	if (r >= 0)
		r = sd_bus_message_append(m, property ? "ss" : "s", interface, property);
	return r < 0 ? r : batch_add(b, m);
}

static size_t unanswered(const struct batch *b)
{
	size_t n = 0;
	for (size_t i = 0; i < b->count; i++)
		n += !b->call[i].answered;
	return n;
}

/* Answers come one by one: to be woken for each takes longer than to let some of them gather. */
static void let_gather(const struct batch *b)
{
	const struct timespec nap = { .tv_nsec = GATHER_NSEC };
	if (unanswered(b) > 1)
		nanosleep(&nap, NULL);
}

static int batch_run(struct batch *b)
{
	while (unanswered(b)) {
		int r = sd_bus_process(b->bus, NULL);
		if (r == 0 && clock_usec() >= b->until_usec)
			return -ETIMEDOUT;
		if (r == 0) {
			r = sd_bus_wait(b->bus, bus_left_usec(b->until_usec));
			let_gather(b);
		}
		if (r < 0 && r != -EINTR)
			return r;
	}
	return 0;
}

/* -EBADR: no such object or property (any more), which is for the caller to judge. */
static int first_failure(const struct batch *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (b->call[i].code < 0 && b->call[i].code != -EBADR)
			return b->call[i].code;
	return 0;
}

static int batch_finish(struct batch *b)
{
	int r = batch_run(b);
	return r < 0 ? r : first_failure(b);
}

static int append_texts(sd_bus_message *m, const struct names *texts)
{
	int r = sd_bus_message_open_container(m, 'a', "s");
	for (size_t i = 0; r >= 0 && i < texts->count; i++)
		r = sd_bus_message_append(m, "s", texts->name[i]);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

/*
 * A method alone; types is "s", or "as" of all texts, or NULL without an
 * argument. The caller owns *ret.
 */
static int call_method(struct batch *b, const char *to, const char *path, const char *interface,
		       const char *member, const char *types, const struct names *texts,
		       json_t **ret)
{
	BUS_MESSAGE *m = NULL;
	int r = sd_bus_message_new_method_call(b->bus, &m, to, path, interface, member);
	if (r >= 0 && str_eq(types, "as"))
		r = append_texts(m, texts);
	else if (r >= 0 && types)
		r = sd_bus_message_append(m, "s", texts->name[0]);
	if (r >= 0)
		r = batch_add(b, m);
	if (r >= 0)
		r = batch_finish(b);
	if (r >= 0 && !b->call[0].json)
		r = b->call[0].code;
	if (r >= 0)
		*ret = json_incref(b->call[0].json);
	batch_done(b);
	return r < 0 ? r : 0;
}

/* The connection. */

/* A bus that broke off, or that did not answer, is not spoken to again: next time on a new line. */
static int give_up_bus(struct live *l, int r)
{
	if (r == -ENOTCONN || r == -ECONNRESET || r == -ETIMEDOUT || r == -EPIPE) {
		bus_close(l->bus);
		l->bus = NULL;
	}
	return r;
}

static int start(struct live *l, struct batch *b, struct err *e)
{
	b->until_usec = clock_usec() + ANSWER_USEC;
	int r = l->bus ? 0 : bus_open(&l->bus, b->until_usec);
	if (r < 0)
		return err_set(e, r, "no system bus");
	b->bus = l->bus;
	return 0;
}

static int answer(struct arena *a, const json_t *json, struct bytes *ret)
{
	const size_t flags = JSON_INDENT(1) | JSON_SORT_KEYS | JSON_ENCODE_ANY;
	size_t size = json_dumpb(json, NULL, 0, flags);
	if (size == 0 || size > ANSWER_MAX)
		return size ? -EFBIG : -EBADMSG;
	char *text = arena_room(a, size + 2);
	json_dumpb(json, text, size, flags);
	text[size] = '\n';
	text[size + 1] = '\0';
	*ret = (struct bytes){ text, size + 1 };
	return 0;
}

/* boltd. */

static int bolt_manager(struct batch *b, json_t **ret)
{
	const char *interface = "org.freedesktop.bolt1.Manager";
	return call_method(b, BOLT, BOLT_PATH, "org.freedesktop.DBus.Properties", "GetAll", "s",
			   &(struct names){ &interface, 1 }, ret);
}

/* A device that was forgotten since it was listed is left out. */
static int bolt_devices(struct batch *b, json_t **ret)
{
	json_auto_t *paths = NULL;
	json_t *device = json_array();
	*ret = device;

	int r = call_method(b, BOLT, BOLT_PATH, "org.freedesktop.bolt1.Manager", "ListDevices",
			    NULL, NULL, &paths);
	for (size_t i = 0; r >= 0 && i < json_array_size(paths); i++)
		r = batch_add_get(b, BOLT, json_string_value(json_array_get(paths, i)),
				  "org.freedesktop.bolt1.Device", NULL);
	if (r >= 0)
		r = batch_finish(b);
	for (size_t i = 0; r >= 0 && i < b->count; i++) {
		if (!b->call[i].json)
			continue;
		json_object_set(b->call[i].json, "path", json_array_get(paths, i));
		json_array_append(device, b->call[i].json);
	}
	return r;
}

static const struct {
	const char *question;
	int (*ask)(struct batch *b, json_t **ret);
} bolt_questions[] = {
	{ "manager", bolt_manager },
	{ "devices", bolt_devices },
};

int bolt_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
	     struct err *e)
{
	BATCH b = { 0 };
	json_auto_t *json = NULL;
	size_t n = 0;

	while (n < COUNT_OF(bolt_questions) && !str_eq(question, bolt_questions[n].question))
		n++;
	if (n == COUNT_OF(bolt_questions))
		return err_set(e, -ENOENT, "bolt: no such question: %s", question);
	int r = start(l, &b, e);
	if (r < 0)
		return err_wrap(e, r, "bolt");
	r = bolt_questions[n].ask(&b, &json);
	if (r >= 0)
		r = answer(a, json, ret);
	batch_done(&b);
	return r < 0 ? err_set(e, give_up_bus(l, r), "bolt: %s", question) : 0;
}

/* systemd. */

/* In which states of a unit a property says something that is not clear without it. */
enum { IN_ANY, UNLESS_INACTIVE, IN_TROUBLE };

static const struct property {
	const char *interface, *name;
	int when;
	const char *of; /* NULL: of any unit */
} unit_properties[] = {
	{ SYSTEMD ".Unit", "UnitFileState", IN_ANY },
	{ SYSTEMD ".Unit", "ActiveEnterTimestamp", UNLESS_INACTIVE },
	{ SYSTEMD ".Unit", "ActiveEnterTimestampMonotonic", UNLESS_INACTIVE },
	{ SYSTEMD ".Unit", "InactiveExitTimestampMonotonic", UNLESS_INACTIVE },
	{ SYSTEMD ".Service", "ExecStart", IN_ANY },
	{ SYSTEMD ".Service", "Result", IN_TROUBLE },
	{ SYSTEMD ".Service", "NRestarts", IN_TROUBLE },
	{ SYSTEMD ".Service", "Environment", IN_ANY, "ollama.service" },
	{ SYSTEMD ".Service", "EnvironmentFiles", IN_ANY, "ollama.service" },
	{ SYSTEMD ".Socket", "Listen", IN_ANY },
};

/*
 * Units that were announced are asked for all together at the first question
 * about one of them: a call for each would wait for systemd each time.
 */
void systemd_expect(struct live *l, const char *question)
{
	if (!str_starts(question, "unit/"))
		return;
	const char *name = question + strlen("unit/");
	if (!l->units)
		l->units = json_object();
	if (!json_object_get(l->units, name))
		json_object_set_new(l->units, name, json_null());
}

/* Columns of ListUnitsByNames' answer, a(ssssssouso). */
enum { COLUMN_ID, COLUMN_LOAD = 2, COLUMN_ACTIVE, COLUMN_SUB, COLUMN_PATH = 6 };

static const char *text_at(const json_t *row, size_t column)
{
	return json_string_value(json_array_get(row, column));
}

static bool is_found(const json_t *row)
{
	const char *load = text_at(row, COLUMN_LOAD);
	return load && !str_eq(load, "not-found");
}

/* An interface is named as the ends of its units: ".Socket" for "docker.socket". */
static bool has_interface(const char *name, const char *interface)
{
	const char *end = strrchr(name, '.');

	return str_ends(interface, ".Unit") ||
	       (end && strcasecmp(end, strrchr(interface, '.')) == 0);
}

static bool is_for(const struct property *p, const json_t *row, const char *name)
{
	const char *active = text_at(row, COLUMN_ACTIVE);
	bool inactive = str_eq(active, "inactive");
	bool well = inactive || str_eq(active, "active");

	return has_interface(name, p->interface) && (!p->of || str_eq(p->of, name)) &&
	       (p->when == IN_ANY || (p->when == UNLESS_INACTIVE ? !inactive : !well));
}

static json_t *unit_of(const json_t *row)
{
	return json_pack("{sOsOsOsO}", "Id", json_array_get(row, COLUMN_ID), "LoadState",
			 json_array_get(row, COLUMN_LOAD), "ActiveState",
			 json_array_get(row, COLUMN_ACTIVE), "SubState",
			 json_array_get(row, COLUMN_SUB));
}

static int add_property(struct batch *b, const json_t *row, const char *interface, const char *name,
			json_t *unit)
{
	int r = batch_add_get(b, SYSTEMD, text_at(row, COLUMN_PATH), interface, name);

	if (r >= 0) {
		b->call[b->count - 1].of = unit;
		b->call[b->count - 1].property = name;
	}
	return r;
}

/* One by one, since all properties of a service are 20 KiB, which cost systemd 1 ms and more. */
static int add_properties(struct batch *b, const json_t *row, const char *name, json_t *unit)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && is_found(row) && i < COUNT_OF(unit_properties); i++) {
		const struct property *p = &unit_properties[i];
		if (is_for(p, row, name))
			r = add_property(b, row, p->interface, p->name, unit);
	}
	return r;
}

/* What starts a unit that nobody enabled; of the others nobody wants to know. */
static int add_starters(struct batch *b, const json_t *row, json_t *unit)
{
	const char *state = json_string_value(json_object_get(unit, "UnitFileState"));

	if (!is_found(row) || str_eq(state, "enabled"))
		return 0;
	return add_property(b, row, SYSTEMD ".Unit", "WantedBy", unit);
}

static int finish_properties(struct batch *b)
{
	int r = batch_finish(b);

	for (size_t i = 0; r >= 0 && i < b->count; i++)
		if (b->call[i].json)
			json_object_set(b->call[i].of, b->call[i].property, b->call[i].json);
	batch_done(b);
	return r;
}

/* Asks for every unit that waits in *units, and puts its answer there. */
static int ask_units(struct batch *b, json_t *units, const struct names *name)
{
	json_auto_t *rows = NULL, *found = json_object();
	int r = call_method(b, SYSTEMD, "/org/freedesktop/systemd1", SYSTEMD ".Manager",
			    "ListUnitsByNames", "as", name, &rows);

	/* systemd passes over what is no name of a unit: then the rows are not those asked for. */
	if (r >= 0 && json_array_size(rows) != name->count)
		return -ENOENT;
	for (size_t i = 0; r >= 0 && i < name->count; i++) {
		const json_t *row = json_array_get(rows, i);
		json_t *unit = text_at(row, COLUMN_PATH) ? unit_of(row) : NULL;
		if (!unit || json_object_set_new(found, name->name[i], unit) < 0)
			return -EBADMSG;
		r = add_properties(b, row, name->name[i], unit);
	}
	if (r >= 0)
		r = finish_properties(b);
	for (size_t i = 0; r >= 0 && i < name->count; i++)
		r = add_starters(b, json_array_get(rows, i), json_object_get(found, name->name[i]));
	if (r >= 0)
		r = finish_properties(b);
	return r < 0 ? r : json_object_update(units, found);
}

/* The units that wait for their answer; name alone where there are too many for one batch. */
static struct names waiting(struct arena *a, json_t *units, const char *name)
{
	struct names n = { arena_alloc(a, (1 + json_object_size(units)) * sizeof(*n.name)), 0 };
	const char *key;
	json_t *value;

	json_object_foreach(units, key, value)
	{
		if (json_is_null(value))
			n.name[n.count++] = key;
	}
	if (n.count * COUNT_OF(unit_properties) <= CALLS_MAX)
		return n;
	n.name[0] = name;
	n.count = 1;
	return n;
}

int systemd_ask(struct live *l, struct arena *a, const char *question, struct bytes *ret,
		struct err *e)
{
	BATCH b = { 0 };
	const char *name = question + strlen("unit/");
	int r = 0;

	if (!str_starts(question, "unit/") || strlen(name) > UNIT_NAME_MAX)
		return err_set(e, -ENOENT, "systemd: no such question: %s", question);
	systemd_expect(l, question);
	if (json_is_null(json_object_get(l->units, name))) {
		struct names wanted = waiting(a, l->units, name);
		r = start(l, &b, e);
		if (r < 0)
			return err_wrap(e, r, "systemd");
		r = ask_units(&b, l->units, &wanted);
	}
	const json_t *unit = json_object_get(l->units, name);
	if (r >= 0)
		r = json_is_object(unit) ? answer(a, unit, ret) : -ENOENT;
	/* Asked again, it is looked at anew. */
	json_object_del(l->units, name);
	batch_done(&b);
	return r < 0 ? err_set(e, give_up_bus(l, r), "systemd: %s", name) : 0;
}

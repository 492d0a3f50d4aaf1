/* SPDX-License-Identifier: MIT */
/* What boltd knows of Thunderbolt devices. bolt's data/org.freedesktop.bolt.xml. */
#include "collect/collect.h"

#include <string.h>

#include "base/json.h"
#include "collect/udev.h"

enum { DEVICES_MAX = 64 };

static struct maybe_text text_of(struct arena *a, const json_t *object, const char *key)
{
	const char *from = arena_printf(a, "bolt:manager %s", key);
	const json_t *v = json_object_get(object, key);
	if (!v)
		return unknown_text(ABSENT, from);
	if (json_is_integer(v))
		return known_text(arena_printf(a, "%lld", (long long)json_integer_value(v)), from);
	if (!json_is_string(v))
		return unknown_text(UNREADABLE, from);
	return known_text(json_text(a, v), from);
}

/* A number that cannot be is 0, which is no generation either. */
static uint64_t count_of(const json_t *v)
{
	json_int_t n = json_integer_value(v);
	return n > 0 ? (uint64_t)n : 0;
}

static struct bolt_device device_of(struct arena *a, const json_t *d)
{
	bool stored = json_is_true(json_object_get(d, "Stored"));
	return (struct bolt_device){
		.uuid = json_text(a, json_object_get(d, "Uid")),
		.name = json_text(a, json_object_get(d, "Name")),
		.vendor = json_text(a, json_object_get(d, "Vendor")),
		.type = json_text(a, json_object_get(d, "Type")),
		.status = json_text(a, json_object_get(d, "Status")),
		.auth_flags = json_text(a, json_object_get(d, "AuthFlags")),
		/* boltd says "default" also of what it has not stored. */
		.policy = stored ? json_text(a, json_object_get(d, "Policy")) : "",
		.syspath = json_text(a, json_object_get(d, "SysfsPath")),
		.generation = count_of(json_object_get(d, "Generation")),
		.stored = stored,
	};
}

static json_t *ask(struct facts *f, struct host *h, const char *question, enum know *ret_know)
{
	struct bytes answer;
	int r = host_ask(h, f->arena, SOURCE_BOLT, question, &answer, NULL);
	json_t *json = r < 0 ? NULL : json_parse(answer, question, NULL);

	*ret_know = r < 0 ? know_of_errno(r) : json ? KNOWN : UNREADABLE;
	return json;
}

/* boltd is started by being asked: not where there is nothing for it to do. */
static bool is_wanted(const struct facts *f)
{
	return f->thunderbolt.know == KNOWN;
}

void expect_bolt(struct facts *f, struct host *h)
{
	const char *both[] = { "manager", "devices" };

	if (is_wanted(f))
		host_expect(h, SOURCE_BOLT, &(struct names){ both, COUNT_OF(both) });
}

static enum know collect_devices(struct facts *f, struct host *h)
{
	struct thunderbolt *t = &f->thunderbolt;
	enum know know;
	json_auto_t *list = ask(f, h, "devices", &know);
	size_t count = json_array_size(list);

	if (know != KNOWN)
		return know;
	if (!json_is_array(list))
		return UNREADABLE;
	count = count < DEVICES_MAX ? count : DEVICES_MAX;
	t->bolt = arena_alloc(f->arena, count * sizeof(*t->bolt));
	for (size_t i = 0; i < count; i++)
		if (json_is_object(json_array_get(list, i)))
			t->bolt[t->bolt_count++] = device_of(f->arena, json_array_get(list, i));
	return KNOWN;
}

/*
 * A rule that writes the attribute, itself or by a command, or thunderbolt-tools' helper that does:
 * many hosts do without boltd by one of their own. ArchWiki has it, and the kernel's guide.
 */
static bool authorizes(const struct udev_part *p)
{
	if (!udev_assigns(p))
		return false;
	if (str_starts(p->key, "RUN"))
		return strstr(p->value, "tbtacl") || strstr(p->value, "authorized");
	return str_eq(p->key, "ATTR{authorized}") && !str_eq(p->value, "0");
}

void collect_bolt(struct facts *f, struct host *h)
{
	struct thunderbolt *t = &f->thunderbolt;

	if (!is_wanted(f))
		return;
	json_auto_t *manager = ask(f, h, "manager", &t->bolt_know);
	if (t->bolt_know == ABSENT)
		t->udev_authorizes = udev_has(f->arena, h, "thunderbolt", authorizes);
	if (t->bolt_know != KNOWN)
		return;
	t->bolt_version = text_of(f->arena, manager, "Version");
	t->bolt_security = text_of(f->arena, manager, "SecurityLevel");
	t->bolt_auth_mode = text_of(f->arena, manager, "AuthMode");
	t->bolt_know = collect_devices(f, h);
}

/* SPDX-License-Identifier: MIT */
/* What boltd knows of Thunderbolt devices. bolt's data/org.freedesktop.bolt.xml. */
#include "collect/collect.h"

#include <errno.h>

#include "base/json.h"

enum { DEVICES_MAX = 64, RULES_MAX = 256 };

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

/* udev(7): a rule that writes the attribute, or thunderbolt-tools' helper that does. */
static bool authorizes(struct bytes text)
{
	return bytes_have(text, "thunderbolt") &&
	       (bytes_have(text, "ATTR{authorized}=\"") || bytes_have(text, "tbtacl"));
}

/* One folder of rules; one that is not there has none. */
static struct maybe_u64 rules_in(struct arena *a, struct host *h, const char *dir)
{
	struct maybe_u64 out = known_u64(0, dir);
	struct names found;
	int r = host_list(h, a, dir, &found, NULL);

	if (r < 0)
		return r == -ENOENT ? out : unknown_u64(know_of_errno(r), dir);
	for (size_t i = 0; i < found.count && i < RULES_MAX; i++) {
		const char *path = arena_printf(a, "%s/%s", dir, found.name[i]);
		struct bytes text;
		if (!str_ends(path, ".rules"))
			continue;
		r = host_read(h, a, path, &text, NULL);
		if (r == 0 && authorizes(text))
			return known_u64(1, path);
		if (r < 0 && r != -ENOENT)
			out = unknown_u64(know_of_errno(r), path);
	}
	return out;
}

/* Many hosts do without boltd by a rule of their own: ArchWiki has one, and the kernel's guide. */
static struct maybe_u64 look_for_rules(struct arena *a, struct host *h)
{
	static const char *const dirs[] = { "/etc/udev/rules.d", "/usr/lib/udev/rules.d" };
	struct maybe_u64 out = known_u64(0, dirs[0]);

	for (size_t i = 0; i < COUNT_OF(dirs); i++) {
		struct maybe_u64 in = rules_in(a, h, dirs[i]);
		if (is_u64(in, 1))
			return in;
		if (in.know != KNOWN)
			out = in;
	}
	return out;
}

void collect_bolt(struct facts *f, struct host *h)
{
	struct thunderbolt *t = &f->thunderbolt;

	if (!is_wanted(f))
		return;
	json_auto_t *manager = ask(f, h, "manager", &t->bolt_know);
	if (t->bolt_know == ABSENT)
		t->udev_authorizes = look_for_rules(f->arena, h);
	if (t->bolt_know != KNOWN)
		return;
	t->bolt_version = text_of(f->arena, manager, "Version");
	t->bolt_security = text_of(f->arena, manager, "SecurityLevel");
	t->bolt_auth_mode = text_of(f->arena, manager, "AuthMode");
	t->bolt_know = collect_devices(f, h);
}

/* SPDX-License-Identifier: MIT */
/* The engine's configuration file. dockerd(8), "daemon configuration file". */
#include "collect/docker/docker.h"

#include <string.h>

#include "facts/handout.h"
#include "format/json-place.h"

enum kind { STRING, INTEGER, FLAG, STRINGS, OBJECTS, STRING_MAP, FLAG_MAP, OBJECT_MAP };

/*
 * As all releases of dockerd have them: one of the wrong type keeps it from
 * starting. moby, daemon/config: struct CommonConfig and struct Config.
 */
static const struct {
	const char *key;
	enum kind kind;
} directives[] = {
	{ "authorization-plugins", STRINGS },
	{ "bip", STRING },
	{ "bridge", STRING },
	{ "cgroup-parent", STRING },
	{ "containerd", STRING },
	{ "data-root", STRING },
	{ "debug", FLAG },
	{ "default-address-pools", OBJECTS },
	{ "default-cgroupns-mode", STRING },
	{ "default-ipc-mode", STRING },
	{ "default-runtime", STRING },
	{ "default-shm-size", STRING },
	{ "default-ulimits", OBJECT_MAP },
	{ "dns", STRINGS },
	{ "dns-opts", STRINGS },
	{ "dns-search", STRINGS },
	{ "exec-opts", STRINGS },
	{ "exec-root", STRING },
	{ "experimental", FLAG },
	{ "features", FLAG_MAP },
	{ "fixed-cidr", STRING },
	{ "fixed-cidr-v6", STRING },
	{ "group", STRING },
	{ "hosts", STRINGS },
	{ "icc", FLAG },
	{ "init", FLAG },
	{ "init-path", STRING },
	{ "insecure-registries", STRINGS },
	{ "ip", STRING },
	{ "ip-forward", FLAG },
	{ "ip-masq", FLAG },
	{ "ip6tables", FLAG },
	{ "iptables", FLAG },
	{ "ipv6", FLAG },
	{ "labels", STRINGS },
	{ "live-restore", FLAG },
	{ "log-driver", STRING },
	{ "log-level", STRING },
	{ "log-opts", STRING_MAP },
	{ "max-concurrent-downloads", INTEGER },
	{ "max-concurrent-uploads", INTEGER },
	{ "mtu", INTEGER },
	{ "no-new-privileges", FLAG },
	{ "pidfile", STRING },
	{ "registry-mirrors", STRINGS },
	{ "runtimes", OBJECT_MAP },
	{ "seccomp-profile", STRING },
	{ "selinux-enabled", FLAG },
	{ "shutdown-timeout", INTEGER },
	{ "storage-driver", STRING },
	{ "storage-opts", STRINGS },
	{ "tls", FLAG },
	{ "tlscacert", STRING },
	{ "tlscert", STRING },
	{ "tlskey", STRING },
	{ "tlsverify", FLAG },
	{ "userland-proxy", FLAG },
	{ "userns-remap", STRING },
};

/* Shorter ones are near to too many words. */
enum { KEY_TELLS = 6 };

static const char *where(const struct docker *d)
{
	if (d->flavour == DOCKER_SNAP)
		return "/var/snap/docker/current/config/daemon.json";
	/* Rootless and Desktop keep theirs in the home directory of we do not know whom. */
	if (d->flavour == DOCKER_ENGINE && !d->rootless)
		return "/etc/docker/daemon.json";
	return NULL;
}

/* Windows editors put a mark before the text; dockerd takes it off, too. */
static struct bytes without_mark(struct bytes b)
{
	if (bytes_start(b, "\xef\xbb\xbf"))
		return (struct bytes){ b.data + 3, b.size - 3 };
	return b;
}

static bool is_blank(struct bytes b)
{
	for (size_t i = 0; i < b.size; i++)
		if (!memchr(" \t\r\n", b.data[i], 4))
			return false;
	return true;
}

/* Go takes null for any type. */
static bool fits(const json_t *v, enum kind kind)
{
	if (!v || json_is_null(v))
		return true;
	switch (kind) {
	case STRING:
		return json_is_string(v);
	case INTEGER:
		return json_is_integer(v);
	case FLAG:
		return json_is_boolean(v);
	case STRINGS:
	case OBJECTS:
		return json_is_array(v);
	case STRING_MAP:
	case FLAG_MAP:
	case OBJECT_MAP:
		return json_is_object(v);
	}
	return true;
}

static const char *is_what(enum kind kind)
{
	switch (kind) {
	case STRING:
		return "a string";
	case INTEGER:
		return "a whole number";
	case FLAG:
		return "true or false";
	case STRINGS:
	case OBJECTS:
		return "a list";
	case STRING_MAP:
	case FLAG_MAP:
	case OBJECT_MAP:
		return "an object";
	}
	return "";
}

/* What a list or an object of that kind holds; a kind that holds nothing is its own. */
static enum kind kind_within(enum kind kind)
{
	switch (kind) {
	case STRINGS:
	case STRING_MAP:
		return STRING;
	case FLAG_MAP:
		return FLAG;
	case OBJECTS:
	case OBJECT_MAP:
		return OBJECT_MAP;
	case STRING:
	case INTEGER:
	case FLAG:
		break;
	}
	return kind;
}

/* "log-opts.max-size is not a string", or NULL. */
static const char *wrong_type(struct arena *a, const json_t *v, const char *key, enum kind kind)
{
	enum kind within = kind_within(kind);
	const char *name;
	json_t *one;
	size_t i;

	if (!fits(v, kind))
		return arena_printf(a, "%s is not %s", key, is_what(kind));
	json_array_foreach((json_t *)v, i, one)
	{
		if (!fits(one, within))
			return arena_printf(a, "%s[%zu] is not %s", key, i, is_what(within));
	}
	json_object_foreach((json_t *)v, name, one)
	{
		if (!fits(one, within))
			return arena_printf(a, "%s.%s is not %s", key, name, is_what(within));
	}
	return NULL;
}

/*
 * "did you mean". Keys differ by release, so only what is one letter from a
 * known one. dockerd passes over the name of a flag, which lacks the s: log-opt.
 */
static const char *misspelt(struct arena *a, const char *key)
{
	const char *near = NULL;

	for (size_t i = 0; i < COUNT_OF(directives); i++) {
		const char *known = directives[i].key;
		size_t n = strlen(known);
		if (str_eq(key, known))
			return NULL;
		if (n >= KEY_TELLS && str_distance(key, known) == 1 &&
		    !(strlen(key) == n - 1 && strncmp(key, known, n - 1) == 0))
			near = known;
	}
	return near ? arena_printf(a, "%s is no setting of dockerd; %s is", key, near) : NULL;
}

static const char *wrong_member(struct arena *a, const char *key, const json_t *v)
{
	for (size_t i = 0; i < COUNT_OF(directives); i++)
		if (str_eq(key, directives[i].key))
			return wrong_type(a, v, key, directives[i].kind);
	return misspelt(a, key);
}

/* "FILE:LINE:COLUMN" of a key; both from 1, as jansson counts them. */
static const char *place_of(struct arena *a, struct bytes b, const char *path, const char *key)
{
	struct json_found found = json_find(b, json_skip_blanks(b, 0), key);
	size_t line = 1, column = 1;

	if (found.is_bad || !found.times)
		return path;
	for (size_t i = 0; i < found.place.key; i++) {
		column = b.data[i] == '\n' ? 1 : column + 1;
		line += b.data[i] == '\n';
	}
	return arena_printf(a, "%s:%zu:%zu", path, line, column);
}

/*
 * dockerd ends where it has no runtime of the default's name. One may come from
 * its command line: so an engine that runs without it, or a plain command line.
 */
static const char *wrong_default(const struct facts *f, const json_t *j)
{
	const struct docker *d = &f->docker;
	const char *name = json_string_value(json_object_get(j, "default-runtime"));
	bool runs_without = d->know == KNOWN && name && !docker_runtime(d, name);

	if (!name || !*name || str_eq(name, "runc") || str_starts(name, "io.containerd.") ||
	    json_object_get(json_object_get(j, "runtimes"), name))
		return NULL;
	if (!runs_without && !handout_file_rules(services_unit(&f->services, "docker.service")))
		return NULL;
	return arena_printf(f->arena, "default-runtime is %s, which is not among runtimes", name);
}

/* "FILE:LINE:COLUMN: why" dockerd does not take it, or NULL. */
static const char *refused(const struct facts *f, struct bytes b, const json_t *j, const char *path)
{
	struct arena *a = f->arena;
	const char *key, *why;
	json_t *v;

	if (!json_is_object(j))
		return arena_printf(a, "%s:1:1: not an object", path);
	json_object_foreach((json_t *)j, key, v)
	{
		why = wrong_member(a, key, v);
		if (why)
			return arena_printf(a, "%s: %s", place_of(a, b, path, key), why);
	}
	why = wrong_default(f, j);
	return why ? arena_printf(a, "%s: %s", place_of(a, b, path, "default-runtime"), why) : NULL;
}

static struct maybe_text cgroup_driver(struct arena *a, const json_t *options, const char *from)
{
	static const char name[] = "native.cgroupdriver=";
	struct names n = json_texts(a, options);
	struct maybe_text found = unknown_text(ABSENT, from);
	for (size_t i = 0; i < n.count; i++)
		if (str_starts(n.name[i], name))
			found = known_text(n.name[i] + strlen(name), from);
	return found;
}

static void read_directives(struct arena *a, const json_t *j, struct docker_config *c)
{
	const json_t *nvidia = json_at(j, "runtimes", "nvidia");
	const json_t *cdi = json_at(j, "features", "cdi");
	const json_t *verify = json_object_get(j, "tlsverify");

	c->nvidia_path = docker_text(a, json_object_get(nvidia, "path"), c->path);
	c->default_runtime = docker_text(a, json_object_get(j, "default-runtime"), c->path);
	c->cgroup_driver = cgroup_driver(a, json_object_get(j, "exec-opts"), c->path);
	c->cdi_feature = json_is_boolean(cdi) ? known_u64(json_is_true(cdi), c->path)
					      : unknown_u64(ABSENT, c->path);
	c->tls_verify = json_is_boolean(verify) ? known_u64(json_is_true(verify), c->path)
						: unknown_u64(ABSENT, c->path);
	c->hosts = json_texts(a, json_object_get(j, "hosts"));
}

/* dockerd took an empty file for a broken one until 23.0. */
static bool empty_is_fine(const struct docker *d)
{
	return d->version.know != KNOWN || docker_at_least(d, 23, 0);
}

static void parse(const struct facts *f, struct bytes b, struct docker_config *c)
{
	const struct docker *d = &f->docker;
	struct arena *a = f->arena;
	struct err e = { 0 };

	b = without_mark(b);
	c->error = unknown_text(ABSENT, c->path);
	json_auto_t *j =
	    is_blank(b) && empty_is_fine(d) ? json_object() : json_parse(b, c->path, &e);
	const char *wrong = j ? refused(f, b, j, c->path) : e.text;
	if (wrong)
		c->error = known_text(str_clean(a, wrong, strlen(wrong), 200), c->path);
	else
		read_directives(a, j, c);
}

struct docker_config docker_config(const struct facts *f, struct host *h)
{
	struct arena *a = f->arena;
	const char *path = where(&f->docker);
	struct docker_config c = { .path = path ? path : "" };
	struct host_stat st;
	struct bytes b;

	if (!path)
		return c;
	int r = host_read(h, a, path, &b, NULL);
	c.know = r < 0 ? know_of_errno(r) : KNOWN;
	if (r < 0)
		return c;
	if (host_stat(h, a, path, &st, NULL) == 0 && st.mtime_sec > 0)
		c.mtime_sec = known_u64((uint64_t)st.mtime_sec, path);
	parse(f, b, &c);
	return c;
}

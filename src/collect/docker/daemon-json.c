/* SPDX-License-Identifier: MIT */
/* The engine's configuration file. dockerd(8), "daemon configuration file". */
#include "collect/docker/docker.h"

#include <string.h>

/* As dockerd says it: a directive of the wrong type keeps it from starting. */
static const struct {
	const char *key;
	json_type type;
	const char *is;
} directives[] = {
	{ "runtimes", JSON_OBJECT, "an object" },       { "features", JSON_OBJECT, "an object" },
	{ "exec-opts", JSON_ARRAY, "a list" },          { "hosts", JSON_ARRAY, "a list" },
	{ "default-runtime", JSON_STRING, "a string" },
};

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

static const char *wrong_type(struct arena *a, const json_t *j, const char *path)
{
	if (!json_is_object(j))
		return arena_printf(a, "%s:1:1: not an object", path);
	for (size_t i = 0; i < COUNT_OF(directives); i++) {
		const json_t *v = json_object_get(j, directives[i].key);
		if (v && !json_is_null(v) && json_typeof(v) != directives[i].type)
			return arena_printf(a, "%s: %s is not %s", path, directives[i].key,
					    directives[i].is);
	}
	return NULL;
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

	c->nvidia_path = docker_text(a, json_object_get(nvidia, "path"), c->path);
	c->default_runtime = docker_text(a, json_object_get(j, "default-runtime"), c->path);
	c->cgroup_driver = cgroup_driver(a, json_object_get(j, "exec-opts"), c->path);
	c->cdi_feature = json_is_boolean(cdi) ? known_u64(json_is_true(cdi), c->path)
					      : unknown_u64(ABSENT, c->path);
	c->hosts = json_texts(a, json_object_get(j, "hosts"));
}

/* dockerd took an empty file for a broken one until 23.0. */
static bool empty_is_fine(const struct docker *d)
{
	return d->version.know != KNOWN || docker_at_least(d, 23, 0);
}

static void parse(struct arena *a, struct bytes b, const struct docker *d, struct docker_config *c)
{
	struct err e = { 0 };

	b = without_mark(b);
	c->error = unknown_text(ABSENT, c->path);
	json_auto_t *j =
	    is_blank(b) && empty_is_fine(d) ? json_object() : json_parse(b, c->path, &e);
	const char *wrong = j ? wrong_type(a, j, c->path) : e.text;
	if (wrong)
		c->error = known_text(str_clean(a, wrong, strlen(wrong), 200), c->path);
	else
		read_directives(a, j, c);
}

struct docker_config docker_config(struct arena *a, struct host *h, const struct docker *d)
{
	const char *path = where(d);
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
	parse(a, b, d, &c);
	return c;
}

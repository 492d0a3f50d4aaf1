/* SPDX-License-Identifier: MIT */
/*
 * Whether Compose would take the files: what it says no to, where we read or
 * write. compose-spec, schema/compose-spec.json.
 */
#include "plan/docker/compose.h"

#include <string.h>

struct check {
	struct compose *c;
	struct yaml *y;
	struct err *e;
	const char *service; /* whose keys are looked at */
};

static bool is_one_of(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(s, *words))
			return true;
	return false;
}
#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Every key of the mapping is one of these. */
static int keys(struct check *k, struct fy_node *n, const char *const *known, const char *of)
{
	struct fy_node *value;
	void *i = NULL;

	for (struct fy_node *key; (key = yaml_member(k->y, n, &i, &value));) {
		const char *name = yaml_text(k->y, key);
		if (!is_one_of(name, known) && !str_starts(name, "x-"))
			return yaml_refuse(k->y, key, k->e,
					   "%s%s%s: nothing of that name goes there", of,
					   *of ? "." : "", name);
	}
	return 0;
}

static int device(struct check *k, struct fy_node *n)
{
	void *next = NULL;

	if (!fy_node_is_mapping(n))
		return yaml_refuse(k->y, n, k->e, "a reserved device of %s is no mapping",
				   k->service);
	if (!yaml_next(k->y, yaml_at(k->y, n, "capabilities"), &next))
		return yaml_refuse(k->y, n, k->e, "a reserved device of %s has no capabilities",
				   k->service);
	if (yaml_at(k->y, n, "count") && yaml_at(k->y, n, "device_ids"))
		return yaml_refuse(k->y, n, k->e,
				   "a reserved device of %s has count and device_ids", k->service);
	return 0;
}

static int resources(struct check *k, struct fy_node *n)
{
	struct fy_node *reserved = yaml_at(k->y, n, "reservations");
	void *i = NULL;
	int r = keys(k, n, WORDS("limits", "reservations"), "resources");

	if (r == 0)
		r = keys(k, yaml_at(k->y, n, "limits"), WORDS("cpus", "memory", "pids"),
			 "resources.limits");
	if (r == 0)
		r = keys(k, reserved, WORDS("cpus", "memory", "generic_resources", "devices"),
			 "resources.reservations");
	for (struct fy_node *d;
	     r == 0 && (d = yaml_next(k->y, yaml_at(k->y, reserved, "devices"), &i));)
		r = device(k, d);
	return r;
}

/* Is there such a thing in that section of any of the files? */
static bool stands(struct check *k, const char *section, const char *name)
{
	for (size_t i = 0; i < k->c->count; i++) {
		struct yaml *y = &k->c->file[i];
		struct fy_node *all = yaml_real(y, yaml_at(y, y->root, section)), *value;
		void *next = NULL;
		for (struct fy_node *key; (key = yaml_member(y, all, &next, &value));)
			if (str_eq(yaml_text(y, key), name))
				return true;
		if (yaml_at(y, all, name) || yaml_at(y, y->root, "include"))
			return true;
	}
	return strchr(name, '$') != NULL;
}

/* A list of names, or a mapping that has them as keys, of what stands in that section. */
static int refers(struct check *k, struct fy_node *n, const char *section, const char *always)
{
	struct fy_node *value;
	void *i = NULL;

	for (struct fy_node *one; (one = yaml_next(k->y, n, &i));) {
		const char *name = yaml_text(k->y, one);
		if (!fy_node_is_scalar(one))
			return yaml_refuse(k->y, one, k->e,
					   "%s: a list of names has something else", k->service);
		if (!stands(k, section, name) && !str_eq(name, always))
			return yaml_refuse(k->y, one, k->e, "%s needs %s, which is not in %s",
					   k->service, name, section);
	}
	i = NULL;
	for (struct fy_node *key; (key = yaml_member(k->y, n, &i, &value));) {
		const char *name = yaml_text(k->y, key);
		if (!stands(k, section, name) && !str_eq(name, always))
			return yaml_refuse(k->y, key, k->e, "%s needs %s, which is not in %s",
					   k->service, name, section);
	}
	return 0;
}

/* "models:/root/.ollama": what is neither a path nor filled in is the name of a volume. */
static int volumes(struct check *k, struct fy_node *list)
{
	void *i = NULL;

	for (struct fy_node *n; (n = yaml_next(k->y, list, &i));) {
		const char *s = yaml_text(k->y, n);
		const char *name = str_ndup(k->y->arena, s, strcspn(s, ":"));
		if (!strchr(s, ':') || strpbrk(name, "/\\.~$") || !*name || !name[1])
			continue;
		if (!stands(k, "volumes", name))
			return yaml_refuse(k->y, n, k->e, "%s needs %s, which is not in volumes",
					   k->service, name);
	}
	return 0;
}

static int service(struct check *k, struct fy_node *key, struct fy_node *n)
{
	k->service = yaml_text(k->y, key);
	if (!n || !fy_node_is_mapping(n))
		return yaml_refuse(k->y, key, k->e, "the service %s is no mapping", k->service);
	int r = resources(k, yaml_at(k->y, yaml_at(k->y, n, "deploy"), "resources"));
	if (r == 0)
		r = refers(k, yaml_at(k->y, n, "depends_on"), "services", "");
	if (r == 0)
		r = refers(k, yaml_at(k->y, n, "networks"), "networks", "default");
	return r < 0 ? r : volumes(k, yaml_at(k->y, n, "volumes"));
}

/* driver_opts of volumes and networks: names and plain values. */
static int driver_options(struct check *k, const char *section)
{
	struct fy_node *one, *value;
	void *i = NULL;

	while (yaml_member(k->y, yaml_at(k->y, k->y->root, section), &i, &one)) {
		void *next = NULL;
		for (struct fy_node *key;
		     (key = yaml_member(k->y, yaml_at(k->y, one, "driver_opts"), &next, &value));)
			if (value && !fy_node_is_scalar(value))
				return yaml_refuse(k->y, key, k->e,
						   "driver_opts.%s is no plain value",
						   yaml_text(k->y, key));
	}
	return 0;
}

static int file(struct check *k)
{
	struct fy_node *services = yaml_at(k->y, k->y->root, "services"), *value;
	void *i = NULL;

	if (!fy_node_is_mapping(yaml_real(k->y, k->y->root)))
		return yaml_refuse(k->y, k->y->root, k->e, "not a compose file");
	int r = keys(k, k->y->root,
		     WORDS("version", "name", "include", "services", "models", "networks",
			   "volumes", "secrets", "configs"),
		     "");
	if (r == 0 && services && !yaml_is_null(services) && !fy_node_is_mapping(services))
		return yaml_refuse(k->y, services, k->e, "services is no mapping");
	for (struct fy_node *key; r == 0 && (key = yaml_member(k->y, services, &i, &value));)
		r = service(k, key, value);
	if (r == 0)
		r = driver_options(k, "volumes");
	return r < 0 ? r : driver_options(k, "networks");
}

int compose_check(struct compose *c, struct err *e)
{
	struct check k = { .c = c, .e = e };
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->count; i++) {
		k.y = &c->file[i];
		r = file(&k);
	}
	return r;
}

/* SPDX-License-Identifier: MIT */
#include "plan/docker/compose.h"

#include <errno.h>
#include <string.h>

#include "plan/plan.h"

enum { ENV_MAX = 512, VARIABLES_MAX = 128 };

/* "export NAME='value'" as NAME=value; NULL: a comment, or nothing. */
static const char *env_line(struct arena *a, struct bytes line)
{
	char *s = str_trim(a, line.data, line.size);

	if (str_starts(s, "export "))
		s = str_trim(a, s + 7, strlen(s + 7));
	char *value = strchr(s, '=');
	if (!value || *s == '#')
		return NULL;
	size_t n = strlen(++value);
	if (n >= 2 && (*value == '"' || *value == '\'') && value[n - 1] == *value)
		return arena_printf(a, "%.*s%.*s", (int)(value - s), s, (int)(n - 2), value + 1);
	return s;
}

static struct names read_env(struct planner *p, const char *dir)
{
	struct names out = { arena_alloc(p->arena, ENV_MAX * sizeof(*out.name)), 0 };
	struct bytes text, line;

	if (planner_read(p, arena_printf(p->arena, "%s/.env", dir), &text, NULL) < 0)
		return out;
	while (out.count < ENV_MAX && bytes_line(&text, &line)) {
		const char *s = env_line(p->arena, line);
		if (s)
			out.name[out.count++] = s;
	}
	return out;
}

int compose_open(struct planner *p, const char *dir, const struct names *files, struct compose *ret,
		 struct err *e)
{
	struct bytes text;

	*ret = (struct compose){ .arena = p->arena, .env = read_env(p, dir) };
	if (files->count > COMPOSE_FILES_MAX)
		return err_set(e, -EINVAL, "%s: more than %d compose files", dir,
			       COMPOSE_FILES_MAX);
	for (size_t i = 0; i < files->count; i++) {
		int r = planner_read(p, files->name[i], &text, e);
		if (r < 0)
			return r;
		r = yaml_open(p->arena, files->name[i], text, &ret->file[ret->count++], e);
		if (r < 0)
			return r;
	}
	return compose_check(ret, e);
}

void compose_close(struct compose *c)
{
	for (size_t i = 0; i < c->count; i++)
		yaml_close(&c->file[i]);
	c->count = 0;
}

bool compose_gave_up(const struct compose *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (yaml_gave_up(&c->file[i]))
			return true;
	return false;
}

static struct fy_node *service_in(struct yaml *y, const char *service)
{
	return yaml_at(y, yaml_at(y, y->root, "services"), service);
}

bool compose_has(struct compose *c, const char *service)
{
	for (size_t i = 0; i < c->count; i++)
		if (service_in(&c->file[i], service))
			return true;
	return false;
}

/* The scalar with its variables filled in; what is missing is left out. */
static const char *filled(struct compose *c, struct yaml *y, struct fy_node *n)
{
	const char *missing = NULL;
	return compose_fill(c, yaml_text(y, n), &missing);
}

static bool has_item(struct compose *c, struct yaml *y, struct fy_node *list, const char *item)
{
	void *i = NULL;
	for (struct fy_node *n; (n = yaml_next(y, list, &i));)
		if (str_eq(filled(c, y, n), item))
			return true;
	return false;
}

/* An entry of reservations.devices, or of gpus. */
static bool is_gpu_request(struct compose *c, struct yaml *y, struct fy_node *n, bool of_gpus)
{
	const char *driver = filled(c, y, yaml_at(y, n, "driver"));

	if (str_eq(filled(c, y, yaml_at(y, n, "count")), "0"))
		return false;
	if (str_eq(driver, "cdi"))
		return true;
	return of_gpus || str_eq(driver, "nvidia") ||
	       has_item(c, y, yaml_at(y, n, "capabilities"), "gpu") ||
	       has_item(c, y, yaml_at(y, n, "capabilities"), "nvidia");
}

static struct fy_node *reserved_in(struct yaml *y, const char *service)
{
	struct fy_node *deploy = yaml_at(y, service_in(y, service), "deploy");
	return yaml_at(y, yaml_at(y, yaml_at(y, deploy, "resources"), "reservations"), "devices");
}

/* A reservation that was switched off by its count, or NULL. */
static struct fy_node *reserves_none(struct compose *c, struct yaml *y, const char *service)
{
	struct fy_node *list = reserved_in(y, service);
	void *i = NULL;

	for (struct fy_node *n; (n = yaml_next(y, list, &i));)
		if (str_eq(filled(c, y, yaml_at(y, n, "count")), "0"))
			return n;
	return NULL;
}

static bool requests(struct compose *c, struct yaml *y, struct fy_node *list, bool of_gpus)
{
	void *i = NULL;
	for (struct fy_node *n; (n = yaml_next(y, list, &i));)
		if (is_gpu_request(c, y, n, of_gpus))
			return true;
	return false;
}

/* devices: "/dev/nvidia0:/dev/nvidia0", "nvidia.com/gpu=all", or {source: ...}. */
static bool gives_nodes(struct compose *c, struct yaml *y, struct fy_node *list)
{
	void *i = NULL;

	for (struct fy_node *n; (n = yaml_next(y, list, &i));) {
		struct fy_node *source = yaml_at(y, n, "source");
		const char *s = filled(c, y, source ? source : n);
		if (str_starts(s, "/dev/nvidia") || str_starts(s, "nvidia.com/gpu="))
			return true;
	}
	return false;
}

static bool asks_in(struct compose *c, struct yaml *y, const char *service)
{
	struct fy_node *s = service_in(y, service);
	struct fy_node *gpus = yaml_at(y, s, "gpus");

	return str_eq(filled(c, y, yaml_at(y, s, "runtime")), "nvidia") ||
	       str_eq(yaml_text(y, gpus), "all") || requests(c, y, gpus, true) ||
	       requests(c, y, reserved_in(y, service), false) ||
	       gives_nodes(c, y, yaml_at(y, s, "devices"));
}

bool compose_asks(struct compose *c, const char *service)
{
	for (size_t i = 0; i < c->count; i++)
		if (asks_in(c, &c->file[i], service))
			return true;
	return false;
}

int compose_service(struct compose *c, const char *service, struct err *e)
{
	for (size_t i = 0; i < c->count; i++) {
		struct yaml *y = &c->file[i];
		struct fy_node *extends = yaml_at(y, service_in(y, service), "extends");
		if (extends)
			return yaml_refuse(y, extends, e, "%s extends another service", service);
		struct fy_node *none = reserves_none(c, y, service);
		if (none)
			return yaml_refuse(y, none, e,
					   "%s reserves a GPU with count 0; a second reservation "
					   "would not replace it",
					   service);
	}
	for (size_t i = 0; i < c->count && !compose_has(c, service); i++) {
		struct yaml *y = &c->file[i];
		struct fy_node *include = yaml_at(y, y->root, "include");
		if (include)
			return yaml_refuse(y, include, e, "%s may stand in a file that it includes",
					   service);
	}
	if (c->count && !compose_has(c, service))
		return yaml_refuse(&c->file[0], NULL, e, "there is no service %s", service);
	return 0;
}

/* The text of a list's "NAME=value" or of a map's member; a name alone is taken from the shell. */
static bool sets_in(struct yaml *y, struct fy_node *environment, const char *variable)
{
	size_t n = strlen(variable);
	void *i = NULL;

	for (struct fy_node *one; (one = yaml_next(y, environment, &i));) {
		const char *s = yaml_text(y, one);
		if (strncmp(s, variable, n) == 0 && (s[n] == '=' || s[n] == '\0'))
			return true;
	}
	return yaml_at(y, environment, variable) != NULL;
}

bool compose_sets(struct compose *c, const char *service, const char *variable)
{
	for (size_t i = 0; i < c->count; i++) {
		struct yaml *y = &c->file[i];
		if (sets_in(y, yaml_at(y, service_in(y, service), "environment"), variable))
			return true;
	}
	return false;
}

static void add_variables(struct compose *c, struct yaml *y, struct fy_node *environment,
			  struct names *out)
{
	struct fy_node *value;
	void *i = NULL;

	for (struct fy_node *n; out->count < VARIABLES_MAX && (n = yaml_next(y, environment, &i));)
		if (strchr(yaml_text(y, n), '='))
			out->name[out->count++] = filled(c, y, n);
	i = NULL;
	for (struct fy_node *key;
	     out->count < VARIABLES_MAX && (key = yaml_member(y, environment, &i, &value));)
		if (!yaml_is_null(value))
			out->name[out->count++] =
			    arena_printf(c->arena, "%s=%s", yaml_text(y, key), filled(c, y, value));
}

struct names compose_environment(struct compose *c, const char *service)
{
	struct names out = { arena_alloc(c->arena, VARIABLES_MAX * sizeof(*out.name)), 0 };

	for (size_t i = 0; i < c->count; i++) {
		struct yaml *y = &c->file[i];
		add_variables(c, y, yaml_at(y, service_in(y, service), "environment"), &out);
	}
	return out;
}

bool compose_keeps(struct compose *c, const char *service)
{
	for (size_t i = 0; i < c->count; i++) {
		struct yaml *y = &c->file[i];
		struct fy_node *volumes = yaml_at(y, service_in(y, service), "volumes");
		void *next = NULL;
		if (yaml_next(y, volumes, &next) ||
		    yaml_at(y, service_in(y, service), "volumes_from"))
			return true;
	}
	return false;
}

const char *compose_image(struct compose *c, const char *service)
{
	const char *image = "", *missing = NULL;

	for (size_t i = 0; i < c->count; i++) {
		struct yaml *y = &c->file[i];
		struct fy_node *n = yaml_at(y, service_in(y, service), "image");
		if (n)
			image = compose_fill(c, yaml_text(y, n), &missing);
	}
	return missing ? "" : image;
}

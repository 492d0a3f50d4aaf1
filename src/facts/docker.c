/* SPDX-License-Identifier: MIT */
#include "facts/docker.h"

#include <stddef.h>
#include <string.h>

const char *docker_flavour_name(enum docker_flavour value)
{
	static const char *const words[] = {
		[DOCKER_ENGINE] = "docker",
		[DOCKER_PODMAN] = "podman",
		[DOCKER_SNAP] = "snap",
		[DOCKER_DESKTOP] = "desktop",
	};
	return words[value];
}

const char *container_kind_name(enum container_kind value)
{
	static const char *const words[] = {
		[CONTAINER_OTHER] = "other",           [CONTAINER_OLLAMA] = "ollama",
		[CONTAINER_LLM_SERVER] = "llm-server", [CONTAINER_WEBUI] = "open-webui",
		[CONTAINER_LITELLM] = "litellm",       [CONTAINER_POSTGRES] = "postgresql",
	};
	return words[value];
}

static const struct field fields_runtime[] = {
	FIELD(NAME, struct docker_runtime, name),
	FIELD(NAME, struct docker_runtime, path),
	{ 0 },
};
static const struct shape shape_runtime = { sizeof(struct docker_runtime), fields_runtime };

static const struct field fields_cdi[] = {
	FIELD(NAME, struct cdi_spec, path),
	FIELD(NAME, struct cdi_spec, kind),
	FIELD(NAMES, struct cdi_spec, devices),
	FIELD(TEXT, struct cdi_spec, driver_version),
	FIELD(U64, struct cdi_spec, stale_nodes),
	FIELD(TEXT, struct cdi_spec, first_stale),
	FIELD(U64, struct cdi_spec, missing_nodes),
	FIELD(TEXT, struct cdi_spec, first_missing_node),
	FIELD(U64, struct cdi_spec, missing_paths),
	FIELD(TEXT, struct cdi_spec, first_missing),
	FIELD(U64, struct cdi_spec, mtime_sec),
	FIELD(TEXT, struct cdi_spec, error),
	{ 0 },
};
static const struct shape shape_cdi = { sizeof(struct cdi_spec), fields_cdi };

static const struct field fields_config[] = {
	FIELD(KNOW, struct docker_config, know),
	FIELD(NAME, struct docker_config, path),
	FIELD(TEXT, struct docker_config, error),
	FIELD(U64, struct docker_config, mtime_sec),
	FIELD(TEXT, struct docker_config, nvidia_path),
	FIELD(TEXT, struct docker_config, default_runtime),
	FIELD(TEXT, struct docker_config, cgroup_driver),
	FIELD(FLAG, struct docker_config, cdi_feature),
	FIELD(NAMES, struct docker_config, hosts),
	FIELD(FLAG, struct docker_config, tls_verify),
	{ 0 },
};
static const struct shape shape_config = { sizeof(struct docker_config), fields_config };

static const struct field fields_port[] = {
	FIELD(NAME, struct port_binding, host_ip),
	FIELD(COUNT, struct port_binding, host_port),
	FIELD(COUNT, struct port_binding, container_port),
	{ 0 },
};
static const struct shape shape_port = { sizeof(struct port_binding), fields_port };

static const struct field fields_node[] = {
	FIELD(NAME, struct node_access, path),
	FIELD(TEXT, struct node_access, result),
	{ 0 },
};
static const struct shape shape_node = { sizeof(struct node_access), fields_node };

static const struct field fields_container[] = {
	FIELD(NAME, struct container, id),
	FIELD(NAME, struct container, name),
	FIELD(NAME, struct container, image),
	FIELD_WORDS(struct container, kind, container_kind_name),
	FIELD(NAME, struct container, state),
	FIELD(COUNT, struct container, pid),
	FIELD(U64, struct container, started_usec),
	FIELD(COUNT, struct container, exit_code),
	FIELD(COUNT, struct container, restart_count),
	FIELD(NAME, struct container, error),
	FIELD(NAME, struct container, restart_policy),
	FIELD(NAME, struct container, runtime),
	FIELD(NAME, struct container, network_mode),
	FIELD(NAME, struct container, ip),
	FIELD(NAME, struct container, log_path),
	FIELD(NAME, struct container, log_driver),
	FIELD(BOOL, struct container, privileged),
	FIELD(COUNT, struct container, told_port),
	FIELD(BOOL, struct container, takes_config),
	FIELD(NAME, struct container, asks_how),
	FIELD(NAMES, struct container, asked_devices),
	FIELD(NAMES, struct container, environment),
	FIELDS_OF(struct container, node, &shape_node),
	FIELD(NAME, struct container, compose_project),
	FIELD(NAME, struct container, compose_service),
	FIELD(NAME, struct container, compose_dir),
	FIELD(NAMES, struct container, compose_files),
	FIELD(NAMES, struct container, compose_needs),
	FIELDS_OF(struct container, port, &shape_port),
	FIELD(TEXT, struct container, health),
	FIELD(NAME, struct container, model_store),
	{ 0 },
};
static const struct shape shape_container = { sizeof(struct container), fields_container };

static const struct field fields_docker[] = {
	FIELD(KNOW, struct docker, know),
	FIELD(NAME, struct docker, why),
	FIELD(FLAG, struct docker, expected),
	FIELD(TEXT, struct docker, other_engine),
	FIELD(NAME, struct docker, endpoint),
	FIELD_WORDS(struct docker, flavour, docker_flavour_name),
	FIELD(BOOL, struct docker, rootless),
	FIELD(TEXT, struct docker, version),
	FIELD(TEXT, struct docker, api_version),
	FIELD(TEXT, struct docker, cgroup_driver),
	FIELD(TEXT, struct docker, cgroup_version),
	FIELD(TEXT, struct docker, root_dir),
	FIELD(TEXT, struct docker, os),
	FIELD(U64, struct docker, started_usec),
	FIELDS_OF(struct docker, runtime, &shape_runtime),
	FIELD(TEXT, struct docker, default_runtime),
	FIELD(NAMES, struct docker, cdi_dirs),
	FIELD(FLAG, struct docker, nvidia_runtime_exists),
	FIELD(FLAG, struct docker, hook_exists),
	FIELD_OF(struct docker, config, &shape_config),
	FIELD(KNOW, struct docker, cdi_know),
	FIELDS_OF(struct docker, cdi, &shape_cdi),
	FIELD(TEXT, struct docker, toolkit_no_cgroups),
	FIELD(TEXT, struct docker, toolkit_mode),
	FIELD(TEXT, struct docker, toolkit_path),
	FIELD(U64, struct docker, last_reload_usec),
	FIELD(KNOW, struct docker, containers_know),
	FIELDS_OF(struct docker, container, &shape_container),
	{ 0 },
};
const struct shape shape_docker = { sizeof(struct docker), fields_docker };

const struct docker_runtime *docker_runtime(const struct docker *d, const char *name)
{
	for (size_t i = 0; i < d->runtime_count; i++)
		if (str_eq(d->runtime[i].name, name))
			return &d->runtime[i];
	return NULL;
}

const struct container *docker_container(const struct docker *d, const char *name)
{
	for (size_t i = 0; *name && i < d->container_count; i++)
		if (str_eq(d->container[i].name, name) || str_eq(d->container[i].id, name))
			return &d->container[i];
	return NULL;
}

/* The number at the start of *s, of at most six digits; *s is left behind it. */
static unsigned leading_number(const char **s)
{
	unsigned v = 0;
	for (size_t i = 0; i < 6 && **s >= '0' && **s <= '9'; i++)
		v = v * 10 + (unsigned)(*(*s)++ - '0');
	return v;
}

bool docker_at_least(const struct docker *d, unsigned major, unsigned minor)
{
	const char *s = text_or(d->version, "");
	unsigned have = leading_number(&s);

	if (have != major)
		return have > major;
	if (*s == '.')
		s++;
	return leading_number(&s) >= minor;
}

const struct cdi_spec *docker_cdi(const struct docker *d)
{
	const struct cdi_spec *unread = NULL;

	for (size_t i = d->cdi_count; i > 0; i--) {
		if (d->cdi[i - 1].error.know != KNOWN)
			return &d->cdi[i - 1];
		unread = unread ? unread : &d->cdi[i - 1];
	}
	return unread;
}

bool docker_takes_cdi(const struct docker *d)
{
	return d->flavour == DOCKER_PODMAN || d->cdi_dirs.count > 0;
}

bool container_uses_cdi(const struct docker *d, const struct container *c)
{
	if (c->asks & (ASK_RUNTIME | ASK_ENVIRONMENT) &&
	    (c->asks & ASK_CDI || is_text(d->toolkit_mode, "cdi")))
		return true;
	if (!docker_takes_cdi(d))
		return false;
	return c->asks & ASK_CDI ||
	       (c->asks & ASK_DEVICE_REQUEST && docker_at_least(d, 29, 2) && docker_cdi(d));
}

const char *env_value(const struct names *environment, const char *name)
{
	size_t n = strlen(name);
	const char *found = NULL;

	for (size_t i = 0; i < environment->count; i++)
		if (strncmp(environment->name[i], name, n) == 0 && environment->name[i][n] == '=')
			found = environment->name[i] + n + 1;
	return found;
}

const char *container_env(const struct container *c, const char *name)
{
	return env_value(&c->environment, name);
}

bool container_runs(const struct container *c)
{
	return str_eq(c->state, "running") && c->pid > 0;
}

bool container_failed_for_gpu(const struct container *c)
{
	static const char *const words[] = { "nvidia", "select device driver", "CDI", "GPU" };

	for (size_t i = 0; c->error && i < COUNT_OF(words); i++)
		if (strstr(c->error, words[i]))
			return true;
	return false;
}

bool docker_llm_asks(const struct docker *d)
{
	for (size_t i = 0; i < d->container_count; i++)
		if (container_is_llm(&d->container[i]) && d->container[i].asks)
			return true;
	return false;
}

bool container_is_llm(const struct container *c)
{
	return c->kind == CONTAINER_OLLAMA || c->kind == CONTAINER_LLM_SERVER;
}

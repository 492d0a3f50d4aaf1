/* SPDX-License-Identifier: MIT */
#include "facts/handout.h"

#include <string.h>

bool handout_is_native(const struct facts *f)
{
	for (size_t i = 0; i < f->ollama.server_count; i++)
		if (str_eq(f->ollama.server[i].container, ""))
			return true;
	return false;
}

bool handout_may_come(const struct thunderbolt *t)
{
	for (size_t i = 0; i < t->device_count; i++)
		if (!t->device[i].is_host)
			return true;
	for (size_t i = 0; i < t->bolt_count; i++)
		if (str_eq(t->bolt[i].type, "peripheral"))
			return true;
	return false;
}

/*
 * Since toolkit 1.18 (which brought nvidia-cdi-refresh) the runtime writes the
 * devices into the container's specification itself, unless told otherwise. The
 * snap of docker tells its own to: canonical/docker-snap, nvidia/lib.
 */
static bool runtime_writes_spec(const struct facts *f)
{
	const struct unit *u = services_unit(&f->services, "nvidia-cdi-refresh.service");
	if (f->docker.flavour == DOCKER_SNAP)
		return true;
	if (is_text(f->docker.toolkit_mode, "legacy") || is_text(f->docker.toolkit_mode, "csv"))
		return false;
	return is_text(f->docker.toolkit_mode, "jit-cdi") ||
	       (u && u->know == KNOWN && !str_eq(u->load, "not-found"));
}

bool handout_by_hook(const struct facts *f, const struct container *c)
{
	if (c->privileged || c->asks & ASK_DEVICES || container_uses_cdi(&f->docker, c))
		return false;
	if (c->asks & ASK_DEVICE_REQUEST)
		return true;
	return c->asks & (ASK_RUNTIME | ASK_ENVIRONMENT) && !runtime_writes_spec(f);
}

bool container_opens_all(const struct container *c)
{
	for (size_t i = 0; i < c->node_count; i++)
		if (!is_text(c->node[i].result, "ok"))
			return false;
	return c->node_count > 0;
}

bool handout_hosts_twice(const struct facts *f)
{
	const struct unit *u = services_unit(&f->services, "docker.service");
	if (!u || !u->exec_start || f->docker.config.hosts.count == 0)
		return false;
	return strstr(u->exec_start, " -H ") || strstr(u->exec_start, " --host");
}

bool handout_is_unread(const struct container *c)
{
	for (size_t i = 0; i < c->node_count; i++)
		if (c->node[i].result.know != KNOWN)
			return true;
	return false;
}

bool handout_by_toolkit(const struct container *c)
{
	return c->asks & (ASK_DEVICE_REQUEST | ASK_RUNTIME | ASK_ENVIRONMENT);
}

bool handout_cdi_serves(const struct docker *d)
{
	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		if (handout_by_toolkit(c) && (c->asks & ASK_RUNTIME || !container_uses_cdi(d, c)))
			return false;
	}
	return true;
}

bool handout_hook_serves(const struct docker *d)
{
	bool asked = false;

	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		if (handout_by_toolkit(c) &&
		    (c->asks != ASK_DEVICE_REQUEST || container_failed_for_gpu(c)))
			return false;
		asked = asked || c->asks == ASK_DEVICE_REQUEST;
	}
	return asked && is_u64(d->hook_exists, 1);
}

bool handout_is_on_demand(const char *node)
{
	return str_eq(node, "/dev/nvidia-modeset") || str_eq(node, "/dev/nvidia-uvm-tools");
}

/* $: a variable, as $OPTIONS of Fedora's unit, hides what it says. */
bool handout_file_rules(const struct unit *docker)
{
	const char *line = docker && docker->exec_start ? docker->exec_start : "";

	return *line && !strchr(line, '$') && !strstr(line, "--add-runtime") &&
	       !strstr(line, "--default-runtime") && !strstr(line, "--config-file");
}

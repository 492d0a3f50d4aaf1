/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "rules/verdict.h"

enum { OLLAMA_PORT = 11434, DOCKER_PORT = 2375 };

static bool is_everywhere(const char *ip)
{
	return !*ip || str_eq(ip, "0.0.0.0") || str_eq(ip, "::") || str_eq(ip, "*");
}

/* Whether it lets anyone in who reaches its port, as far as its environment tells. */
static bool asks_no_password(const struct container *c)
{
	const char *v;

	switch (c->kind) {
	case CONTAINER_OLLAMA:
		return true;
	case CONTAINER_WEBUI:
		v = container_env(c, "WEBUI_AUTH");
		return v && (str_eq(v, "False") || str_eq(v, "false") || str_eq(v, "0"));
	case CONTAINER_LITELLM:
		return !container_env(c, "LITELLM_MASTER_KEY");
	case CONTAINER_POSTGRES:
		v = container_env(c, "POSTGRES_HOST_AUTH_METHOD");
		return v && str_eq(v, "trust");
	case CONTAINER_LLM_SERVER:
	case CONTAINER_OTHER:
		return false;
	}
	return false;
}

static bool binds(const struct facts *f, const struct container *c, uint64_t *port)
{
	for (size_t i = 0; i < c->port_count; i++)
		if (is_everywhere(c->port[i].host_ip)) {
			*port = c->port[i].host_port;
			return true;
		}
	if (!str_eq(c->network_mode, "host") || c->kind != CONTAINER_OLLAMA)
		return false;
	for (size_t i = 0; i < f->exposure.listener_count; i++)
		if (f->exposure.listener[i].everywhere &&
		    f->exposure.listener[i].port == OLLAMA_PORT) {
			*port = OLLAMA_PORT;
			return true;
		}
	return false;
}

static void containers(const struct facts *f, struct verdict *v)
{
	uint64_t port = 0;

	for (size_t i = 0; i < f->docker.container_count; i++) {
		const struct container *c = &f->docker.container[i];
		if (!container_runs(c) || !asks_no_password(c) || !binds(f, c, &port))
			continue;
		found_warning(
		    v, c->kind == CONTAINER_OLLAMA ? "ollama-open-to-all" : "service-open-to-all",
		    c->name, "%s answers anyone on port %" PRIu64 " of all interfaces", c->name,
		    port);
	}
}

static const struct listener *listens_everywhere(const struct facts *f, uint64_t port)
{
	for (size_t i = 0; i < f->exposure.listener_count; i++)
		if (f->exposure.listener[i].everywhere && f->exposure.listener[i].port == port)
			return &f->exposure.listener[i];
	return NULL;
}

/* The port of "127.0.0.1:8080" or "[::1]:8080". */
static uint64_t port_of(const char *endpoint)
{
	const char *colon = strrchr(endpoint, ':');
	uint64_t port;
	return colon && str_u64(colon + 1, 10, 65535, &port) ? port : OLLAMA_PORT;
}

static void ollama_service(const struct facts *f, struct verdict *v)
{
	for (size_t i = 0; i < f->ollama.server_count; i++) {
		const struct ollama *o = &f->ollama.server[i];
		if (*o->container || !listens_everywhere(f, port_of(o->endpoint)))
			continue;
		found_warning(v, "ollama-service-open-to-all", "ollama.service",
			      "ollama.service answers anyone on port %" PRIu64 " of all interfaces",
			      port_of(o->endpoint));
		return;
	}
}

/* "tcp://0.0.0.0:2375" and the like; on the loopback only this host's users reach it. */
static bool is_open_tcp(const char *host)
{
	return str_starts(host, "tcp://") && !str_starts(host, "tcp://127.") &&
	       !str_starts(host, "tcp://localhost") && !str_starts(host, "tcp://[::1]");
}

/* TLS that verifies its clients is a password of its own. */
static void docker_socket(const struct facts *f, struct verdict *v)
{
	const struct unit *unit = services_unit(&f->services, "docker.service");
	const char *command = unit ? unit->exec_start : "";

	for (size_t i = 0; i < f->docker.config.hosts.count; i++)
		if (is_open_tcp(f->docker.config.hosts.name[i])) {
			found_warning(v, "docker-socket-on-tcp", "",
				      "dockerd listens on %s, says daemon.json",
				      f->docker.config.hosts.name[i]);
			return;
		}
	for (const char *at = command; (at = strstr(at, "tcp://")); at++) {
		const char *host = str_ndup(v->arena, at, strcspn(at, " ;"));
		if (!is_open_tcp(host) || strstr(command, "--tlsverify"))
			continue;
		found_warning(v, "docker-socket-on-tcp", "", "dockerd listens on %s, says its unit",
			      host);
		return;
	}
	if (!listens_everywhere(f, DOCKER_PORT))
		return;
	found_warning(v, "docker-socket-on-tcp", "",
		      "port 2375, Docker's without TLS, is open on all interfaces");
}

/* Either protects: whom the firmware asks about, or an IOMMU that keeps it out of the memory. */
static bool is_protected(const struct tb_domain *d)
{
	return u64_or(d->iommu_dma_protection, 0) != 0 ||
	       (!is_unread(d->security.know) && !is_text(d->security, "none"));
}

static void thunderbolt(const struct facts *f, struct verdict *v)
{
	const struct tb_domain *doubt = NULL;

	for (size_t i = 0; i < f->thunderbolt.domain_count; i++) {
		const struct tb_domain *d = &f->thunderbolt.domain[i];
		if (is_protected(d))
			continue;
		if (!is_text(d->security, "none") || !is_u64(d->iommu_dma_protection, 0)) {
			doubt = d;
			continue;
		}
		found_warning(v, "thunderbolt-dma-open", d->name,
			      "%s: security none and no IOMMU protection", d->name);
		return;
	}
	if (doubt)
		found_unknown(v, "grep . /sys/bus/thunderbolt/devices/domain*/*",
			      "%s may be open: security %s, IOMMU protection: %s", doubt->name,
			      text_or(doubt->security, know_why(doubt->security.know)),
			      doubt->iommu_dma_protection.know == KNOWN
				  ? "off"
				  : know_why(doubt->iommu_dma_protection.know));
	else if (is_unread(f->thunderbolt.know))
		found_unknown(v, "ls /sys/bus/thunderbolt/devices",
			      "the Thunderbolt domains could not be read: %s",
			      know_why(f->thunderbolt.know));
}

/* Why services of the host itself may be missing among what was looked at; KNOWN: none is. */
static enum know units_know(const struct facts *f, const char **name)
{
	*name = "ollama.service";
	enum know know = services_know(&f->services, *name);

	if (!is_unread(know) && f->docker.know != ABSENT) {
		*name = "docker.service";
		know = services_know(&f->services, *name);
	}
	return is_unread(know) ? know : KNOWN;
}

/* What could not be read of who listens; the first tells enough. */
static void unread(const struct facts *f, struct verdict *v)
{
	const char *unit;
	enum know units = units_know(f, &unit);
	const struct docker_config *config = &f->docker.config;

	if (is_unread(f->docker.containers_know))
		found_unknown(v, "sudo egpu check --link exposure",
			      "the containers' ports could not be read: %s",
			      know_why(f->docker.containers_know));
	else if (units != KNOWN)
		found_unknown(v, arena_printf(v->arena, "systemctl status %s", unit),
			      "how %s runs could not be read: %s", unit, know_why(units));
	else if (is_unread(config->know))
		found_unknown(v, arena_printf(v->arena, "sudo cat %s", config->path),
			      "%s could not be read: %s", config->path, know_why(config->know));
	else if (f->exposure.know != KNOWN && f->exposure.know != NOT_LOOKED)
		found_unknown(v, "ss -ltn", "the listening sockets could not be read: %s",
			      know_why(f->exposure.know));
}

static void judge(const struct facts *f, struct verdict *v)
{
	size_t before = v->count;

	containers(f, v);
	ollama_service(f, v);
	docker_socket(f, v);
	thunderbolt(f, v);
	unread(f, v);
	if (v->count > before)
		return;
	if (f->docker.container_count + f->ollama.server_count == 0)
		found_ok(v, "nothing of the stack listens");
	else
		found_ok(v, "nothing answers strangers without a password");
}

const struct link link_exposure = {
	.id = "exposure",
	.asks = "Who can reach these services and this machine's memory?",
	.needs = { NULL },
	.judge = judge,
};

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

static size_t containers(const struct facts *f, struct verdict *v)
{
	size_t bad = 0;
	uint64_t port = 0;

	for (size_t i = 0; i < f->docker.container_count; i++) {
		const struct container *c = &f->docker.container[i];
		if (!container_runs(c) || !asks_no_password(c) || !binds(f, c, &port))
			continue;
		bad++;
		found_warning(
		    v, c->kind == CONTAINER_OLLAMA ? "ollama-open-to-all" : "service-open-to-all",
		    c->name, "%s answers anyone on port %" PRIu64 " of all interfaces", c->name,
		    port);
	}
	return bad;
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

static size_t ollama_service(const struct facts *f, struct verdict *v)
{
	for (size_t i = 0; i < f->ollama.server_count; i++) {
		const struct ollama *o = &f->ollama.server[i];
		if (*o->container || !listens_everywhere(f, port_of(o->endpoint)))
			continue;
		found_warning(v, "ollama-service-open-to-all", "ollama.service",
			      "ollama.service answers anyone on port %" PRIu64 " of all interfaces",
			      port_of(o->endpoint));
		return 1;
	}
	return 0;
}

/* "tcp://0.0.0.0:2375" and the like; on the loopback only this host's users reach it. */
static bool is_open_tcp(const char *host)
{
	return str_starts(host, "tcp://") && !str_starts(host, "tcp://127.") &&
	       !str_starts(host, "tcp://localhost") && !str_starts(host, "tcp://[::1]");
}

/* TLS that verifies its clients is a password of its own. */
static size_t docker_socket(const struct facts *f, struct verdict *v)
{
	const struct unit *unit = services_unit(&f->services, "docker.service");
	const char *command = unit ? unit->exec_start : "";

	for (size_t i = 0; i < f->docker.config.hosts.count; i++)
		if (is_open_tcp(f->docker.config.hosts.name[i])) {
			found_warning(v, "docker-socket-on-tcp", "",
				      "dockerd listens on %s, says daemon.json",
				      f->docker.config.hosts.name[i]);
			return 1;
		}
	for (const char *at = command; (at = strstr(at, "tcp://")); at++) {
		const char *host = str_ndup(v->arena, at, strcspn(at, " ;"));
		if (!is_open_tcp(host) || strstr(command, "--tlsverify"))
			continue;
		found_warning(v, "docker-socket-on-tcp", "", "dockerd listens on %s, says its unit",
			      host);
		return 1;
	}
	if (!listens_everywhere(f, DOCKER_PORT))
		return 0;
	found_warning(v, "docker-socket-on-tcp", "",
		      "port 2375, Docker's without TLS, is open on all interfaces");
	return 1;
}

static size_t thunderbolt(const struct facts *f, struct verdict *v)
{
	for (size_t i = 0; i < f->thunderbolt.domain_count; i++) {
		const struct tb_domain *d = &f->thunderbolt.domain[i];
		if (!is_text(d->security, "none") || !is_u64(d->iommu_dma_protection, 0))
			continue;
		found_warning(v, "thunderbolt-dma-open", d->name,
			      "%s: security none and no IOMMU protection", d->name);
		return 1;
	}
	return 0;
}

static void judge(const struct facts *f, struct verdict *v)
{
	size_t bad =
	    containers(f, v) + ollama_service(f, v) + docker_socket(f, v) + thunderbolt(f, v);

	if (f->docker.containers_know == DENIED)
		found_unknown(v, "sudo egpu check --link exposure",
			      "the containers' ports could not be read: %s",
			      know_why(f->docker.containers_know));
	else if (f->exposure.know != KNOWN && f->exposure.know != NOT_LOOKED)
		found_unknown(v, "ss -ltn", "the listening sockets could not be read: %s",
			      know_why(f->exposure.know));
	else if (!bad && f->docker.container_count + f->ollama.server_count == 0)
		found_ok(v, "nothing of the stack listens");
	else if (!bad)
		found_ok(v, "nothing answers strangers without a password");
}

const struct link link_exposure = {
	.id = "exposure",
	.asks = "Who can reach these services and this machine's memory?",
	.needs = { NULL },
	.judge = judge,
};

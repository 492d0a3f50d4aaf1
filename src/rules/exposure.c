/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "rules/verdict.h"

enum {
	OLLAMA_PORT = 11434,
	WEBUI_PORT = 8080,
	LITELLM_PORT = 4000,
	POSTGRES_PORT = 5432,
	DOCKER_PORT = 2375,
	WORDS_MAX = 128,
};

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
		/* Open WebUI's env.py: whatever is not "true", in any case, is off. */
		v = container_env(c, "WEBUI_AUTH");
		return v && strcasecmp(v, "true") != 0;
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

/* The port of "127.0.0.1:8080" or "[::1]:8080". */
static uint64_t port_of(const char *endpoint)
{
	const char *colon = strrchr(endpoint, ':');
	uint64_t port;
	return colon && str_u64(colon + 1, 10, 65535, &port) ? port : OLLAMA_PORT;
}

/* As its arguments tell, or its environment, which they outdo. */
static uint64_t told_port(const struct container *c, const char *variable, uint64_t usual)
{
	const char *v = container_env(c, variable);
	uint64_t port;

	if (c->told_port)
		return c->told_port;
	return v && str_u64(v, 10, 65535, &port) && port ? port : usual;
}

/* Where it listens on the host's own network; 0: not known. */
static uint64_t usual_port(const struct facts *f, const struct container *c)
{
	switch (c->kind) {
	case CONTAINER_OLLAMA:
		for (size_t i = 0; i < f->ollama.server_count; i++)
			if (str_eq(f->ollama.server[i].container, c->name))
				return port_of(f->ollama.server[i].endpoint);
		return OLLAMA_PORT;
	case CONTAINER_WEBUI:
		return told_port(c, "PORT", WEBUI_PORT);
	case CONTAINER_LITELLM:
		return told_port(c, "PORT", LITELLM_PORT);
	case CONTAINER_POSTGRES:
		return told_port(c, "PGPORT", POSTGRES_PORT);
	case CONTAINER_LLM_SERVER:
	case CONTAINER_OTHER:
		return 0;
	}
	return 0;
}

static const struct listener *listens_everywhere(const struct facts *f, uint64_t port)
{
	for (size_t i = 0; i < f->exposure.listener_count; i++)
		if (f->exposure.listener[i].everywhere && f->exposure.listener[i].port == port)
			return &f->exposure.listener[i];
	return NULL;
}

static bool binds(const struct facts *f, const struct container *c, uint64_t *port)
{
	for (size_t i = 0; i < c->port_count; i++)
		if (is_everywhere(c->port[i].host_ip)) {
			*port = c->port[i].host_port;
			return true;
		}
	if (!str_eq(c->network_mode, "host"))
		return false;
	*port = usual_port(f, c);
	return *port && listens_everywhere(f, *port);
}

static void containers(const struct facts *f, struct verdict *v)
{
	uint64_t port = 0;

	for (size_t i = 0; i < f->docker.container_count; i++) {
		const struct container *c = &f->docker.container[i];
		if (!container_runs(c) || !asks_no_password(c) || !binds(f, c, &port))
			continue;
		if (c->kind == CONTAINER_LITELLM && c->takes_config) {
			found_unknown(
			    v,
			    arena_printf(v->arena,
					 "curl -si http://127.0.0.1:%" PRIu64 "/v1/models", port),
			    "%s has no LITELLM_MASTER_KEY, but a configuration that may hold one: "
			    "whether it answers anyone on port %" PRIu64 " could not be told",
			    c->name, port);
			continue;
		}
		found_warning(
		    v, c->kind == CONTAINER_OLLAMA ? "ollama-open-to-all" : "service-open-to-all",
		    c->name, "%s answers anyone on port %" PRIu64 " of all interfaces", c->name,
		    port);
	}
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

/*
 * "tcp://0.0.0.0:2375", and "0.0.0.0:2375", which is the same; on the loopback
 * only this host's users reach it. Docker's opts/hosts.go: no address is the loopback.
 */
static bool is_open_tcp(const char *host)
{
	static const char scheme[] = "tcp://";
	const char *at = str_starts(host, scheme) ? host + strlen(scheme) : host;

	return *at && *at != ':' && !strstr(at, "://") && !str_starts(at, "127.") &&
	       !str_starts(at, "localhost") && !str_starts(at, "[::1]");
}

/* What the word after `-H` names, or the word itself tells: "--host=H", "-H=H", "-HH". NULL: none.
 */
static const char *host_of(const struct names *word, size_t i)
{
	const char *w = word->name[i];

	if (str_eq(w, "-H") || str_eq(w, "--host"))
		return i + 1 < word->count ? word->name[i + 1] : NULL;
	if (str_starts(w, "--host="))
		return w + strlen("--host=");
	if (str_starts(w, "-H"))
		return w + strlen("-H") + (w[2] == '=');
	return NULL;
}

/* TLS that verifies its clients is a password of its own. */
static bool verifies_clients(const struct docker_config *config, const struct names *word)
{
	for (size_t i = 0; i < word->count; i++)
		if (str_eq(word->name[i], "--tlsverify") ||
		    str_eq(word->name[i], "--tlsverify=true"))
			return true;
	return is_u64(config->tls_verify, 1);
}

/* systemd.socket(5): also a path, "@NAME", or "vsock:CID:PORT", which the network does not reach.
 */
static bool is_ip_address(const char *listen)
{
	return strchr(listen, ':') && *listen != '/' && *listen != '@' &&
	       !str_starts(listen, "vsock:");
}

/*
 * What systemd listens on for dockerd, which takes it with `-H fd://`. True: something was said.
 * systemd.socket(5): a bare port is one of all interfaces.
 */
static bool docker_unit_socket(const struct facts *f, struct verdict *v)
{
	const struct unit *u = services_unit(&f->services, "docker.socket");

	if (!u || !(str_eq(u->active, "active") || str_eq(u->file_state, "enabled")))
		return false;
	for (size_t i = 0; i < u->listen.count; i++) {
		const char *address = u->listen.name[i];
		if (!is_ip_address(address) || !is_open_tcp(address))
			continue;
		found_warning(v, "docker-socket-on-tcp", u->name,
			      "systemd listens on %s for dockerd, says docker.socket", address);
		return true;
	}
	return false;
}

static void docker_socket(const struct facts *f, struct verdict *v)
{
	const struct unit *unit = services_unit(&f->services, "docker.service");
	const struct docker_config *config = &f->docker.config;
	struct names word = str_split(v->arena, unit ? unit->exec_start : "", " ", WORDS_MAX);
	bool tls = verifies_clients(config, &word);

	for (size_t i = 0; !tls && i < config->hosts.count; i++)
		if (is_open_tcp(config->hosts.name[i])) {
			found_warning(v, "docker-socket-on-tcp", "",
				      "dockerd listens on %s, says daemon.json",
				      config->hosts.name[i]);
			return;
		}
	for (size_t i = 0; !tls && i < word.count; i++) {
		const char *host = host_of(&word, i);
		if (!host || !is_open_tcp(host))
			continue;
		found_warning(v, "docker-socket-on-tcp", "", "dockerd listens on %s, says its unit",
			      host);
		return;
	}
	if (!tls && docker_unit_socket(f, v))
		return;
	if (listens_everywhere(f, DOCKER_PORT))
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

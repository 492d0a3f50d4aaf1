/* SPDX-License-Identifier: MIT */
/* Ollama servers, in containers or as a unit. Ollama API: docs/api.md, /api/version and /api/ps. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "collect/collect.h"
#include "collect/docker/ollama-log.h"
#include "collect/signs.h"

enum { SERVERS_MAX = 32, MODELS_MAX = 64, PROCESSES_MAX = 64, OLLAMA_PORT = 11434 };

/* Where OLLAMA_HOST, "0.0.0.0:11434" or "http://[::]:8080", has it listen. Ollama: envconfig. */
struct address {
	const char *ip; /* "": everywhere; NULL: a name, which nobody looks up here */
	uint64_t port;
};

static bool is_literal(const char *s)
{
	unsigned char binary[16];
	return inet_pton(AF_INET, s, binary) == 1 || inet_pton(AF_INET6, s, binary) == 1;
}

static const char *ip_of(const char *host)
{
	if (!*host || is_literal(host))
		return host;
	return str_eq(host, "localhost") ? "127.0.0.1" : NULL;
}

/* "HOST", "HOST:PORT" or "[V6]:PORT". */
static struct address split(struct arena *a, const char *s, uint64_t usual_port)
{
	bool bracket = *s == '[';
	size_t n = bracket ? strcspn(++s, "]") : strcspn(s, ":");
	const char *rest = s + n + (bracket && s[n]);
	struct address to = { ip_of(str_ndup(a, s, n)), usual_port };
	uint64_t port;

	if (is_literal(s))
		to.ip = s;
	else if (*rest == ':' && str_u64(rest + 1, 10, 65535, &port) && port)
		to.port = port;
	return to;
}

static struct address address_of(struct arena *a, const struct names *environment)
{
	const char *host = env_value(environment, "OLLAMA_HOST");
	const char *scheme = host ? strstr(host, "://") : NULL;

	if (!host)
		return (struct address){ "127.0.0.1", OLLAMA_PORT };
	const char *s = scheme ? scheme + strlen("://") : host;
	s = str_ndup(a, s, strcspn(s, "/"));
	return split(a, s, !scheme ? OLLAMA_PORT : str_starts(host, "https:") ? 443 : 80);
}

static bool is_any(const char *ip)
{
	return !*ip || str_eq(ip, "0.0.0.0") || str_eq(ip, "::");
}

static const char *written(struct arena *a, const char *ip, uint64_t port)
{
	return arena_printf(a, strchr(ip, ':') ? "[%s]:%u" : "%s:%u", ip, (unsigned)port);
}

/* Where the host reaches it: a published port, the host's own network, or the bridge. */
static const char *endpoint_of(struct arena *a, const struct container *c)
{
	uint64_t port = address_of(a, &c->environment).port;

	for (size_t i = 0; i < c->port_count; i++)
		if (c->port[i].container_port == port)
			return written(
			    a, is_any(c->port[i].host_ip) ? "127.0.0.1" : c->port[i].host_ip,
			    c->port[i].host_port);
	if (str_eq(c->network_mode, "host"))
		return written(a, "127.0.0.1", port);
	return *c->ip ? written(a, c->ip, port) : "";
}

static const char *question_of(struct arena *a, const char *endpoint, const char *path)
{
	return arena_printf(a, "%s%s", endpoint, path);
}

static json_t *api(struct ollama *o, struct arena *a, struct host *h, const char *path, int *r)
{
	struct bytes b;
	*r = host_ask(h, a, SOURCE_OLLAMA, question_of(a, o->endpoint, path), &b, NULL);
	return *r < 0 ? NULL : json_parse(b, path, NULL);
}

static uint64_t size_of(const json_t *j, const char *key)
{
	json_int_t v = json_integer_value(json_at(j, key));
	return v > 0 ? (uint64_t)v : 0;
}

static struct ollama_model model_of(struct arena *a, const json_t *j, const char *from)
{
	const char *name = json_text(a, json_at(j, "name"));
	uint64_t context = size_of(j, "context_length");
	return (struct ollama_model){
		.name = str_clean(a, name, strlen(name), 80),
		.size_bytes = size_of(j, "size"),
		.vram_bytes = size_of(j, "size_vram"),
		.context_tokens = context ? known_u64(context, from) : unknown_u64(ABSENT, from),
	};
}

static void read_models(struct ollama *o, struct arena *a, const json_t *models, const char *from)
{
	size_t count = json_array_size(models) < MODELS_MAX ? json_array_size(models) : MODELS_MAX;

	o->model = arena_alloc(a, count * sizeof(*o->model));
	for (size_t i = 0; i < count; i++)
		o->model[o->model_count++] = model_of(a, json_array_get(models, i), from);
}

static void ask_version(struct ollama *o, struct arena *a, struct host *h)
{
	const char *from = arena_printf(a, "ollama:%s/api/version", o->endpoint);
	int r;
	json_auto_t *j = api(o, a, h, "/api/version", &r);

	if (json_is_string(json_at(j, "version"))) {
		const char *v = json_text(a, json_at(j, "version"));
		o->version = known_text(str_clean(a, v, strlen(v), 40), from);
	}
}

/* After its log, which mostly tells the release: each question to the server starts a connection.
 */
static void ask_api(struct ollama *o, struct arena *a, struct host *h)
{
	int r;

	if (!*o->endpoint) {
		o->api_know = ABSENT;
		return;
	}
	json_auto_t *ps = api(o, a, h, "/api/ps", &r);
	if (o->version.know != KNOWN && (r == 0 || r == -ENOENT))
		ask_version(o, a, h);
	/* Releases before 0.1.38 answer, but have no such page: nothing is known to be loaded. */
	if (r == -ENOENT && o->version.know == KNOWN)
		o->api_know = KNOWN;
	else
		o->api_know = r < 0 ? know_of_errno(r) : json_is_object(ps) ? KNOWN : UNREADABLE;
	read_models(o, a, json_at(ps, "models"), arena_printf(a, "ollama:%s/api/ps", o->endpoint));
}

/* What its log gives away, without when and where. */
static void read_signs(struct ollama *o, struct facts *f, struct bytes log)
{
	size_t i = f->said.sign_count;

	signs_read(f, log, LOG_SERVER, o->log_from, o->where);
	for (; i < f->said.sign_count; i++)
		f->said.sign[i].line = ollama_log_gist(f->arena, bytes_of(f->said.sign[i].line));
}

static void read_log(struct ollama *o, struct facts *f, struct host *h, enum source who,
		     const char *question)
{
	struct arena *a = f->arena;
	struct bytes b;
	int r = host_ask(h, a, who, question, &b, NULL);

	o->log_from = arena_printf(a, "%s:%s", source_name(who), question);
	o->log_know = r < 0 ? know_of_errno(r) : KNOWN;
	if (r == 0) {
		o->log = ollama_log_parse(a, b, o->log_from);
		read_signs(o, f, b);
	}
	if (o->version.know != KNOWN)
		o->version = o->log.version;
}

/* Whether the process is in that cgroup; of one that is hidden, or has just ended, nobody knows. */
static struct maybe_u64 in_cgroup(struct host *h, struct arena *a, uint64_t pid, const char *needle)
{
	struct bytes b;
	const char *path = arena_printf(a, "/proc/%llu/cgroup", (unsigned long long)pid);
	int r = host_read(h, a, path, &b, NULL);

	if (r < 0)
		return unknown_u64(know_of_errno(r), path);
	return known_u64(*needle && bytes_have(b, needle), path);
}

/*
 * The driver's list has the host's pids; which are this server's, their cgroup tells. One that is
 * found is enough; that there is none takes all of them.
 */
static struct maybe_u64 processes_on(const struct facts *f, struct host *h,
				     const struct nvml_gpu *g, const char *needle)
{
	struct maybe_u64 unread = known_u64(0, "nvml:all");
	uint64_t count = 0;

	if (!g)
		return unknown_u64(NOT_LOOKED, "nvml:all");
	if (g->process_know != KNOWN)
		return unknown_u64(g->process_know, "nvml:all");
	for (size_t i = 0; i < g->process_count && i < PROCESSES_MAX; i++) {
		struct maybe_u64 its = in_cgroup(h, f->arena, g->process[i].pid, needle);
		if (its.know != KNOWN)
			unread = its;
		count += u64_or(its, 0);
	}
	if (g->process_count > PROCESSES_MAX)
		unread = unknown_u64(NOT_LOOKED, "nvml:all");
	return count ? known_u64(count, "nvml:all") : unread;
}

/* Those on other GPUs count only where the chosen one has none. */
static void read_processes(struct ollama *o, const struct facts *f, struct host *h,
			   const char *needle)
{
	const struct nvml_gpu *ours = f->pci.chosen ? nvml_gpu(&f->nvml, f->pci.chosen->bdf) : NULL;

	o->elsewhere = "";
	o->gpu_processes = processes_on(f, h, ours, needle);
	if (!is_u64(o->gpu_processes, 0))
		return;
	for (size_t i = 0; i < f->nvml.gpu_count && !*o->elsewhere; i++) {
		const struct nvml_gpu *g = &f->nvml.gpu[i];
		if (g == ours)
			continue;
		o->gpu_processes_elsewhere = processes_on(f, h, g, needle);
		if (u64_or(o->gpu_processes_elsewhere, 0) > 0)
			o->elsewhere = g->bdf;
	}
}

static const char *log_of(struct arena *a, const struct container *c)
{
	return arena_printf(a, "/log-start/%s", c->id);
}

static bool is_server(const struct container *c)
{
	return c->kind == CONTAINER_OLLAMA && container_runs(c);
}

static struct ollama in_container(struct facts *f, struct host *h, const struct container *c)
{
	struct arena *a = f->arena;
	struct ollama o = {
		.where = c->name,
		.container = c->name,
		.endpoint = endpoint_of(a, c),
		.environment = c->environment,
	};
	read_processes(&o, f, h, c->id);
	read_log(&o, f, h, SOURCE_DOCKER, log_of(a, c));
	ask_api(&o, a, h);
	o.backend = ollama_agree(&o, a, &o.backend_why);
	return o;
}

/* It says that it is active a moment after it has begun to write. */
enum { BEGINS_BEFORE_USEC = 5000000 };

const char *ollama_unit_log(struct arena *a, const struct services *s)
{
	const struct unit *u = services_unit(s, "ollama.service");

	if (!u || !str_eq(u->active, "active") || u->active_since_usec <= BEGINS_BEFORE_USEC)
		return NULL;
	return arena_printf(a, "unit-start/ollama.service/%llu",
			    (unsigned long long)(u->active_since_usec - BEGINS_BEFORE_USEC));
}

static const char *endpoint_of_unit(struct arena *a, const struct unit *u)
{
	struct address at = address_of(a, &u->environment);
	return at.ip ? written(a, is_any(at.ip) ? "127.0.0.1" : at.ip, at.port) : "";
}

static struct ollama as_unit(struct facts *f, struct host *h, const char *log)
{
	const struct unit *u = services_unit(&f->services, "ollama.service");
	struct ollama o = {
		.where = "ollama.service",
		.container = "",
		.endpoint = endpoint_of_unit(f->arena, u),
		.environment = u->environment,
	};
	read_processes(&o, f, h, "ollama.service");
	read_log(&o, f, h, SOURCE_JOURNAL, log);
	ask_api(&o, f->arena, h);
	o.backend = ollama_agree(&o, f->arena, &o.backend_why);
	return o;
}

/* The one server there usually is: more are asked one after the other. */
void expect_ollama(struct facts *f, struct host *h)
{
	struct arena *a = f->arena;
	const struct docker *d = &f->docker;
	size_t i = 0;

	while (i < d->container_count && !is_server(&d->container[i]))
		i++;
	if (i == d->container_count)
		return;
	const struct container *c = &d->container[i];
	const char *log[] = { log_of(a, c) };
	host_expect(h, SOURCE_DOCKER, &(struct names){ log, 1 });
	const char *endpoint = endpoint_of(a, c);
	const char *api[] = { question_of(a, endpoint, "/api/ps") };
	if (*endpoint)
		host_expect(h, SOURCE_OLLAMA, &(struct names){ api, COUNT_OF(api) });
}

void collect_ollama(struct facts *f, struct host *h)
{
	const char *log = ollama_unit_log(f->arena, &f->services);
	struct ollama_list *l = &f->ollama;

	l->server = arena_alloc(f->arena, SERVERS_MAX * sizeof(*l->server));
	l->know = f->docker.containers_know;
	for (size_t i = 0; i < f->docker.container_count; i++) {
		const struct container *c = &f->docker.container[i];
		if (is_server(c) && l->server_count < SERVERS_MAX)
			l->server[l->server_count++] = in_container(f, h, c);
	}
	if (log && l->server_count < SERVERS_MAX)
		l->server[l->server_count++] = as_unit(f, h, log);
}

/* SPDX-License-Identifier: MIT */
/* The containers. Docker Engine API, GET /containers/{id}/json; Podman's answers have the same
 * keys. */
#include "collect/collect.h"

#include <inttypes.h>
#include <string.h>

#include "base/json-pick.h"
#include "base/rfc3339.h"
#include "collect/docker/docker.h"
#include "collect/environment.h"
#include "collect/signs.h"
#include "facts/gate.h"

enum {
	CONTAINERS_MAX = 512,
	PORTS_MAX = 64,
	NAME_MAX_BYTES = 200,
	TEXT_MAX_BYTES = 400,
	NEEDS_MAX = 16,
};

static const char *text(struct arena *a, const json_t *j, size_t max)
{
	const char *s = json_text(a, j);
	return str_clean(a, s, strlen(s), max);
}

static uint64_t number(const json_t *j)
{
	json_int_t v = json_is_integer(j) ? json_integer_value(j) : 0;
	return v > 0 ? (uint64_t)v : 0;
}

static void bindings(struct arena *a, struct container *c, const char *port, const json_t *list)
{
	uint64_t inside, outside;
	size_t i;
	json_t *v;
	const char *slash = strchr(port, '/');

	if (!slash || !str_eq(slash, "/tcp") ||
	    !str_u64(str_ndup(a, port, (size_t)(slash - port)), 10, 65535, &inside))
		return;
	json_array_foreach(list, i, v)
	{
		if (c->port_count == PORTS_MAX)
			return;
		if (!str_u64(json_text(a, json_object_get(v, "HostPort")), 10, 65535, &outside))
			continue;
		const char *ip = text(a, json_object_get(v, "HostIp"), NAME_MAX_BYTES);
		c->port[c->port_count++] =
		    (struct port_binding){ *ip ? ip : "0.0.0.0", outside, inside };
	}
}

/* What is bound now; of a container that does not run, what it will bind. */
static void ports(struct arena *a, const json_t *inspect, struct container *c)
{
	json_t *now = json_at(inspect, "NetworkSettings", "Ports");
	json_t *will = json_at(inspect, "HostConfig", "PortBindings");
	json_t *list = container_runs(c) ? now : will;
	const char *port;
	json_t *v;

	c->port = arena_alloc(a, PORTS_MAX * sizeof(*c->port));
	json_object_foreach(list, port, v)
	{
		bindings(a, c, port, v);
	}
}

static const char *address(struct arena *a, const json_t *settings)
{
	const char *ip = text(a, json_object_get(settings, "IPAddress"), NAME_MAX_BYTES);
	const char *name;
	json_t *v;

	json_object_foreach(json_object_get(settings, "Networks"), name, v)
	{
		if (!*ip)
			ip = text(a, json_object_get(v, "IPAddress"), NAME_MAX_BYTES);
	}
	return ip;
}

/* "db:service_healthy:false,cache:service_started:true": names stand before the first colon. */
static struct names needs(struct arena *a, const char *label)
{
	struct names n = str_split(a, label, ",", NEEDS_MAX);

	for (size_t i = 0; i < n.count; i++)
		n.name[i] = str_ndup(a, n.name[i], strcspn(n.name[i], ":"));
	return n;
}

static void compose(struct arena *a, const json_t *labels, struct container *c)
{
#define COMPOSE "com.docker.compose."
	const char *files =
	    text(a, json_object_get(labels, COMPOSE "project.config_files"), 4 * TEXT_MAX_BYTES);

	c->compose_project = text(a, json_object_get(labels, COMPOSE "project"), NAME_MAX_BYTES);
	c->compose_service = text(a, json_object_get(labels, COMPOSE "service"), NAME_MAX_BYTES);
	c->compose_dir =
	    text(a, json_object_get(labels, COMPOSE "project.working_dir"), TEXT_MAX_BYTES);
	c->compose_files = str_split(a, files, ",", 16);
	c->compose_needs =
	    needs(a, text(a, json_object_get(labels, COMPOSE "depends_on"), TEXT_MAX_BYTES));
#undef COMPOSE
}

static void state(struct arena *a, const json_t *j, struct container *c)
{
	uint64_t usec;
	static const char from[] = "docker:/containers/*/json";
	const char *started = json_text(a, json_object_get(j, "StartedAt"));

	c->state = text(a, json_object_get(j, "Status"), NAME_MAX_BYTES);
	c->pid = number(json_object_get(j, "Pid"));
	c->exit_code = number(json_object_get(j, "ExitCode"));
	c->error = text(a, json_object_get(j, "Error"), TEXT_MAX_BYTES);
	c->health = docker_text(a, json_at(j, "Health", "Status"), from);
	c->started_usec =
	    rfc3339_usec(started, &usec) ? known_u64(usec, from) : unknown_u64(ABSENT, from);
}

static void host_config(struct arena *a, const json_t *j, struct container *c)
{
	c->restart_policy = text(a, json_at(j, "RestartPolicy", "Name"), NAME_MAX_BYTES);
	c->runtime = text(a, json_object_get(j, "Runtime"), NAME_MAX_BYTES);
	c->network_mode = text(a, json_object_get(j, "NetworkMode"), NAME_MAX_BYTES);
	c->log_driver = text(a, json_at(j, "LogConfig", "Type"), NAME_MAX_BYTES);
	c->privileged = json_is_true(json_object_get(j, "Privileged"));
}

/* What of path is below dir, from its slash on; NULL: it is not below it. */
static const char *below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 0 && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 && (path[n] == '/' || !path[n]) ? path + n : NULL;
}

/* Where the host has the folder of its models, by the mount that lies nearest above it. */
static const char *model_store(struct arena *a, const struct container *c, const json_t *mounts)
{
	const char *models = container_env(c, "OLLAMA_MODELS"), *out = "";
	size_t nearest = 0, i;
	json_t *v;

	if (!models || *models != '/')
		models = "/root/.ollama/models";
	json_array_foreach(mounts, i, v)
	{
		const char *inside = text(a, json_object_get(v, "Destination"), TEXT_MAX_BYTES);
		const char *outside = text(a, json_object_get(v, "Source"), TEXT_MAX_BYTES);
		const char *rest = below(models, inside);
		if (!rest || *outside != '/' || strlen(inside) < nearest)
			continue;
		nearest = strlen(inside);
		out = arena_printf(a, "%s%s", outside, rest);
	}
	return out;
}

/* "--port 4001" or "--port=4001"; the last one counts. 0: it is not told. */
static uint64_t port_told(struct arena *a, const json_t *arguments)
{
	static const char option[] = "--port";
	uint64_t port = 0, told;
	size_t i;
	json_t *v;

	json_array_foreach(arguments, i, v)
	{
		const char *s = json_text(a, v), *rest = s + strlen(option);
		if (!str_starts(s, option))
			continue;
		if (!*rest)
			rest = json_text(a, json_array_get(arguments, i + 1));
		else if (*rest == '=')
			rest++;
		if (str_u64(rest, 10, 65535, &told))
			port = told;
	}
	return port;
}

/* Recordings keep the names of options and a port, and no more of the arguments. */
static bool takes_config(struct arena *a, const json_t *arguments)
{
	size_t i;
	json_t *v;

	json_array_foreach(arguments, i, v)
	{
		const char *s = json_text(a, v);
		if (str_eq(s, "-c") || str_eq(s, "--config") || str_starts(s, "--config="))
			return true;
	}
	return false;
}

static struct container container(struct arena *a, const json_t *j)
{
	struct container c = { .id = text(a, json_object_get(j, "Id"), NAME_MAX_BYTES) };
	const char *name = text(a, json_object_get(j, "Name"), NAME_MAX_BYTES);

	c.name = *name == '/' ? name + 1 : name;
	c.image = text(a, json_at(j, "Config", "Image"), NAME_MAX_BYTES);
	c.kind = container_kind(c.image, json_text(a, json_object_get(j, "Path")));
	c.takes_config = takes_config(a, json_object_get(j, "Args"));
	c.told_port = port_told(a, json_object_get(j, "Args"));
	c.restart_count = number(json_object_get(j, "RestartCount"));
	c.log_path = text(a, json_object_get(j, "LogPath"), TEXT_MAX_BYTES);
	c.ip = address(a, json_object_get(j, "NetworkSettings"));
	c.environment = environment_new(a);
	environment_put_all(a, &c.environment, json_at(j, "Config", "Env"));
	state(a, json_object_get(j, "State"), &c);
	host_config(a, json_object_get(j, "HostConfig"), &c);
	compose(a, json_at(j, "Config", "Labels"), &c);
	ports(a, j, &c);
	c.model_store =
	    c.kind == CONTAINER_OLLAMA ? model_store(a, &c, json_object_get(j, "Mounts")) : "";
	container_asks(a, j, &c);
	return c;
}

/* What is read below and in container_asks(): a tenth of what the engine tells. */
static const struct json_pick health[] = { { "Status" }, { 0 } };
static const struct json_pick process[] = {
	{ "Status" },         { "Pid" }, { "ExitCode" }, { "Error" }, { "StartedAt" },
	{ "Health", health }, { 0 },
};
static const struct json_pick config[] = { { "Image" }, { "Env" }, { "Labels" }, { 0 } };
static const struct json_pick policy[] = { { "Name" }, { 0 } };
static const struct json_pick log_type[] = { { "Type" }, { 0 } };
static const struct json_pick host_configuration[] = {
	{ "RestartPolicy", policy },
	{ "Runtime" },
	{ "NetworkMode" },
	{ "LogConfig", log_type },
	{ "Privileged" },
	{ "PortBindings" },
	{ "Devices" },
	{ "DeviceCgroupRules" },
	{ "Binds" },
	{ "DeviceRequests" },
	{ "Annotations" },
	{ 0 },
};
static const struct json_pick own_address[] = { { "IPAddress" }, { 0 } };
static const struct json_pick each_network[] = { { "*", own_address }, { 0 } };
static const struct json_pick mount[] = { { "Source" }, { "Destination" }, { 0 } };
static const struct json_pick network[] = {
	{ "Ports" },
	{ "IPAddress" },
	{ "Networks", each_network },
	{ 0 },
};
static const struct json_pick inspect[] = {
	{ "Id" },
	{ "Name" },
	{ "Path" },
	{ "Args" },
	{ "LogPath" },
	{ "RestartCount" },
	{ "State", process },
	{ "Config", config },
	{ "HostConfig", host_configuration },
	{ "Mounts", mount },
	{ "NetworkSettings", network },
	{ 0 },
};

static void read_containers(struct facts *f, const json_t *all)
{
	struct docker *d = &f->docker;
	size_t count = json_array_size(all);

	count = count < CONTAINERS_MAX ? count : CONTAINERS_MAX;
	d->container = arena_alloc(f->arena, count * sizeof(*d->container));
	d->container_count = 0;
	for (size_t i = 0; i < count; i++)
		if (json_is_object(json_array_get(all, i)))
			d->container[d->container_count++] =
			    container(f->arena, json_array_get(all, i));
}

void collect_containers(struct facts *f, struct host *h)
{
	struct docker *d = &f->docker;
	struct bytes b;

	if (d->know == KNOWN || d->know == NOT_LOOKED) {
		int r = host_ask(h, f->arena, SOURCE_DOCKER, "/containers/*/json", &b, NULL);
		json_auto_t *all =
		    r < 0 ? NULL : json_parse(json_pick(f->arena, b, inspect), "containers", NULL);
		d->containers_know = r < 0                ? know_of_errno(r)
				     : json_is_array(all) ? KNOWN
							  : UNREADABLE;
		read_containers(f, all);
	}
	docker_settle(f);
}

/* Why one that asks for a GPU does not run, as far as the engine's error gives it away. */
static void read_error(struct facts *f, const struct container *c)
{
	if (c->asks && *c->error && !container_runs(c))
		signs_read(f, bytes_of(c->error), LOG_ENGINE, "docker:/containers/*/json", c->name);
}

void docker_settle(struct facts *f)
{
	struct docker *d = &f->docker;

	if (d->know == NOT_LOOKED || (d->know == KNOWN && d->containers_know == NOT_LOOKED))
		return;
	if (d->know != KNOWN) {
		d->containers_know = d->know;
		d->container_count = 0;
	}
	for (size_t i = 0; i < d->container_count; i++) {
		if (is_text(d->default_runtime, "nvidia"))
			container_asks_by_default(f->arena, &d->container[i]);
		read_error(f, &d->container[i]);
	}
}

/* N of the chosen GPU's /dev/nvidiaN: as the driver tells, else the first that is there. */
static uint64_t gpu_minor(const struct facts *f)
{
	const struct nvml_gpu *g = f->pci.chosen ? nvml_gpu(&f->nvml, f->pci.chosen->bdf) : NULL;
	uint64_t n;

	if (g && g->minor.know == KNOWN)
		return g->minor.v;
	for (size_t i = 0; i < f->driver.node_count; i++)
		if (f->driver.node[i].know == KNOWN &&
		    str_starts(f->driver.node[i].path, "/dev/nvidia") &&
		    str_u64(f->driver.node[i].path + strlen("/dev/nvidia"), 10, 255, &n))
			return n;
	return 0;
}

/* The answer's line "NAME RESULT" for that node. */
static struct maybe_text result_of(struct arena *a, struct bytes answer, const char *name,
				   const char *from)
{
	for (struct bytes line; bytes_line(&answer, &line);) {
		struct names word = str_split(a, str_trim(a, line.data, line.size), " ", 2);
		if (word.count == 2 && str_eq(word.name[0], name))
			return known_text(word.name[1], from);
	}
	return unknown_text(UNREADABLE, from);
}

static const char *nodes_question(const struct facts *f, const struct container *c)
{
	return arena_printf(f->arena, "open/%" PRIu64 "/nvidiactl,nvidia-uvm,nvidia%" PRIu64,
			    c->pid, gpu_minor(f));
}

static void ask_nodes(struct facts *f, struct host *h, struct container *c)
{
	struct arena *a = f->arena;
	const char *numbered = arena_printf(a, "nvidia%" PRIu64, gpu_minor(f));
	const char *const name[] = { "nvidiactl", "nvidia-uvm", numbered };
	const char *question = nodes_question(f, c);
	const char *from = arena_printf(a, "container:%s", question);
	struct bytes answer;
	int r = host_ask(h, a, SOURCE_CONTAINER, question, &answer, NULL);

	c->node = arena_alloc(a, COUNT_OF(name) * sizeof(*c->node));
	for (; c->node_count < COUNT_OF(name); c->node_count++)
		c->node[c->node_count] = (struct node_access){
			.path = arena_printf(a, "/dev/%s", name[c->node_count]),
			.result = r < 0 ? unknown_text(know_of_errno(r), from)
					: result_of(a, answer, name[c->node_count], from),
		};
}

static bool lost_a_node(const struct container *c)
{
	for (size_t i = 0; i < c->node_count; i++)
		if (is_text(c->node[i].result, "EPERM"))
			return true;
	return false;
}

/* "seconds.usec text" of the last line. */
static struct maybe_u64 last_reload(struct arena *a, struct host *h)
{
	static const char from[] = "journal:reloads";
	struct maybe_u64 last = unknown_u64(ABSENT, from);
	struct bytes answer;
	uint64_t sec, usec;
	int r = host_ask(h, a, SOURCE_JOURNAL, "reloads", &answer, NULL);

	if (r < 0)
		return unknown_u64(know_of_errno(r), from);
	for (struct bytes line; bytes_line(&answer, &line);) {
		struct names part =
		    str_split(a, str_ndup(a, line.data, line.size < 40 ? line.size : 40), ". ", 2);
		if (part.count == 2 && str_u64(part.name[0], 10, UINT32_MAX, &sec) &&
		    str_u64(part.name[1], 10, 999999, &usec))
			last = known_u64(sec * 1000000 + usec, from);
	}
	return last;
}

/* Podman does not tell of CDI devices: whether an LLM server has them, its nodes show. */
static bool may_have_gpu(const struct docker *d, const struct container *c)
{
	return c->asks || (d->flavour == DOCKER_PODMAN && container_is_llm(c));
}

static bool is_asked_for_nodes(const struct docker *d, const struct container *c)
{
	return container_runs(c) && may_have_gpu(d, c);
}

void expect_container_nodes(struct facts *f, struct host *h)
{
	const struct docker *d = &f->docker;
	struct names all = { arena_alloc(f->arena, d->container_count * sizeof(*all.name)), 0 };

	if (driver_shut(f))
		return;
	for (size_t i = 0; i < d->container_count; i++)
		if (is_asked_for_nodes(d, &d->container[i]))
			all.name[all.count++] = nodes_question(f, &d->container[i]);
	host_expect(h, SOURCE_CONTAINER, &all);
}

/*
 * An open that the cgroup allows reaches the driver, hence the gate, and what the probes met. The
 * journal is searched only where it explains something: it is the slow part.
 */
void collect_container_nodes(struct facts *f, struct host *h)
{
	struct docker *d = &f->docker;
	bool lost = false;

	if (driver_shut(f))
		return;
	for (size_t i = 0; i < d->container_count; i++) {
		struct container *c = &d->container[i];
		if (!is_asked_for_nodes(d, c))
			continue;
		ask_nodes(f, h, c);
		lost = lost || lost_a_node(c);
	}
	if (lost)
		d->last_reload_usec = last_reload(f->arena, h);
}

/* SPDX-License-Identifier: MIT */
/* The engine and NVIDIA's toolkit beside it. Docker Engine API, GET /info and /version. */
#include "collect/docker/docker.h"

#include <errno.h>
#include <string.h>

#include "base/json-pick.h"
#include "collect/collect.h"
#include "collect/sysfs.h"

#define TOOLKIT_CONFIG "/etc/nvidia-container-runtime/config.toml"

enum { RUNTIMES_MAX = 64, CLEAN_MAX = 200 };

/* Where the engine finds what it is told by its bare name. */
static const char *const bin_dirs[] = {
	"/usr/bin",
	"/usr/local/bin",
	"/usr/local/nvidia/toolkit",
	"/run/current-system/sw/bin",
};

struct maybe_text docker_text(struct arena *a, const json_t *j, const char *from)
{
	const char *text = json_text(a, j);
	if (!*text)
		return unknown_text(ABSENT, from);
	return known_text(str_clean(a, text, strlen(text), CLEAN_MAX), from);
}

/* The program's path in one of the usual directories, or why it is not known. */
static struct maybe_text find_program(struct arena *a, struct host *h, const char *name)
{
	struct maybe_text found = unknown_text(ABSENT, name);
	for (size_t i = 0; i < COUNT_OF(bin_dirs); i++) {
		const char *path = arena_printf(a, "%s/%s", bin_dirs[i], name);
		struct maybe_u64 there = path_exists(h, a, path);
		if (is_u64(there, 1))
			return known_text(path, path);
		if (there.know != KNOWN)
			found = unknown_text(there.know, path);
	}
	return found;
}

struct maybe_u64 docker_program(struct arena *a, struct host *h, const char *name)
{
	if (*name == '/')
		return path_exists(h, a, name);
	struct maybe_text found = find_program(a, h, name);
	if (found.know == KNOWN || found.know == ABSENT)
		return known_u64(found.know == KNOWN, found.from);
	return unknown_u64(found.know, found.from);
}

/* What is read of both, a small part of /info. */
static const struct json_pick wanted[] = {
	{ "ServerVersion" },
	{ "CgroupDriver" },
	{ "CgroupVersion" },
	{ "DockerRootDir" },
	{ "OperatingSystem" },
	{ "DefaultRuntime" },
	{ "CDISpecDirs" },
	{ "SecurityOptions" },
	{ "Runtimes" },
	{ "InitBinary" },
	{ "Components" },
	{ "ApiVersion" },
	{ 0 },
};

static json_t *ask(struct arena *a, struct host *h, const char *question, int *ret)
{
	struct bytes b;
	*ret = host_ask(h, a, SOURCE_DOCKER, question, &b, NULL);
	if (*ret < 0)
		return NULL;
	json_t *j = json_parse(json_pick(a, b, wanted), question, NULL);
	if (!json_is_object(j)) {
		json_decref(j);
		*ret = -EBADMSG;
		return NULL;
	}
	return j;
}

static const char *endpoint_of(struct arena *a, struct host *h)
{
	struct bytes b;
	if (host_ask(h, a, SOURCE_DOCKER, "endpoint", &b, NULL) < 0)
		return "";
	const char *text = str_trim(a, b.data, b.size);
	return str_clean(a, text, strlen(text), CLEAN_MAX);
}

static void read_runtimes(struct arena *a, const json_t *runtimes, struct docker *d)
{
	const char *name;
	json_t *v;

	d->runtime = arena_alloc(a, RUNTIMES_MAX * sizeof(*d->runtime));
	json_object_foreach((json_t *)runtimes, name, v)
	{
		if (d->runtime_count == RUNTIMES_MAX)
			return;
		d->runtime[d->runtime_count++] = (struct docker_runtime){
			.name = str_clean(a, name, strlen(name), CLEAN_MAX),
			.path = json_text(a, json_object_get(v, "path")),
		};
	}
}

static void read_info(struct arena *a, const json_t *j, struct docker *d)
{
	static const char from[] = "docker:/info";
	struct names security = json_texts(a, json_object_get(j, "SecurityOptions"));

	d->version = docker_text(a, json_object_get(j, "ServerVersion"), from);
	d->cgroup_driver = docker_text(a, json_object_get(j, "CgroupDriver"), from);
	d->cgroup_version = docker_text(a, json_object_get(j, "CgroupVersion"), from);
	d->root_dir = docker_text(a, json_object_get(j, "DockerRootDir"), from);
	d->os = docker_text(a, json_object_get(j, "OperatingSystem"), from);
	d->default_runtime = docker_text(a, json_object_get(j, "DefaultRuntime"), from);
	d->cdi_dirs = json_texts(a, json_object_get(j, "CDISpecDirs"));
	d->rootless = names_have(&security, "name=rootless");
	read_runtimes(a, json_object_get(j, "Runtimes"), d);
}

static bool is_podman(const json_t *version)
{
	size_t i;
	json_t *part;
	json_array_foreach(json_object_get(version, "Components"), i, part)
	{
		const char *name = json_string_value(json_object_get(part, "Name"));
		if (str_eq(name, "Podman Engine"))
			return true;
	}
	return false;
}

static enum docker_flavour flavour_of(const json_t *version, const struct docker *d)
{
	if (is_podman(version))
		return DOCKER_PODMAN;
	if (is_text(d->os, "Docker Desktop") || strstr(d->endpoint, "/.docker/desktop/"))
		return DOCKER_DESKTOP;
	if (str_starts(text_or(d->root_dir, ""), "/var/snap/docker/"))
		return DOCKER_SNAP;
	return DOCKER_ENGINE;
}

/* The unit knows when it started; where systemd cannot be asked, its pid file is as old. */
static struct maybe_u64 started(const struct facts *f, struct host *h, const struct docker *d)
{
	bool snap = d->flavour == DOCKER_SNAP;
	const char *name = snap ? "snap.docker.dockerd.service" : "docker.service";
	const struct unit *unit = services_unit(&f->services, name);
	struct host_stat st;

	if (d->flavour == DOCKER_PODMAN || d->flavour == DOCKER_DESKTOP)
		return unknown_u64(ABSENT, d->endpoint);
	if (unit && !d->rootless && unit->active_since_usec)
		return known_u64(unit->active_since_usec, name);
	if (!str_starts(d->endpoint, "unix://") || !str_ends(d->endpoint, ".sock"))
		return unknown_u64(NOT_LOOKED, NULL);
	size_t n = strlen(d->endpoint) - strlen("unix://") - strlen(".sock");
	const char *pid = arena_printf(f->arena, "%.*s.pid", (int)n, d->endpoint + 7);
	int r = host_stat(h, f->arena, pid, &st, NULL);
	if (r < 0 || st.mtime_sec <= 0)
		return unknown_u64(r < 0 ? know_of_errno(r) : UNREADABLE, pid);
	return known_u64((uint64_t)st.mtime_sec * 1000000, pid);
}

/*
 * dockerd names its init binary in /info, Podman leaves it empty. For /version
 * dockerd executes runc and docker-init to ask theirs, which takes longer than
 * all else that it is asked: so only where there is a doubt.
 */
static bool is_dockerd(const json_t *info)
{
	const char *init = json_string_value(json_object_get(info, "InitBinary"));
	return init && *init;
}

static void read_engine(struct facts *f, struct host *h, const json_t *info)
{
	struct docker *d = &f->docker;
	int r;
	json_auto_t *version = is_dockerd(info) ? NULL : ask(f->arena, h, "/version", &r);

	d->know = KNOWN;
	read_info(f->arena, info, d);
	d->api_version =
	    docker_text(f->arena, json_object_get(version, "ApiVersion"), "docker:/version");
	d->flavour = flavour_of(version, d);
	d->started_usec = started(f, h, d);
	const struct docker_runtime *nvidia = docker_runtime(d, "nvidia");
	if (nvidia)
		d->nvidia_runtime_exists = docker_program(
		    f->arena, h, *nvidia->path ? nvidia->path : "nvidia-container-runtime");
}

/* NAME = VALUE of one [section] of a TOML file; lines that are commented out do not count. */
static struct maybe_text toml_value(struct arena *a, struct bytes text, const char *section,
				    const char *name)
{
	struct maybe_text found = unknown_text(ABSENT, TOOLKIT_CONFIG);
	bool inside = false;

	for (struct bytes line; bytes_line(&text, &line);) {
		const char *s = str_trim(a, line.data, line.size);
		if (*s == '[')
			inside = str_starts(s, section);
		struct names word = str_split(a, s, " \t=\"'#", 2);
		if (inside && *s != '#' && word.count == 2 && str_eq(word.name[0], name))
			found = known_text(word.name[1], TOOLKIT_CONFIG);
	}
	return found;
}

static void read_toolkit(struct arena *a, struct host *h, struct docker *d)
{
	static const char *const programs[] = { "nvidia-ctk", "nvidia-container-runtime",
						"nvidia-container-toolkit" };
	struct bytes b;
	int r = host_read(h, a, TOOLKIT_CONFIG, &b, NULL);

	d->toolkit_no_cgroups = unknown_text(know_of_errno(r), TOOLKIT_CONFIG);
	d->toolkit_mode = d->toolkit_no_cgroups;
	if (r == 0) {
		d->toolkit_no_cgroups = toml_value(a, b, "[nvidia-container-cli]", "no-cgroups");
		d->toolkit_mode = toml_value(a, b, "[nvidia-container-runtime]", "mode");
	}
	for (size_t i = 0; i < COUNT_OF(programs) && d->toolkit_path.know != KNOWN; i++)
		d->toolkit_path = find_program(a, h, programs[i]);
	d->hook_exists = docker_program(a, h, "nvidia-container-runtime-hook");
}

/* Who kept us waiting for the containers is not waited for again. */
static json_t *ask_info(struct facts *f, struct host *h, int *ret)
{
	*ret = -ETIMEDOUT;
	return f->docker.containers_know == TIMED_OUT ? NULL : ask(f->arena, h, "/info", ret);
}

void collect_docker(struct facts *f, struct host *h)
{
	struct docker *d = &f->docker;
	int r;

	d->why = "";
	d->endpoint = endpoint_of(f->arena, h);
	json_auto_t *info = ask_info(f, h, &r);
	if (info)
		read_engine(f, h, info);
	else
		docker_silence(f, h, r);
	d->config = docker_config(f, h);
	read_toolkit(f->arena, h, d);
	docker_settle(f);
}

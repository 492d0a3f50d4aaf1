/* SPDX-License-Identifier: MIT */
/* egpu-check(1), link runtime. */
#include <string.h>

#include "facts/handout.h"
#include "rules/verdict.h"

#define AGAIN "sudo egpu check --link runtime"

static bool asks(const struct container *c)
{
	return c->asks;
}

static bool any(const struct docker *d, bool (*fits)(const struct container *c))
{
	for (size_t i = 0; i < d->container_count; i++)
		if (fits(&d->container[i]))
			return true;
	return false;
}

static bool anybody_uses_cdi(const struct docker *d)
{
	for (size_t i = 0; i < d->container_count; i++)
		if (container_uses_cdi(d, &d->container[i]))
			return true;
	return false;
}

/*
 * Containers are to compute on a GPU here. That is said also before the GPU
 * is on the bus, since it will bite next; but not where none can come.
 */
static bool intended(const struct facts *f)
{
	const struct docker *d = &f->docker;
	if (f->pci.chosen || f->pci.know != KNOWN)
		return true;
	return handout_may_come(&f->thunderbolt) &&
	       (any(d, asks) || d->toolkit_path.know == KNOWN ||
		d->config.nvidia_path.know == KNOWN);
}

/* A break where somebody feels it now, else a warning. */
static void found(struct verdict *v, bool felt, const char *cause, const char *subject,
		  const char *text)
{
	if (felt)
		found_broken(v, cause, subject, "%s", text);
	else
		found_warning(v, cause, subject, "%s", text);
}

static const char *restart_cost(struct verdict *v, const struct docker *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->container_count; i++)
		n += container_runs(&d->container[i]);
	return arena_printf(v->arena, "a restart stops %zu container%s", n, n == 1 ? "" : "s");
}

static void judge_absent(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const struct unit *u = services_unit(&f->services, "docker.service");
	const char *how =
	    u && str_eq(u->active, "failed") ? "docker has failed" : "docker does not run";

	if (!is_u64(d->expected, 1) || !f->pci.chosen)
		found_skipped(v, "%s", d->why && *d->why ? d->why : "no container engine here");
	else if (handout_is_native(f))
		found_warning(v, "docker-not-running", "", "%s; Ollama runs without it", how);
	else
		found_broken(v, "docker-not-running", "", "%s, so no container does", how);
}

static void judge_silent(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;

	if (d->know == ABSENT)
		judge_absent(f, v);
	else if (d->know == DENIED)
		found_unknown(v, AGAIN, "%s is not open to us",
			      d->endpoint && *d->endpoint ? d->endpoint : "the engine's socket");
	else
		found_unknown(v, "docker info", "the container engine: %s",
			      d->why && *d->why ? d->why : know_why(d->know));
}

static void judge_config(const struct facts *f, struct verdict *v)
{
	const struct docker_config *c = &f->docker.config;

	if (f->docker.know == ABSENT && !is_u64(f->docker.expected, 1))
		return;
	if (c->error.know == KNOWN)
		found_broken(v, "docker-config-invalid", c->path, "%s", c->error.v);
	else if (c->know == KNOWN && handout_hosts_twice(f))
		found_broken(v, "docker-config-invalid", c->path,
			     "hosts stands in %s and as -H in docker.service", c->path);
}

/* Its socket is not where the engine of /etc/docker listens. */
static bool other_socket(const struct docker *d)
{
	return d->endpoint && *d->endpoint && !str_ends(d->endpoint, "///var/run/docker.sock") &&
	       !str_ends(d->endpoint, "///run/docker.sock");
}

static bool differs(struct maybe_text file, struct maybe_text engine)
{
	return file.know == KNOWN && engine.know == KNOWN && !str_eq(file.v, engine.v);
}

/* What of the file concerns the GPU and is not in force; NULL: nothing. */
static const char *not_in_force(struct verdict *v, const struct docker *d)
{
	const struct docker_config *c = &d->config;

	if (c->nvidia_path.know == KNOWN && !docker_runtime(d, "nvidia"))
		return "runtime nvidia";
	if (differs(c->default_runtime, d->default_runtime))
		return arena_printf(v->arena, "default-runtime %s", c->default_runtime.v);
	if (differs(c->cgroup_driver, d->cgroup_driver))
		return arena_printf(v->arena, "cgroup driver %s", c->cgroup_driver.v);
	if (is_u64(c->cdi_feature, 1) && docker_at_least(d, 25, 0) && d->cdi_dirs.count == 0)
		return "features.cdi";
	return NULL;
}

/* The file was written since dockerd began, and nothing but the file tells it of runtimes. */
static bool awaits_restart(const struct facts *f)
{
	const struct docker *d = &f->docker;
	const struct unit *u = services_unit(&f->services, "docker.service");

	return d->config.know == KNOWN && d->config.error.know != KNOWN &&
	       d->config.mtime_sec.know == KNOWN && d->started_usec.know == KNOWN &&
	       d->config.mtime_sec.v > d->started_usec.v / 1000000 && !other_socket(d) &&
	       handout_file_rules(u);
}

/* What the next restart takes away or changes, which nobody may have meant. */
static void judge_next_start(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const struct docker_config *c = &d->config;
	const struct docker_runtime *nvidia = docker_runtime(d, "nvidia");

	if (!f->pci.chosen || !awaits_restart(f))
		return;
	if (nvidia && c->nvidia_path.know == ABSENT)
		found_warning(v, "docker-runtime-missing", "",
			      "the next restart of docker takes runtime nvidia away: %s, changed "
			      "since it started, has none",
			      c->path);
	else if (nvidia && *nvidia->path && differs(c->nvidia_path, known_text(nvidia->path, "")))
		found_warning(v, "docker-config-not-in-effect", "",
			      "runtime nvidia is %s in daemon.json, and %s in force; %s",
			      c->nvidia_path.v, nvidia->path, restart_cost(v, d));
	if (is_u64(c->cdi_feature, 0) && docker_takes_cdi(d) && anybody_uses_cdi(d))
		found_warning(v, "cdi-disabled", "",
			      "the next restart of docker switches CDI off: features.cdi is false "
			      "in daemon.json");
}

/*
 * By what differs, not by the file's age alone: most edits do not concern the
 * GPU, and a restored file is old. True: the runtime is among it.
 */
static bool judge_in_force(const struct docker *d, struct verdict *v)
{
	const struct docker_config *c = &d->config;
	const char *what = c->know == KNOWN && c->error.know != KNOWN ? not_in_force(v, d) : NULL;
	bool runtime = c->nvidia_path.know == KNOWN && !docker_runtime(d, "nvidia");

	if (!what)
		return false;
	if (other_socket(d))
		found_broken(v, "docker-wrong-daemon", "", "%s of %s is not the engine's at %s",
			     what, c->path, d->endpoint);
	else
		found(v, runtime, "docker-config-not-in-effect", "",
		      arena_printf(v->arena, "%s is in daemon.json but not in force; %s", what,
				   restart_cost(v, d)));
	return runtime;
}

/* Docker Desktop has no GPU to give. True: nothing more is to be said. */
static bool judge_flavour(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	bool wanted =
	    f->pci.chosen && (any(d, asks) || any(d, container_is_llm) || !handout_is_native(f));
	bool works = false;

	for (size_t i = 0; i < d->container_count; i++)
		works = works || (d->container[i].asks && container_opens_all(&d->container[i]));
	if (d->flavour == DOCKER_SNAP && wanted && !works)
		found_warning(v, "docker-wrong-daemon", "",
			      "the snap of docker answers: it has its own configuration");
	if (d->flavour != DOCKER_DESKTOP)
		return false;
	if (wanted)
		found_broken(v, "docker-wrong-daemon", "",
			     "Docker Desktop answers: its virtual machine has no GPU");
	else
		found_skipped(v, "Docker Desktop, and nothing asks it for a GPU");
	return true;
}

/* By a request only, and it runs: so the engine had a way to serve it. */
static bool request_works(const struct docker *d)
{
	for (size_t i = 0; i < d->container_count; i++)
		if (d->container[i].asks == ASK_DEVICE_REQUEST && container_runs(&d->container[i]))
			return true;
	return false;
}

static bool has_cdi(const struct docker *d)
{
	const struct cdi_spec *s = docker_cdi(d);
	return s && s->error.know != KNOWN && docker_takes_cdi(d);
}

/* `--gpus` is served without a registered runtime. */
static bool by_hook(const struct docker *d)
{
	return request_works(d) || handout_hook_serves(d);
}

/* Some way to hand out the GPU must be there, if anybody could want it. */
static void judge_way(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const struct docker_runtime *nvidia = docker_runtime(d, "nvidia");
	bool bites = any(d, asks) || (any(d, container_is_llm) && f->pci.chosen);
	bool wanted = bites || (f->pci.chosen && !handout_is_native(f));

	if (nvidia && is_u64(d->nvidia_runtime_exists, 0))
		found_broken(v, "toolkit-missing", "",
			     "runtime nvidia is registered, but %s is gone",
			     *nvidia->path ? nvidia->path : "its program");
	if (nvidia || (has_cdi(d) && handout_cdi_serves(d)) || !wanted || by_hook(d))
		return;
	if (d->toolkit_path.know == ABSENT)
		found(v, bites, "toolkit-missing", "", "nvidia-container-toolkit is not installed");
	else if (d->toolkit_path.know == KNOWN && (any(d, handout_by_toolkit) || !any(d, asks)))
		found(v, bites, "docker-runtime-missing", "",
		      "the toolkit is installed, but docker has no runtime nvidia");
	else if (d->toolkit_path.know != KNOWN)
		found_unknown(v, "nvidia-ctk --version", "the toolkit: %s",
			      know_why(d->toolkit_path.know));
}

static const char *stale_version(const struct facts *f, const struct cdi_spec *s, struct verdict *v)
{
	struct maybe_text live = f->kernel.userland_version;
	if (live.know != KNOWN)
		live = f->driver.version;
	if (!differs(s->driver_version, live))
		return NULL;
	return arena_printf(v->arena, "CDI spec is of driver %s, the host has %s",
			    s->driver_version.v, live.v);
}

/* Nodes that the driver has not made itself are the driver's trouble, not the specification's. */
static bool driver_has_nodes(const struct driver *d)
{
	for (size_t i = 0; i < d->node_count; i++)
		if (d->node[i].know == ABSENT && !handout_is_on_demand(d->node[i].path))
			return false;
	return is_u64(d->nvidia_loaded, 1) && is_u64(d->uvm_loaded, 1);
}

/* Why the specification does not fit this host, or NULL. */
static const char *stale(const struct facts *f, const struct cdi_spec *s, struct verdict *v)
{
	const char *version = stale_version(f, s, v);

	if (s->error.know == KNOWN)
		return s->error.v;
	if (version)
		return version;
	if (u64_or(s->stale_nodes, 0))
		return arena_printf(v->arena, "CDI spec: %s", text_or(s->first_stale, s->path));
	if (u64_or(s->missing_paths, 0))
		return arena_printf(v->arena, "CDI spec names %s, which is gone",
				    text_or(s->first_missing, "a file"));
	if (u64_or(s->missing_nodes, 0) && f->pci.chosen && driver_has_nodes(&f->driver) &&
	    !handout_is_on_demand(text_or(s->first_missing_node, "")))
		return arena_printf(v->arena, "CDI spec names %s, which is not there",
				    text_or(s->first_missing_node, "a node"));
	return NULL;
}

static void judge_cdi_off(const struct docker *d, struct verdict *v)
{
	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		if (!(c->asks & ASK_CDI) || c->asks & (ASK_RUNTIME | ASK_ENVIRONMENT))
			continue;
		found_broken(v, "cdi-disabled", "", "%s asks by CDI, which docker %s has off",
			     c->name, text_or(d->version, "here"));
		return;
	}
}

static void judge_refresh(const struct facts *f, struct verdict *v)
{
	static const char *const names[] = { "nvidia-cdi-refresh.service",
					     "nvidia-cdi-refresh.path" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct unit *u = services_unit(&f->services, names[i]);
		bool masked = u && (str_eq(u->load, "masked") || str_eq(u->file_state, "masked"));
		if (!masked && !(u && str_eq(u->active, "failed")))
			continue;
		found_warning(v, "cdi-refresh-failed", names[i], "%s %s", names[i],
			      masked ? "is masked: nothing renews the CDI spec" : "has failed");
		return;
	}
}

static void judge_no_spec(const struct docker *d, struct verdict *v)
{
	bool podman = d->flavour == DOCKER_PODMAN;

	if (d->cdi_know == ABSENT)
		found_broken(v, "cdi-spec-missing", "/etc/cdi/nvidia.yaml", "no CDI spec, and %s",
			     podman ? "podman needs one for a GPU" : "a container asks by CDI");
	else if (d->cdi_know != NOT_LOOKED)
		found_unknown(v, AGAIN, "the CDI spec: %s", know_why(d->cdi_know));
}

static void judge_cdi(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const struct cdi_spec *s = docker_cdi(d);
	bool podman = d->flavour == DOCKER_PODMAN;
	bool used = anybody_uses_cdi(d) || (podman && any(d, container_is_llm) && f->pci.chosen);
	const char *why = s && (used || docker_takes_cdi(d)) ? stale(f, s, v) : NULL;

	if (!docker_takes_cdi(d))
		judge_cdi_off(d, v);
	if (used && !s)
		judge_no_spec(d, v);
	if (why)
		found(v, used, "cdi-spec-stale", s->path, why);
	if (used)
		judge_refresh(f, v);
}

/* runc and systemd find a node by its link in /dev/char; one that is missing is enough. */
static bool lacks_char_links(const struct driver *d)
{
	for (size_t i = 0; i < d->node_count; i++)
		if (d->node[i].know == KNOWN && is_u64(d->node[i].char_link, 0) &&
		    str_starts(d->node[i].path, "/dev/nvidia"))
			return true;
	return false;
}

static void judge_reload(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const char *name = NULL;
	size_t n = 0;

	if (!is_text(d->cgroup_driver, "systemd") || !lacks_char_links(&f->driver))
		return;
	for (size_t i = 0; i < d->container_count; i++)
		if (handout_by_hook(f, &d->container[i])) {
			name = d->container[i].name;
			n++;
		}
	if (n == 1)
		found_warning(v, "devices-lost-at-reload", name,
			      "%s loses the GPU at the next systemctl daemon-reload", name);
	else if (n)
		found_warning(v, "devices-lost-at-reload", name,
			      "%zu containers lose the GPU at the next daemon-reload", n);
}

/*
 * Judged by what it does: a container that opens its nodes has found another
 * way. Where that could not be tried, the link workload says so.
 */
static void judge_no_cgroups(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	bool off = is_text(d->toolkit_no_cgroups, "true");
	bool works = false, unread = false, concerned = false;

	if (d->toolkit_no_cgroups.know != KNOWN && d->toolkit_no_cgroups.know != ABSENT)
		return;
	for (size_t i = 0; i < d->container_count; i++) {
		if (!handout_by_hook(f, &d->container[i]))
			continue;
		concerned = true;
		works = works || container_opens_all(&d->container[i]);
		unread = unread || handout_is_unread(&d->container[i]);
	}
	if (works || unread || off == d->rootless)
		return;
	if (!off && concerned)
		found_warning(v, "toolkit-no-cgroups", "true",
			      "a rootless engine needs no-cgroups = true in the toolkit");
	else if (off && concerned)
		found_broken(v, "toolkit-no-cgroups", "false",
			     "the toolkit has no-cgroups = true: no node can be opened");
	else if (off)
		found_warning(v, "toolkit-no-cgroups", "false",
			      "the toolkit has no-cgroups = true, which is for rootless engines");
}

static const char *cdi_text(const struct facts *f, struct verdict *v)
{
	const struct cdi_spec *s = docker_cdi(&f->docker);
	bool compared =
	    s->driver_version.know == KNOWN &&
	    (f->kernel.userland_version.know == KNOWN || f->driver.version.know == KNOWN);
	return compared ? arena_printf(v->arena, "CDI spec fresh for %s", s->driver_version.v)
			: arena_printf(v->arena, "CDI spec %s", s->path);
}

static void say_fine(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const char *engine = d->flavour == DOCKER_PODMAN ? "podman" : "docker";
	const char *cgroup =
	    arena_printf(v->arena, "cgroup v%s %s", text_or(d->cgroup_version, "?"),
			 text_or(d->cgroup_driver, "driver unknown"));

	if (has_cdi(d) &&
	    (anybody_uses_cdi(d) || (!docker_runtime(d, "nvidia") && handout_cdi_serves(d))))
		found_ok(v, "%s %s, %s", engine, text_or(d->version, ""), cdi_text(f, v));
	else if (docker_runtime(d, "nvidia"))
		found_ok(v, "nvidia registered, %s", cgroup);
	else if (by_hook(d))
		found_ok(v, "--gpus works through the toolkit's hook, %s", cgroup);
	else
		found_skipped(v, "%s %s runs, %s", engine, text_or(d->version, ""),
			      f->pci.chosen ? "nothing asks it for a GPU" : "no GPU to hand out");
}

static void judge_engine(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;

	if (d->flavour != DOCKER_PODMAN && !judge_in_force(d, v))
		judge_way(f, v);
	if (d->flavour != DOCKER_PODMAN)
		judge_next_start(f, v);
	judge_cdi(f, v);
	judge_reload(f, v);
	judge_no_cgroups(f, v);
}

static void judge(const struct facts *f, struct verdict *v)
{
	size_t before = v->count;

	if (intended(f))
		judge_config(f, v);
	if (f->docker.know != KNOWN) {
		judge_silent(f, v);
		return;
	}
	if (judge_flavour(f, v))
		return;
	if (intended(f))
		judge_engine(f, v);
	if (v->count == before)
		say_fine(f, v);
}

const struct link link_runtime = {
	.id = "runtime",
	.asks = "Can the container engine hand out the GPU, and keep it handed out?",
	.needs = { NULL },
	.judge = judge,
};

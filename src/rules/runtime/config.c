/* SPDX-License-Identifier: MIT */
/* daemon.json: is it valid, is it in force, and what changes at the next start. */
#include "rules/runtime/runtime.h"

#include "facts/handout.h"

static const char *restart_cost(struct verdict *v, const struct docker *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->container_count; i++)
		n += container_runs(&d->container[i]);
	return arena_printf(v->arena, "a restart stops %zu container%s", n, n == 1 ? "" : "s");
}

static void found_unread(struct verdict *v, const char *path, enum know know)
{
	found_unknown(v, arena_printf(v->arena, "sudo cat %s", path), "%s could not be read: %s",
		      path, know_why(know));
}

/* The toolkit's own: how its runtime and its hook hand out the GPU. */
void runtime_judge_toolkit_config(const struct docker *d, struct verdict *v)
{
	bool used = docker_runtime(d, "nvidia") || runtime_any(d, handout_by_toolkit);

	if (used && is_unread(d->toolkit_no_cgroups.know))
		found_unread(v, d->toolkit_no_cgroups.from, d->toolkit_no_cgroups.know);
}

void runtime_judge_config(const struct facts *f, struct verdict *v)
{
	const struct docker_config *c = &f->docker.config;

	if (f->docker.know == ABSENT && !is_u64(f->docker.expected, 1))
		return;
	if (is_unread(c->know))
		found_unread(v, c->path, c->know);
	else if (f->docker.flavour == DOCKER_SNAP)
		return;
	else if (c->error.know == KNOWN)
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

bool runtime_differs(struct maybe_text file, struct maybe_text engine)
{
	return file.know == KNOWN && engine.know == KNOWN && !str_eq(file.v, engine.v);
}

/* What of the file concerns the GPU and is not in force; NULL: nothing. */
static const char *not_in_force(struct verdict *v, const struct docker *d)
{
	const struct docker_config *c = &d->config;

	if (c->nvidia_path.know == KNOWN && !docker_runtime(d, "nvidia"))
		return "runtime nvidia";
	if (runtime_differs(c->default_runtime, d->default_runtime))
		return arena_printf(v->arena, "default-runtime %s", c->default_runtime.v);
	if (runtime_differs(c->cgroup_driver, d->cgroup_driver))
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

void runtime_judge_next_start(const struct facts *f, struct verdict *v)
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
	else if (nvidia && *nvidia->path &&
		 runtime_differs(c->nvidia_path, known_text(nvidia->path, "")))
		found_warning(v, "docker-config-not-in-effect", "",
			      "runtime nvidia is %s in daemon.json, and %s in force; %s",
			      c->nvidia_path.v, nvidia->path, restart_cost(v, d));
	if (is_u64(c->cdi_feature, 0) && docker_takes_cdi(d) && runtime_uses_cdi(d))
		found_warning(v, "cdi-disabled", "",
			      "the next restart of docker switches CDI off: features.cdi is false "
			      "in daemon.json");
}

bool runtime_judge_in_force(const struct docker *d, struct verdict *v)
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
		runtime_found(v, runtime, "docker-config-not-in-effect", "",
			      arena_printf(v->arena, "%s is in daemon.json but not in force; %s",
					   what, restart_cost(v, d)));
	return runtime;
}

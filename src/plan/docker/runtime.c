/* SPDX-License-Identifier: MIT */
/* egpu.conf(5): how the container engine hands out the GPU. */
#include <string.h>

#include "facts/handout.h"
#include "plan/docker/docker.h"
#include "plan/theme.h"

static bool anybody(const struct docker *d)
{
	for (size_t i = 0; i < d->container_count; i++)
		if (d->container[i].asks || container_is_llm(&d->container[i]))
			return true;
	return false;
}

/* Containers are to compute on a GPU here. */
static bool intended(const struct facts *f)
{
	if (f->want.runtime == RUNTIME_NVIDIA || f->want.runtime == RUNTIME_CDI)
		return true;
	if (!f->pci.chosen && f->pci.know == KNOWN && !handout_may_come(&f->thunderbolt))
		return false;
	return anybody(&f->docker) || !handout_is_native(f);
}

static void refuse_silent(struct planner *p)
{
	const struct docker *d = &p->facts->docker;
	const char *where = d->endpoint && *d->endpoint ? d->endpoint : "the engine's socket";

	if (d->know == ABSENT && !is_u64(d->expected, 1))
		return;
	if (d->know == ABSENT)
		refusal_shell(p, planner_refuse(p, "docker is installed but does not run"),
			      "sudo systemctl start docker");
	else if (d->know == DENIED)
		refusal_shell(p, planner_refuse(p, "needs root: %s is not open to us", where),
			      "sudo egpu setup --only %s", p->theme);
	else
		planner_refuse(p, "the container engine: %s",
			       d->why && *d->why ? d->why : know_why(d->know));
}

static bool refuse_config(struct planner *p)
{
	const struct docker *d = &p->facts->docker;
	const struct docker_config *c = &d->config;

	if (d->know == ABSENT && !is_u64(d->expected, 1))
		return false;
	if (c->error.know == KNOWN) {
		struct refusal *r = planner_refuse(p, "%s", c->error.v);
		/* What does not run does not tell whether it is 23, which brought the option. */
		if (docker_at_least(d, 23, 0))
			refusal_shell(p, r, "sudo dockerd --validate --config-file=%s",
				      str_quoted(p->arena, c->path));
		else
			refusal_shell(p, r, "sudo egpu check --link runtime");
		return true;
	}
	if (c->know == KNOWN && handout_hosts_twice(p->facts)) {
		planner_refuse(
		    p,
		    "hosts stands in %s and as -H in docker.service, so docker would not "
		    "come back from a restart",
		    c->path);
		return true;
	}
	if (d->know == KNOWN && !d->rootless && c->know != KNOWN && c->know != ABSENT) {
		planner_refuse(p, "%s: %s", c->path, know_why(c->know));
		return true;
	}
	return false;
}

static bool refuse_flavour(struct planner *p)
{
	const struct docker *d = &p->facts->docker;

	if (d->flavour == DOCKER_DESKTOP)
		refusal_shell(p,
			      planner_refuse(p,
					     "Docker Desktop answers: its virtual machine has no "
					     "GPU; use the engine of this host"),
			      "docker context use default");
	else if (d->flavour == DOCKER_SNAP && !docker_runtime(d, "nvidia"))
		refusal_shell(
		    p,
		    planner_refuse(p, "the snap of docker has no runtime nvidia: it registers "
				      "it itself, if it finds the GPU when it starts"),
		    "sudo snap restart docker");
	return d->flavour == DOCKER_DESKTOP || d->flavour == DOCKER_SNAP;
}

/* Its daemon.json lies in the home directory of we do not know whom. */
static void refuse_rootless(struct planner *p, enum gpu_way way)
{
	const char *file = "\"$HOME\"/.config/docker/daemon.json";
	struct refusal *r = planner_refuse(
	    p, "a rootless docker has its daemon.json in the home directory of its user");

	refusal_shell(p, r, "nvidia-ctk runtime configure --runtime=docker%s --config=%s",
		      way == WAY_CDI ? " --cdi.enabled" : "", file);
	refusal_shell(p, r, "systemctl --user restart docker");
}

/* Another host's engine, or one that reads another file. */
static bool refuse_other(struct planner *p)
{
	const struct docker *d = &p->facts->docker;
	const struct unit *u = services_unit(&p->facts->services, "docker.service");
	const char *option = u && u->exec_start ? strstr(u->exec_start, "--config-file") : NULL;

	if (d->endpoint && *d->endpoint && !str_starts(d->endpoint, "unix://")) {
		planner_refuse(p, "the engine at %s is not on this host's socket", d->endpoint);
		return true;
	}
	if (option && !str_starts(option + strlen("--config-file") + 1, d->config.path)) {
		planner_refuse(p, "docker.service does not read %s: %s", d->config.path, option);
		return true;
	}
	return false;
}

/* Nothing of daemon.json is missing for that way. */
static bool needs_no_file(const struct docker *d, enum gpu_way way, bool auto_way)
{
	if (way == WAY_CDI)
		return docker_takes_cdi(d);
	if (auto_way && request_works(d))
		return true;
	return docker_runtime(d, "nvidia") && !is_u64(d->nvidia_runtime_exists, 0);
}

/* With no-cgroups the toolkit leaves device rules alone: right for rootless engines only. */
static void plan_no_cgroups(struct planner *p)
{
	const struct docker *d = &p->facts->docker;
	bool off = is_text(d->toolkit_no_cgroups, "true"), works = false, concerned = false;
	const char *name = "nvidia-container-cli.no-cgroups=", *ctk = toolkit_ctk(p);

	if (d->toolkit_no_cgroups.know != KNOWN && d->toolkit_no_cgroups.know != ABSENT)
		return;
	for (size_t i = 0; i < d->container_count; i++) {
		bool behind = handout_by_hook(p->facts, &d->container[i]);
		concerned = concerned || behind;
		works = works || (behind && container_opens_all(&d->container[i]));
	}
	if (works || off == d->rootless || (!off && !concerned) || !*ctk)
		return;
	const char *now = arena_printf(p->arena, "%s%s", name, off ? "true" : "false");
	const char *then = arena_printf(p->arena, "%s%s", name, off ? "false" : "true");
	struct step *s = planner_run(p, ARGV(ctk, "config", "--in-place", "--set", then),
				     off ? "let the toolkit write device rules"
					 : "keep the toolkit from writing device rules");
	s->why = off ? "no-cgroups = true is for rootless engines; containers may open no node"
		     : "a rootless engine may not write them";
	step_undo(p, s, ARGV(ctk, "config", "--in-place", "--set", now));
}

static void plan_way(struct planner *p, enum gpu_way way)
{
	const struct docker *d = &p->facts->docker;
	bool auto_way = p->facts->want.runtime == RUNTIME_AUTO;

	if (d->flavour != DOCKER_PODMAN && !needs_no_file(d, way, auto_way)) {
		if (d->rootless)
			refuse_rootless(p, way);
		else if (way == WAY_CDI)
			daemon_set_cdi(p);
		else
			daemon_set_runtime(p);
	}
	if (way == WAY_CDI)
		plan_cdi(p);
	plan_no_cgroups(p);
}

static void plan(struct planner *p)
{
	const struct docker *d = &p->facts->docker;
	const char *why = "";

	if (!intended(p->facts))
		return;
	if (d->flavour == DOCKER_ENGINE && refuse_config(p))
		return;
	if (d->know != KNOWN) {
		refuse_silent(p);
		return;
	}
	if (refuse_flavour(p) || (d->flavour == DOCKER_ENGINE && refuse_other(p)))
		return;
	enum gpu_way way = docker_way(p, &why);
	if (way == WAY_NONE) {
		if (*why)
			planner_refuse(p, "%s", why);
		return;
	}
	if (p->facts->want.runtime != RUNTIME_KEEP)
		plan_way(p, way);
	if (d->flavour == DOCKER_ENGINE && !d->rootless) {
		plan_reload(p, way);
		daemon_restart(p);
	}
}

const struct theme theme_runtime = {
	.id = "runtime",
	.sets = "the container engine hands out the GPU, and keeps it handed out",
	.plan = plan,
};

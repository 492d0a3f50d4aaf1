/* SPDX-License-Identifier: MIT */
/* Which way the GPU gets into containers: what is there, what works, what is to be. */
#include "plan/docker/docker.h"

#include <string.h>

#define TOOLKIT "nvidia-container-toolkit"

bool toolkit_comes(const struct planner *p)
{
	if (p->facts->docker.toolkit_path.know != ABSENT)
		return true;
	for (size_t i = 0; i < p->plan->count; i++)
		if (p->plan->step[i].kind == STEP_PACKAGES &&
		    names_have(&p->plan->step[i].run.argv, TOOLKIT))
			return true;
	return false;
}

const char *toolkit_ctk(const struct planner *p)
{
	struct maybe_text found = p->facts->docker.toolkit_path;

	if (found.know == KNOWN)
		return str_ends(found.v, "/nvidia-ctk") ? found.v : "";
	return toolkit_comes(p) ? "/usr/bin/nvidia-ctk" : "";
}

bool gpu_is_ready(const struct facts *f)
{
	return f->pci.chosen && is_u64(f->driver.nvidia_loaded, 1) && !driver_down(&f->driver);
}

static bool version_differs(const struct facts *f, const struct cdi_spec *s)
{
	struct maybe_text live = f->kernel.userland_version;

	if (live.know != KNOWN)
		live = f->driver.version;
	return live.know == KNOWN && s->driver_version.know == KNOWN &&
	       !str_eq(live.v, s->driver_version.v);
}

/* As the rule of the link runtime judges it. */
bool cdi_is_fresh(const struct facts *f)
{
	const struct cdi_spec *s = docker_cdi(&f->docker);
	bool has_nodes = gpu_is_ready(f) && is_u64(f->driver.uvm_loaded, 1);

	for (size_t i = 0; i < f->driver.node_count; i++)
		has_nodes = has_nodes && f->driver.node[i].know != ABSENT;
	return s && s->error.know != KNOWN && !version_differs(f, s) &&
	       !u64_or(s->stale_nodes, 0) && !u64_or(s->missing_paths, 0) &&
	       !(has_nodes && u64_or(s->missing_nodes, 0));
}

/* A container that names the runtime, or asks the engine itself, and is lost without it. */
static bool needs_runtime(const struct docker *d)
{
	for (size_t i = 0; i < d->container_count; i++)
		if (str_eq(d->container[i].runtime, "nvidia") ||
		    (d->container[i].asks & ASK_DEVICE_REQUEST &&
		     !container_uses_cdi(d, &d->container[i])))
			return true;
	return false;
}

static bool needs_cdi(const struct docker *d)
{
	for (size_t i = 0; i < d->container_count; i++)
		if (d->container[i].asks & ASK_CDI &&
		    !(d->container[i].asks & (ASK_RUNTIME | ASK_ENVIRONMENT)))
			return true;
	return false;
}

bool request_works(const struct docker *d)
{
	for (size_t i = 0; i < d->container_count; i++)
		if (d->container[i].asks == ASK_DEVICE_REQUEST && container_runs(&d->container[i]))
			return true;
	return false;
}

/* The way that works already, or WAY_NONE. A specification that is stale is still a way. */
static enum gpu_way way_now(const struct docker *d)
{
	if (needs_cdi(d) && docker_takes_cdi(d))
		return WAY_CDI;
	if (docker_runtime(d, "nvidia") && !is_u64(d->nvidia_runtime_exists, 0))
		return WAY_TOOLKIT;
	if (docker_takes_cdi(d) && docker_cdi(d) && !needs_runtime(d))
		return WAY_CDI;
	return request_works(d) ? WAY_TOOLKIT : WAY_NONE;
}

static enum gpu_way cdi_or_not(const struct planner *p, const char **ret_why)
{
	const struct docker *d = &p->facts->docker;

	if (docker_takes_cdi(d) || docker_at_least(d, 25, 0))
		return WAY_CDI;
	*ret_why = arena_printf(p->arena, "CDI needs Docker 25 or later, this is %s",
				text_or(d->version, "of an unknown version"));
	return WAY_NONE;
}

/* CDI is on by default from 28.2 on. */
static enum gpu_way way_best(const struct docker *d)
{
	if (needs_runtime(d))
		return WAY_TOOLKIT;
	if (needs_cdi(d) && docker_at_least(d, 25, 0))
		return WAY_CDI;
	return docker_at_least(d, 28, 2) ? WAY_CDI : WAY_TOOLKIT;
}

static enum gpu_way way_of_podman(const struct planner *p, const char **ret_why)
{
	if (p->facts->want.runtime != RUNTIME_NVIDIA)
		return WAY_CDI;
	*ret_why = "podman has no daemon.json; it hands out the GPU by CDI";
	return WAY_NONE;
}

enum gpu_way docker_way(const struct planner *p, const char **ret_why)
{
	const struct docker *d = &p->facts->docker;
	enum gpu_way now = way_now(d);

	*ret_why = "";
	if (d->know != KNOWN || d->flavour == DOCKER_DESKTOP || d->flavour == DOCKER_SNAP)
		return WAY_NONE;
	if (now == WAY_NONE && !toolkit_comes(p))
		return WAY_NONE;
	if (d->flavour == DOCKER_PODMAN)
		return way_of_podman(p, ret_why);
	switch (p->facts->want.runtime) {
	case RUNTIME_NVIDIA:
		return WAY_TOOLKIT;
	case RUNTIME_CDI:
		return cdi_or_not(p, ret_why);
	case RUNTIME_KEEP:
		return now;
	case RUNTIME_AUTO:
		break;
	}
	return now != WAY_NONE ? now : way_best(d);
}

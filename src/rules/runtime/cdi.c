/* SPDX-License-Identifier: MIT */
/* The CDI specifications: one that is there and of this driver. */
#include "rules/runtime/runtime.h"

#include "facts/handout.h"

static const char *stale_version(const struct facts *f, const struct cdi_spec *s, struct verdict *v)
{
	struct maybe_text live = f->kernel.userland_version;
	if (live.know != KNOWN)
		live = f->driver.version;
	if (!runtime_differs(s->driver_version, live))
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
		found_unknown(v, RUNTIME_AGAIN, "the CDI spec: %s", know_why(d->cdi_know));
}

void runtime_judge_cdi(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const struct cdi_spec *s = docker_cdi(d);
	bool podman = d->flavour == DOCKER_PODMAN;
	bool used =
	    runtime_uses_cdi(d) || (podman && runtime_any(d, container_is_llm) && f->pci.chosen);
	const char *why = s && (used || docker_takes_cdi(d)) ? stale(f, s, v) : NULL;

	if (!docker_takes_cdi(d))
		judge_cdi_off(d, v);
	if (used && !s)
		judge_no_spec(d, v);
	if (why)
		runtime_found(v, used, "cdi-spec-stale", s->path, why);
	if (used)
		judge_refresh(f, v);
}

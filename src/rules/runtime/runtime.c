/* SPDX-License-Identifier: MIT */
/* egpu-check(1), link runtime. */
#include "rules/runtime/runtime.h"

#include "facts/handout.h"

bool runtime_asks(const struct container *c)
{
	return c->asks;
}

bool runtime_any(const struct docker *d, bool (*fits)(const struct container *c))
{
	for (size_t i = 0; i < d->container_count; i++)
		if (fits(&d->container[i]))
			return true;
	return false;
}

bool runtime_uses_cdi(const struct docker *d)
{
	for (size_t i = 0; i < d->container_count; i++)
		if (container_uses_cdi(d, &d->container[i]))
			return true;
	return false;
}

/*
 * Containers are to compute on a GPU here. That is said also before the GPU
 * is on the bus, since it will bite next; but not where none can come. A bus
 * that could not be read is no reason by itself.
 */
static bool intended(const struct facts *f)
{
	const struct docker *d = &f->docker;
	if (f->pci.chosen)
		return true;
	return (f->pci.know != KNOWN || handout_may_come(&f->thunderbolt)) &&
	       (runtime_any(d, runtime_asks) || d->toolkit_path.know == KNOWN ||
		d->config.nvidia_path.know == KNOWN);
}

void runtime_found(struct verdict *v, bool felt, const char *cause, const char *subject,
		   const char *text)
{
	if (felt)
		found_broken(v, cause, subject, "%s", text);
	else
		found_warning(v, cause, subject, "%s", text);
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

	if (runtime_has_cdi(d) &&
	    (runtime_uses_cdi(d) || (!docker_runtime(d, "nvidia") && handout_cdi_serves(d))))
		found_ok(v, "%s %s, %s", engine, text_or(d->version, ""), cdi_text(f, v));
	else if (docker_runtime(d, "nvidia"))
		found_ok(v, "nvidia registered, %s", cgroup);
	else if (runtime_by_hook(d))
		found_ok(v, "--gpus works through the toolkit's hook, %s", cgroup);
	else
		found_skipped(v, "%s %s runs, %s", engine, text_or(d->version, ""),
			      f->pci.chosen ? "nothing asks it for a GPU" : "no GPU to hand out");
}

static void judge_engine(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;

	if (d->flavour == DOCKER_SNAP) {
		runtime_judge_snap(f, v);
		runtime_judge_reload(f, v);
		return;
	}
	if (d->flavour != DOCKER_PODMAN && !runtime_judge_in_force(d, v))
		runtime_judge_way(f, v);
	if (d->flavour != DOCKER_PODMAN) {
		runtime_judge_next_start(f, v);
		runtime_judge_toolkit_config(d, v);
	}
	runtime_judge_cdi(f, v);
	runtime_judge_reload(f, v);
	runtime_judge_no_cgroups(f, v);
}

static void judge(const struct facts *f, struct verdict *v)
{
	size_t before = v->count;

	if (intended(f))
		runtime_judge_config(f, v);
	if (f->docker.know != KNOWN) {
		runtime_judge_silent(f, v);
		return;
	}
	if (runtime_judge_flavour(f, v))
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

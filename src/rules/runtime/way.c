/* SPDX-License-Identifier: MIT */
/* Is there a way to hand out the GPU: a runtime, CDI, or the toolkit's hook. */
#include "rules/runtime/runtime.h"

#include "facts/handout.h"

static bool is_wanted(const struct facts *f)
{
	const struct docker *d = &f->docker;
	return f->pci.chosen && (runtime_any(d, runtime_asks) || runtime_any(d, container_is_llm) ||
				 !handout_is_native(f));
}

bool runtime_judge_flavour(const struct facts *f, struct verdict *v)
{
	if (f->docker.flavour != DOCKER_DESKTOP)
		return false;
	if (is_wanted(f))
		found_broken(v, "docker-wrong-daemon", "",
			     "Docker Desktop answers: its virtual machine has no GPU");
	else
		found_skipped(v, "Docker Desktop, and nothing asks it for a GPU");
	return true;
}

/* By a request only, and it runs: so the engine had a way to serve it. */
static bool request_works(const struct container *c)
{
	return c->asks == ASK_DEVICE_REQUEST && container_runs(c);
}

bool runtime_has_cdi(const struct docker *d)
{
	const struct cdi_spec *s = docker_cdi(d);
	return s && s->error.know != KNOWN && docker_takes_cdi(d);
}

bool runtime_by_hook(const struct docker *d)
{
	return runtime_any(d, request_works) || handout_hook_serves(d);
}

static bool works(const struct container *c)
{
	return c->asks && container_opens_all(c);
}

/* The snap brings a toolkit of its own, which registers the runtime where it finds a GPU. */
void runtime_judge_snap(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const struct docker_config *c = &d->config;

	if (c->error.know == KNOWN)
		found_broken(v, "docker-from-snap", c->path, "%s", c->error.v);
	else if (is_wanted(f) && !docker_runtime(d, "nvidia") && !runtime_any(d, works) &&
		 !runtime_by_hook(d))
		runtime_found(v, runtime_any(d, runtime_asks), "docker-from-snap", "",
			      "the snap of docker has no runtime nvidia");
}

void runtime_judge_way(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;
	const struct docker_runtime *nvidia = docker_runtime(d, "nvidia");
	bool bites =
	    runtime_any(d, runtime_asks) || (runtime_any(d, container_is_llm) && f->pci.chosen);
	bool wanted = bites || (f->pci.chosen && !handout_is_native(f));

	if (nvidia && is_u64(d->nvidia_runtime_exists, 0))
		found_broken(v, "toolkit-missing", "",
			     "runtime nvidia is registered, but %s is gone",
			     *nvidia->path ? nvidia->path : "its program");
	if (nvidia || (runtime_has_cdi(d) && handout_cdi_serves(d)) || !wanted ||
	    runtime_by_hook(d))
		return;
	if (d->toolkit_path.know == ABSENT)
		runtime_found(v, bites, "toolkit-missing", "",
			      "nvidia-container-toolkit is not installed");
	else if (d->toolkit_path.know == KNOWN &&
		 (runtime_any(d, handout_by_toolkit) || !runtime_any(d, runtime_asks)))
		runtime_found(v, bites, "docker-runtime-missing", "",
			      "the toolkit is installed, but docker has no runtime nvidia");
	else if (d->toolkit_path.know != KNOWN)
		found_unknown(v, "nvidia-ctk --version", "the toolkit: %s",
			      know_why(d->toolkit_path.know));
}

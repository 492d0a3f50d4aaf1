/* SPDX-License-Identifier: MIT */
/* Containers and Ollama. */
#include "view/metrics/family.h"

static const struct finding *with_cause(const struct metrics *m, const char *cause)
{
	const struct verdict *v = &m->view->report->verdict;

	for (size_t i = 0; i < v->count; i++)
		if (v->finding[i].cause && str_eq(v->finding[i].cause->id, cause))
			return &v->finding[i];
	return NULL;
}

static bool somebody_uses_cdi(const struct docker *d)
{
	for (size_t i = 0; i < d->container_count; i++)
		if (container_uses_cdi(d, &d->container[i]))
			return true;
	return docker_takes_cdi(d);
}

/* As the rule of the runtime sees it; a specification that it did not judge has no sample. */
static void cdi_stale(struct metrics *m)
{
	const struct docker *d = &m->view->facts->docker;
	const struct cdi_spec *s = docker_cdi(d);

	if (!s || !somebody_uses_cdi(d))
		return;
	if (with_cause(m, "cdi-spec-stale"))
		sample(m, 1, NULL);
	else if (s->stale_nodes.know == KNOWN && s->missing_paths.know == KNOWN)
		sample(m, 0, NULL);
}

/* Also a break that waits for another one is one. */
static bool is_broken(const struct metrics *m, const struct container *c)
{
	const struct verdict *v = &m->view->report->verdict;

	for (size_t i = 0; i < v->count; i++) {
		const struct finding *f = &v->finding[i];
		if (str_eq(f->link, "workload") && f->cause && f->status != STATUS_WARNING &&
		    str_eq(f->subject, c->name))
			return true;
	}
	return false;
}

static bool all_nodes_known(const struct container *c)
{
	for (size_t i = 0; i < c->node_count; i++)
		if (c->node[i].result.know != KNOWN)
			return false;
	return c->node_count > 0;
}

static void visible(struct metrics *m)
{
	const struct docker *d = &m->view->facts->docker;

	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		if (!container_runs(c) || !(c->asks || container_is_llm(c)))
			continue;
		if (is_broken(m, c))
			sample(m, 0, "container", c->name, NULL);
		else if (all_nodes_known(c))
			sample(m, 1, "container", c->name, NULL);
	}
}

static void backend(struct metrics *m)
{
	static const struct {
		enum ollama_backend backend;
		const char *name;
	} backends[] = { { BACKEND_CPU, "cpu" },
			 { BACKEND_CUDA, "cuda" },
			 { BACKEND_VULKAN, "vulkan" },
			 { BACKEND_ROCM, "rocm" },
			 { BACKEND_OTHER, "other" } };
	const struct ollama_list *l = &m->view->facts->ollama;

	for (size_t i = 0; i < l->server_count; i++) {
		const struct ollama *o = &l->server[i];
		for (size_t b = 0; o->backend != BACKEND_UNKNOWN && b < COUNT_OF(backends); b++)
			sample(m, o->backend == backends[b].backend, "server", o->where, "backend",
			       backends[b].name, NULL);
	}
}

static double cpu_share(const struct ollama_model *o)
{
	if (o->vram_bytes >= o->size_bytes)
		return 0;
	return 1 - (double)o->vram_bytes / (double)o->size_bytes;
}

static void share(struct metrics *m)
{
	const struct ollama_list *l = &m->view->facts->ollama;

	for (size_t i = 0; i < l->server_count; i++)
		for (size_t n = 0; n < l->server[i].model_count; n++) {
			const struct ollama_model *o = &l->server[i].model[n];
			if (o->size_bytes)
				sample(m, cpu_share(o), "server", l->server[i].where, "model",
				       o->name, NULL);
		}
}

const struct family families_workload[] = {
	{ "egpu_cdi_stale", "", "Whether the CDI specification is of another driver or boot",
	  cdi_stale, false },
	{ "egpu_container_gpu_visible", "",
	  "Whether a running container that should compute on the GPU can open it", visible,
	  false },
	{ "egpu_ollama_backend", "", "What an Ollama server computes on: 1 for the one that it is",
	  backend, false },
	{ "egpu_ollama_cpu_share_ratio", "ratio",
	  "Share of a loaded model that lies in RAM and is computed by the CPU", share, false },
	{ 0 },
};

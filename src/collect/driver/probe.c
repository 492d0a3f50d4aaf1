/* SPDX-License-Identifier: MIT */
/* What the driver tells. The answers' members are host/probe.h's and egpu-recording(5)'s. */
#include "collect/collect.h"

#include <errno.h>

#include "base/json.h"
#include "facts/gate.h"

enum { GPUS_MAX = 32, PROCESSES_MAX = 512, TEXT_MAX = 120 };

static struct maybe_u64 number(const json_t *j, const char *key, const char *from)
{
	const json_t *v = json_object_get(j, key);
	if (!v)
		return unknown_u64(ABSENT, from);
	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return unknown_u64(UNREADABLE, from);
	return known_u64((uint64_t)json_integer_value(v), from);
}

/* For numbers that have no unknown: 0 instead. */
static uint64_t count(const json_t *j, const char *key)
{
	return u64_or(number(j, key, NULL), 0);
}

static const char *text(struct arena *a, const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));
	return s ? str_clean(a, s, json_string_length(json_object_get(j, key)), TEXT_MAX) : "";
}

static struct maybe_text maybe(struct arena *a, const json_t *j, const char *key, const char *from)
{
	const json_t *v = json_object_get(j, key);
	if (!v)
		return unknown_text(ABSENT, from);
	return json_is_string(v) ? known_text(text(a, j, key), from)
				 : unknown_text(UNREADABLE, from);
}

/* How many of a list are taken. What is no list has none. */
static size_t bounded(const json_t *list, size_t max)
{
	size_t n = json_array_size(list);
	return n < max ? n : max;
}

static void read_processes(struct arena *a, const json_t *list, struct nvml_gpu *g)
{
	size_t n = bounded(list, PROCESSES_MAX);

	g->process_know = !list ? ABSENT : json_is_array(list) ? KNOWN : UNREADABLE;
	g->process = arena_alloc(a, n * sizeof(*g->process));
	for (size_t i = 0; i < n; i++) {
		const json_t *p = json_array_get(list, i);
		struct maybe_u64 pid = number(p, "pid", NULL);
		if (pid.know != KNOWN)
			continue;
		g->process[g->process_count++] = (struct nvml_process){
			.pid = pid.v,
			.used_bytes = count(p, "used_bytes"),
			.compute = json_is_true(json_object_get(p, "compute")),
		};
	}
}

static struct nvml_gpu read_nvml_gpu(struct arena *a, const json_t *j, const char *from)
{
	struct nvml_gpu g = {
		.bdf = text(a, j, "bdf"),
		.uuid = text(a, j, "uuid"),
		.name = text(a, j, "name"),
		.error = number(j, "error", from),
		.error_name = text(a, j, "error_name"),
		.vram_total_bytes = number(j, "vram_total_bytes", from),
		.vram_free_bytes = number(j, "vram_free_bytes", from),
		.vram_used_bytes = number(j, "vram_used_bytes", from),
		.power_mw = number(j, "power_mw", from),
		.power_limit_mw = number(j, "power_limit_mw", from),
		.temperature_celsius = number(j, "temperature_celsius", from),
		.slowdown_celsius = number(j, "slowdown_celsius", from),
		.throttle_reasons = number(j, "throttle_reasons", from),
		.pcie_replays = number(j, "pcie_replays", from),
		.pcie_generation = number(j, "pcie_generation", from),
		.pcie_generation_max = number(j, "pcie_generation_max", from),
		.pcie_width = number(j, "pcie_width", from),
		.pcie_width_max = number(j, "pcie_width_max", from),
		.ecc_uncorrected = number(j, "ecc_uncorrected", from),
		.persistence_mode = number(j, "persistence_mode", from),
		.utilization_percent = number(j, "utilization_percent", from),
		.minor = number(j, "minor", from),
	};
	read_processes(a, json_object_get(j, "processes"), &g);
	return g;
}

static void read_nvml(struct arena *a, const json_t *j, const char *from, struct nvml *n)
{
	const json_t *gpus = json_object_get(j, "gpus");
	size_t max = bounded(gpus, GPUS_MAX);

	n->result = number(j, "result", from);
	n->result_name = text(a, j, "result_name");
	n->driver_version = maybe(a, j, "driver_version", from);
	n->cuda_version = number(j, "cuda_version", from);
	n->gpu = arena_alloc(a, max * sizeof(*n->gpu));
	for (; n->gpu_count < max; n->gpu_count++)
		n->gpu[n->gpu_count] = read_nvml_gpu(a, json_array_get(gpus, n->gpu_count), from);
}

static void read_cuda(struct arena *a, const json_t *j, const char *from, struct cuda *c)
{
	const json_t *gpus = json_object_get(j, "gpus");
	size_t max = bounded(gpus, GPUS_MAX);

	c->result = number(j, "result", from);
	c->result_name = text(a, j, "result_name");
	c->driver_version = number(j, "driver_version", from);
	c->gpu = arena_alloc(a, max * sizeof(*c->gpu));
	for (; c->gpu_count < max; c->gpu_count++) {
		const json_t *g = json_array_get(gpus, c->gpu_count);
		c->gpu[c->gpu_count] = (struct cuda_gpu){
			.bdf = text(a, g, "bdf"),
			.name = text(a, g, "name"),
			.capability_major = count(g, "capability_major"),
			.capability_minor = count(g, "capability_minor"),
			.total_bytes = count(g, "total_bytes"),
		};
	}
}

/*
 * Why there is no answer. Of what a recording keeps too, the errno, and not of
 * the text that only the live probe has, so that both say the same.
 */
static enum probe_end end_of_errno(int r, const struct err *e, struct arena *a, const char **why)
{
	switch (-r) {
	case ETIMEDOUT:
		*why = "no answer before the deadline";
		return PROBE_ABANDONED;
	case EIO:
		*why = "the library crashed";
		return PROBE_CRASHED;
	}
	*why = str_dup(a, e->text);
	return PROBE_FAILED;
}

/* Asks and parses. NULL: *end and *why say it. The caller decrefs. */
static json_t *ask(struct facts *f, struct host *h, enum source who, const char *question,
		   enum probe_end *end, const char **why)
{
	struct bytes answer;
	struct err e = { 0 };
	int r = host_ask(h, f->arena, who, question, &answer, &e);
	if (r < 0) {
		*end = end_of_errno(r, &e, f->arena, why);
		return NULL;
	}
	json_auto_t *j = json_parse(answer, source_name(who), &e);
	if (!json_is_object(j)) {
		*end = PROBE_FAILED;
		*why = j ? "the answer is no JSON object" : str_dup(f->arena, e.text);
		return NULL;
	}
	if (str_eq(json_string_value(json_object_get(j, "library")), "missing")) {
		*end = PROBE_NO_LIBRARY;
		*why = text(f->arena, j, "error");
		return NULL;
	}
	*end = PROBE_ANSWERED;
	*why = "";
	return json_incref(j);
}

void expect_nvml(struct facts *f, struct host *h)
{
	const char *all[] = { "all" };

	if (f->gate.open)
		host_expect(h, SOURCE_NVML, &(struct names){ all, COUNT_OF(all) });
}

void collect_nvml(struct facts *f, struct host *h)
{
	f->nvml = (struct nvml){ .why = f->gate.why ? f->gate.why : "", .result_name = "" };
	if (!f->gate.open)
		return;
	json_auto_t *j = ask(f, h, SOURCE_NVML, "all", &f->nvml.end, &f->nvml.why);
	if (j)
		read_nvml(f->arena, j, "nvml:all", &f->nvml);
}

void expect_cuda(struct facts *f, struct host *h)
{
	const char *init[] = { "init" };

	if (!driver_shut(f))
		host_expect(h, SOURCE_CUDA, &(struct names){ init, COUNT_OF(init) });
}

void collect_cuda(struct facts *f, struct host *h)
{
	const char *why = driver_shut(f);

	f->cuda = (struct cuda){ .why = why ? why : "", .result_name = "" };
	if (why)
		return;
	json_auto_t *j = ask(f, h, SOURCE_CUDA, "init", &f->cuda.end, &f->cuda.why);
	if (j)
		read_cuda(f->arena, j, "cuda:init", &f->cuda);
}

/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "rules/verdict.h"

/* Wall clock at which the driver had the GPU: its module and the device both there. */
static struct maybe_u64 gpu_ready_usec(const struct facts *f)
{
	const struct driver_event *found = driver_last(&f->driver, EVENT_GPU_FOUND);
	const struct driver_event *loaded = driver_last(&f->driver, EVENT_DRIVER_LOADED);
	uint64_t usec = found ? found->usec : 0;

	if (loaded && loaded->usec > usec)
		usec = loaded->usec;
	if (!usec || f->machine.boot_usec.know != KNOWN)
		return (struct maybe_u64){ 0 };
	return known_u64(f->machine.boot_usec.v + usec, f->driver.log_from);
}

static bool started_before_gpu(const struct facts *f, const struct ollama *o)
{
	const struct container *c = docker_container(&f->docker, o->container);
	struct maybe_u64 ready = gpu_ready_usec(f);
	return c && c->started_usec.know == KNOWN && ready.know == KNOWN &&
	       c->started_usec.v < ready.v;
}

static const char *gpu_name(const struct ollama *o)
{
	for (size_t i = 0; i < o->log.device_count; i++)
		if (o->log.device[i].backend == BACKEND_CUDA && *o->log.device[i].name)
			return str_starts(o->log.device[i].name, "NVIDIA ")
				   ? o->log.device[i].name + 7
				   : o->log.device[i].name;
	return "the GPU";
}

/* Beside an LLM server that asks for the GPU, one that does not is meant so: so says workload. */
static bool is_meant_so(const struct facts *f, const struct container *c)
{
	return c && !c->asks && f->docker.flavour != DOCKER_PODMAN && docker_llm_asks(&f->docker);
}

/* "CUDA_VISIBLE_DEVICES=-1" where it leaves a unit no GPU, else NULL. Of containers workload says
 * it. */
static const char *hidden_by(const struct facts *f, const struct ollama *o)
{
	const char *cuda = env_value(&o->environment, "CUDA_VISIBLE_DEVICES");

	if (!cuda || !nvml_hidden_by(&f->nvml, cuda))
		return NULL;
	return arena_printf(f->arena, "CUDA_VISIBLE_DEVICES=%s", cuda);
}

static void service_on_cpu(const struct facts *f, const struct ollama *o, struct verdict *v)
{
	const char *hidden = hidden_by(f, o);

	if (hidden)
		found_broken(v, "ollama-service-gpu-hidden", o->where, "%s hides the GPU from %s",
			     hidden, o->where);
	else
		found_broken(v, "ollama-service-on-cpu", o->where, "%s computes on the CPU: %s",
			     o->where, o->backend_why);
}

static void on_cpu(const struct facts *f, const struct ollama *o, struct verdict *v)
{
	const struct container *c = docker_container(&f->docker, o->container);
	const struct log_sign *said = surest_sign(f, LOG_SERVER, "ollama", o->where);

	if (is_meant_so(f, c))
		found_skipped(v, "%s computes on the CPU: it asks for no GPU, as another does",
			      o->where);
	else if (c && strstr(c->image, "rocm"))
		found_broken(v, "ollama-wrong-image", o->where, "%s runs %s, which has no CUDA",
			     o->where, c->image);
	else if (ollama_found(&o->log) == BACKEND_CUDA)
		found_broken(v, "ollama-fell-back-to-cpu", o->where, "%s computes on the CPU: %s",
			     o->where, o->backend_why);
	else if (!c)
		service_on_cpu(f, o, v);
	else if (said)
		found_broken(v, said->cause, o->where, "%s computes on the CPU: %s", o->where,
			     said->line);
	else if (started_before_gpu(f, o))
		found_broken(v, "ollama-started-before-gpu", o->where,
			     "%s computes on the CPU: it started before the GPU was ready",
			     o->where);
	else if (c->asks == ASK_DEVICES)
		found_broken(v, "ollama-libs-missing", o->where,
			     "%s computes on the CPU: what it asks by (%s) brings no libcuda.so.1",
			     o->where, c->asks_how);
	else
		found_broken(v, "ollama-on-cpu", o->where, "%s computes on the CPU: %s", o->where,
			     o->backend_why);
}

/* One that is on the GPU, in part at least; NULL: none is. */
static const struct ollama_model *on_gpu(const struct ollama *o)
{
	for (size_t i = 0; i < o->model_count; i++)
		if (o->model[i].vram_bytes)
			return &o->model[i];
	return NULL;
}

/* That none is on the GPU is said of the server, not of each model. */
static void models(const struct ollama *o, struct verdict *v)
{
	if (!on_gpu(o))
		return;
	for (size_t i = 0; i < o->model_count; i++) {
		const struct ollama_model *m = &o->model[i];
		if (m->vram_bytes >= m->size_bytes)
			continue;
		found_warning(v, "vram-insufficient", o->where,
			      "%s: %" PRIu64 " of %" PRIu64 " MiB are on the GPU", m->name,
			      m->vram_bytes >> 20, m->size_bytes >> 20);
	}
}

/* "" where it is not set. */
static const char *env(struct arena *a, const struct ollama *o, const char *name)
{
	const char *value = env_value(&o->environment, name);
	return value ? str_unquoted(a, value) : "";
}

/* What is no boolean counts as true: envconfig/config.go, BoolWithDefault. */
static bool is_on(const char *value)
{
	static const char *const off[] = { "", "0", "f", "F", "false", "False", "FALSE" };

	for (size_t i = 0; i < COUNT_OF(off); i++)
		if (str_eq(value, off[i]))
			return false;
	return true;
}

/* ggml's blocks of 32 values: q8_0 has 34 bytes for the 64 of f16, q4_0 has 18. */
static const char *cache_cost(const char *kv)
{
	if (str_eq(kv, "q8_0"))
		return " (about half the memory of f16)";
	return str_eq(kv, "q4_0") ? " (about a quarter of the memory of f16)" : "";
}

/* A number without a unit is seconds, below 0 is for ever: envconfig/config.go, KeepAlive. */
static void keep_alive(const struct ollama *o, struct verdict *v, const char *keep)
{
	bool bare = !keep[strspn(keep, "0123456789")];

	if (!*keep)
		return;
	if (*keep == '-')
		found_ok(v, "%s: a model stays loaded for ever", o->where);
	else if (!keep[strspn(keep, "0hmsun.")])
		found_ok(v, "%s: a model is unloaded at once", o->where);
	else
		found_ok(v, "%s: a model stays loaded for %s%s", o->where, keep, bare ? " s" : "");
}

/* What its settings cost. Ollama's docs/faq.mdx. Only a setting without effect is a warning. */
static void settings(const struct ollama *o, struct verdict *v)
{
	struct arena *a = v->arena;
	const char *kv = env(a, o, "OLLAMA_KV_CACHE_TYPE");
	const char *flash = env(a, o, "OLLAMA_FLASH_ATTENTION");
	const char *parallel = env(a, o, "OLLAMA_NUM_PARALLEL");
	uint64_t n;

	if (o->environment.count == 0)
		return;
	if (*kv && !str_eq(kv, "f16") && *flash && !is_on(flash))
		found_warning(v,
			      *o->container ? "ollama-kv-needs-flash-attention"
					    : "ollama-service-kv-needs-flash-attention",
			      o->where, "%s: KV cache %s needs flash attention, which is off",
			      o->where, kv);
	else if (*kv && !str_eq(kv, "f16") && !*flash)
		found_ok(v, "%s: KV cache %s%s, if flash attention is on by default for the model",
			 o->where, kv, cache_cost(kv));
	else
		found_ok(v, "%s: flash attention %s, KV cache %s%s", o->where,
			 is_on(flash) ? "on"
			 : *flash     ? "off"
				      : "left to Ollama",
			 *kv ? kv : "f16", cache_cost(kv));
	if (str_u64(parallel, 10, 1024, &n) && n > 1)
		found_ok(v, "%s: %" PRIu64 " requests at once, each with its own KV cache",
			 o->where, n);
	keep_alive(o, v, env(a, o, "OLLAMA_KEEP_ALIVE"));
}

static void vulkan(const struct ollama *o, struct verdict *v)
{
	for (size_t i = 0; i < o->log.device_count; i++)
		if (o->log.device[i].integrated || o->log.device[i].backend != BACKEND_CUDA) {
			found_broken(v, "ollama-uses-vulkan", o->where, "%s computes with %s on %s",
				     o->where, ollama_backend_name(o->backend),
				     *o->log.device[i].name ? o->log.device[i].name
							    : "another device");
			return;
		}
	found_broken(v, "ollama-uses-vulkan", o->where, "%s computes with %s, not CUDA", o->where,
		     ollama_backend_name(o->backend));
}

/* Why what it found when it started may not be what it has now; NULL: it has it. */
static const char *doubt(const struct facts *f, const struct ollama *o)
{
	const struct container *c = docker_container(&f->docker, o->container);

	if (u64_or(o->gpu_processes, 0) > 0)
		return NULL;
	for (size_t i = 0; c && i < c->node_count; i++)
		if (c->node[i].result.know == KNOWN && !is_text(c->node[i].result, "ok"))
			return "it may not open the GPU now";
	if (f->cuda.end == PROBE_NO_LIBRARY || f->cuda.end == PROBE_CRASHED)
		return "CUDA does not start on this host now";
	if (f->cuda.result.know != KNOWN)
		return "CUDA could not be asked now";
	return f->cuda.result.v ? "CUDA does not start on this host now" : NULL;
}

/* Its GPU is named by UUID, which is no accident as an index may be. */
static bool names_gpu(const struct facts *f, const struct ollama *o, const char *bdf)
{
	const struct container *c = docker_container(&f->docker, o->container);
	const struct nvml_gpu *g = nvml_gpu(&f->nvml, bdf);
	const char *cuda = env_value(&o->environment, "CUDA_VISIBLE_DEVICES");

	if (!g || !*g->uuid)
		return false;
	return (cuda && strstr(cuda, g->uuid)) || (c && names_have(&c->asked_devices, g->uuid));
}

static void elsewhere(const struct facts *f, const struct ollama *o, struct verdict *v)
{
	const char *colon = strchr(o->elsewhere, ':');
	const char *bdf = colon && strchr(colon + 1, ':') ? colon + 1 : o->elsewhere;

	if (names_gpu(f, o, o->elsewhere))
		found_ok(v, "%s computes on %s, the GPU that it names", o->where, bdf);
	else
		found_warning(v, "ollama-on-other-gpu", o->where,
			      "%s computes on %s, not on the external GPU", o->where, bdf);
}

static void on_cuda(const struct facts *f, const struct ollama *o, struct verdict *v)
{
	const struct ollama_model *m = on_gpu(o);
	const char *but = doubt(f, o);
	/* Where the probe was held back, whoever asks the driver now may hang. */
	const char *show = f->cuda.end == PROBE_FAILED ? "egpu probe cuda" : "";

	if (u64_or(o->gpu_processes_elsewhere, 0) > 0)
		elsewhere(f, o, v);
	else if (but)
		found_unknown(v, show, "%s found %s when it started; %s", o->where, gpu_name(o),
			      but);
	else if (m)
		found_ok(v, "%s computes on %s, %s loaded", o->where, gpu_name(o), m->name);
	else
		found_ok(v, "%s %s found %s (CUDA)", o->where, text_or(o->version, ""),
			 gpu_name(o));
}

static void unknown(const struct ollama *o, struct verdict *v)
{
	const char *show =
	    *o->container ? arena_printf(v->arena, "docker logs %s 2>&1 | grep 'inference compute'",
					 o->container)
			  : "journalctl -b -u ollama.service | grep 'inference compute'";
	found_unknown(v, show, "%s: what it computes on could not be told: log %s, %s", o->where,
		      know_why(o->log_know), o->backend_why);
}

static void judge_server(const struct facts *f, const struct ollama *o, struct verdict *v)
{
	switch (o->backend) {
	case BACKEND_UNKNOWN:
		unknown(o, v);
		break;
	case BACKEND_CPU:
		on_cpu(f, o, v);
		break;
	case BACKEND_CUDA:
		on_cuda(f, o, v);
		break;
	case BACKEND_VULKAN:
	case BACKEND_ROCM:
	case BACKEND_OTHER:
		vulkan(o, v);
		break;
	}
	if (*o->endpoint && o->api_know != KNOWN)
		found_warning(v, "ollama-not-answering", o->where, "%s does not answer on %s: %s",
			      o->where, o->endpoint, know_why(o->api_know));
	models(o, v);
	settings(o, v);
}

/* An Ollama that is there, but does not run; NULL: there is none. */
static const struct container *stopped(const struct facts *f)
{
	for (size_t i = 0; i < f->docker.container_count; i++)
		if (f->docker.container[i].kind == CONTAINER_OLLAMA)
			return &f->docker.container[i];
	return NULL;
}

/* Whoever stopped it knows; one that failed or restarts waits for what the workload link says. */
static void judge_none(const struct facts *f, struct verdict *v)
{
	const struct container *c = stopped(f);
	enum know know = f->ollama.know;
	enum know unit = services_know(&f->services, "ollama.service");

	if (c && (*c->error || str_eq(c->state, "restarting")))
		found_unknown(v, arena_printf(v->arena, "docker logs --tail 20 %s", c->name),
			      "%s does not run: %s", c->name, c->state);
	else if (c)
		found_skipped(v, "%s is stopped", c->name);
	else if (is_unread(know))
		found_unknown(v, "sudo egpu check --link ollama",
			      "the containers could not be read: %s", know_why(know));
	else if (is_unread(unit))
		found_unknown(v, "systemctl status ollama.service",
			      "whether ollama.service runs could not be read: %s", know_why(unit));
	else if (f->docker.know != KNOWN && is_u64(f->docker.expected, 1))
		found_unknown(v, "systemctl status docker",
			      "no container can be seen: the engine does not answer");
	else
		found_skipped(v, "no Ollama runs here");
}

static void judge(const struct facts *f, struct verdict *v)
{
	if (!f->pci.chosen) {
		found_no_gpu(f, v, "no GPU to compute on");
		return;
	}
	for (size_t i = 0; i < f->ollama.server_count; i++)
		judge_server(f, &f->ollama.server[i], v);
	if (f->ollama.server_count == 0)
		judge_none(f, v);
}

const struct link link_ollama = {
	.id = "ollama",
	.asks = "Does Ollama compute on the GPU?",
	.needs = { "workload" },
	.judge = judge,
};

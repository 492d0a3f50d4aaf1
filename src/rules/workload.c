/* SPDX-License-Identifier: MIT */
/* egpu-check(1), link workload. */
#include "rules/verdict.h"

#include <inttypes.h>
#include <string.h>

#define CDI_PREFIX "nvidia.com/gpu="
#define AGAIN "sudo egpu check --link workload"

enum { READY_SLACK_USEC = 1000000, RESTARTS_MANY = 3, ERROR_SHOWN = 100 };

/* What the containers together come to. */
struct tally {
	size_t asking, fine, stopped, nodes;
	const char *name;      /* of the last fine one, else of one that asks */
	const char *not_asked; /* a running one whose nodes were not asked for */
	size_t not_asked_count;
};

static bool has(const char *s)
{
	return s && *s;
}

/* Started by now, ended by itself or by the user, and nothing went wrong. */
static bool ended_well(const struct container *c)
{
	return c->exit_code == 0 || c->exit_code == 130 || c->exit_code == 137 ||
	       c->exit_code == 143;
}

/* "14 min ago", as seen at the moment of the look; "" where the clock is not known. */
static const char *ago(const struct facts *f, uint64_t usec)
{
	uint64_t now = u64_or(f->machine.boot_usec, 0) + u64_or(f->machine.uptime_usec, 0);
	uint64_t sec = now > usec ? (now - usec) / 1000000 : 0;

	if (f->machine.boot_usec.know != KNOWN || f->machine.uptime_usec.know != KNOWN)
		return "";
	if (sec < 120)
		return arena_printf(f->arena, " %" PRIu64 " s ago", sec);
	if (sec < 7200)
		return arena_printf(f->arena, " %" PRIu64 " min ago", sec / 60);
	return arena_printf(f->arena, " %" PRIu64 " h ago", sec / 3600);
}

/* Wall clock of the last moment at which the GPU or its driver appeared; 0: not known. */
static uint64_t ready_usec(const struct facts *f)
{
	const struct driver *d = &f->driver;
	uint64_t last = 0;

	if (f->machine.boot_usec.know != KNOWN)
		return 0;
	for (size_t i = 0; i < d->event_count; i++) {
		const struct driver_event *e = &d->event[i];
		bool ours = !has(e->bdf) || (f->pci.chosen && str_eq(e->bdf, f->pci.chosen->bdf));
		if (ours && (e->kind == EVENT_GPU_FOUND || e->kind == EVENT_DRIVER_LOADED))
			last = f->machine.boot_usec.v + e->usec;
	}
	return last;
}

/* Seconds by which the GPU came after the container; 0: it did not, or it is not known. */
static uint64_t late_sec(const struct facts *f, const struct container *c)
{
	uint64_t ready = ready_usec(f);
	if (c->started_usec.know != KNOWN || ready < c->started_usec.v + READY_SLACK_USEC)
		return 0;
	return (ready - c->started_usec.v) / 1000000;
}

static bool asks_by_variable_only(const struct container *c)
{
	return str_eq(c->runtime, "nvidia") && !(c->asks & (ASK_DEVICE_REQUEST | ASK_CDI));
}

/* "NAME=value" of the variable that leaves the container no GPU, or NULL. */
static const char *hidden_by(const struct facts *f, const struct container *c)
{
	const char *cuda = container_env(c, "CUDA_VISIBLE_DEVICES");
	const char *nvidia = container_env(c, "NVIDIA_VISIBLE_DEVICES");

	if (cuda && nvml_hidden_by(&f->nvml, cuda))
		return arena_printf(f->arena, "CUDA_VISIBLE_DEVICES=%s", cuda);
	if (nvidia && asks_by_variable_only(c) &&
	    (str_eq(nvidia, "none") || str_eq(nvidia, "void")))
		return arena_printf(f->arena, "NVIDIA_VISIBLE_DEVICES=%s", nvidia);
	return NULL;
}

static bool in_spec(const struct docker *d, const char *name)
{
	const struct cdi_spec *s = docker_cdi(d);
	return !s || s->error.know == KNOWN || s->devices.count == 0 ||
	       names_have(&s->devices, name + strlen(CDI_PREFIX));
}

/* The first device that it names and that neither driver nor specification have, or NULL. */
static const char *missing_device(const struct facts *f, const struct container *c)
{
	bool listed = f->nvml.end == PROBE_ANSWERED && f->nvml.gpu_count > 0;
	uint64_t n;

	for (size_t i = 0; i < c->asked_devices.count; i++) {
		const char *id = c->asked_devices.name[i];
		if (str_starts(id, CDI_PREFIX) && !in_spec(&f->docker, id))
			return id;
		if (listed && str_starts(id, "GPU-") && !nvml_has_uuid(&f->nvml, id))
			return id;
		if (listed && str_u64(id, 10, UINT32_MAX, &n) && n >= f->nvml.gpu_count)
			return id;
	}
	return NULL;
}

static const struct node_access *node_with(const struct container *c, const char *result)
{
	for (size_t i = 0; i < c->node_count; i++)
		if (is_text(c->node[i].result, result))
			return &c->node[i];
	return NULL;
}

/* Not every container needs every node: one for video has no nvidia-uvm, one of two GPUs is enough.
 */
static bool needs_node(const struct facts *f, const struct container *c, const char *path)
{
	const char *caps = container_env(c, "NVIDIA_DRIVER_CAPABILITIES");
	if (str_eq(path, "/dev/nvidia-uvm"))
		return !has(caps) || strstr(caps, "all") || strstr(caps, "compute");
	return str_eq(path, "/dev/nvidiactl") || f->pci.gpu_count <= 1;
}

static const struct node_access *absent_node(const struct facts *f, const struct container *c)
{
	for (size_t i = 0; i < c->node_count; i++)
		if (is_text(c->node[i].result, "ENOENT") && needs_node(f, c, c->node[i].path))
			return &c->node[i];
	return NULL;
}

/* The container may open it, and the driver refuses. */
static const struct node_access *dead_node(const struct facts *f, const struct container *c)
{
	for (size_t i = 0; i < c->node_count; i++) {
		const struct node_access *n = &c->node[i];
		if (n->result.know == KNOWN && !is_text(n->result, "ok") &&
		    !is_text(n->result, "EPERM") && !is_text(n->result, "ENOENT") &&
		    needs_node(f, c, n->path))
			return n;
	}
	return NULL;
}

static const struct node_access *unknown_node(const struct container *c)
{
	for (size_t i = 0; i < c->node_count; i++)
		if (c->node[i].result.know != KNOWN)
			return &c->node[i];
	return NULL;
}

static void say_lost(const struct facts *f, struct verdict *v, const struct container *c,
		     const struct node_access *n)
{
	struct maybe_u64 reload = f->docker.last_reload_usec;
	bool since =
	    reload.know == KNOWN && c->started_usec.know == KNOWN && reload.v > c->started_usec.v;

	if (since)
		found_broken(v, "container-devices-lost", c->name,
			     "%s may not open %s: EPERM; daemon-reload%s", c->name, n->path,
			     ago(f, reload.v));
	else
		found_broken(v, "container-devices-lost", c->name, "%s may not open %s: EPERM",
			     c->name, n->path);
}

static void say_absent(const struct facts *f, struct verdict *v, const struct container *c,
		       const struct node_access *n)
{
	uint64_t late = late_sec(f, c);

	if (late)
		found_broken(v, "container-started-before-gpu", c->name,
			     "%s has no %s: it started %" PRIu64 " s before the GPU", c->name,
			     n->path, late);
	else if (c->asks)
		found_broken(v, "container-without-nodes", c->name,
			     "%s asks for the GPU but has no %s", c->name, n->path);
	else
		found_broken(v, "container-asks-no-gpu", c->name, "%s has no %s", c->name, n->path);
}

/* ENXIO: no driver has the node's number. nvidia-uvm gets a new one each time it is loaded. */
static void say_dead(struct verdict *v, const struct container *c, const struct node_access *n)
{
	found_broken(v, "container-node-dead", c->name, "%s cannot open %s: %s%s", c->name, n->path,
		     n->result.v,
		     is_text(n->result, "ENXIO") ? ", the node is older than the loaded module"
						 : "");
}

/* Ollama looks for the GPU once; whether it found it, its own link says. */
static void judge_open(const struct facts *f, struct verdict *v, const struct container *c,
		       struct tally *t)
{
	uint64_t late = late_sec(f, c);

	if (late && c->kind != CONTAINER_OLLAMA) {
		found_warning(v, "container-started-before-gpu", c->name,
			      "%s started %" PRIu64 " s before the GPU was ready", c->name, late);
		return;
	}
	t->fine++;
	t->nodes = c->node_count;
	t->name = c->name;
}

static void judge_running(const struct facts *f, struct verdict *v, const struct container *c,
			  struct tally *t)
{
	const struct node_access *lost = node_with(c, "EPERM"), *absent = absent_node(f, c);
	const struct node_access *dead = dead_node(f, c), *unknown = unknown_node(c);

	if (c->node_count == 0) {
		t->not_asked = c->name;
		t->not_asked_count++;
	} else if (lost) {
		say_lost(f, v, c, lost);
	} else if (absent) {
		say_absent(f, v, c, absent);
	} else if (dead) {
		say_dead(v, c, dead);
	} else if (unknown) {
		found_unknown(v, AGAIN, "whether %s can open %s: %s", c->name, unknown->path,
			      know_why(unknown->result.know));
	} else {
		judge_open(f, v, c, t);
	}
}

/* The part of the engine's message that says something; what wraps it does not. */
static const char *gist(struct arena *a, const char *error)
{
	static const char *const starts[] = {
		"nvidia-container-cli:",   "unresolvable CDI",       "error gathering device",
		"could not select device", "failed to discover GPU", "nvidia-container-runtime"
	};
	const char *from = error;
	for (size_t i = 0; i < COUNT_OF(starts); i++)
		if (strstr(error, starts[i])) {
			from = strstr(error, starts[i]);
			break;
		}
	return str_clean(a, from, strlen(from), ERROR_SHOWN);
}

static void judge_failed(const struct facts *f, struct verdict *v, const struct container *c)
{
	const struct log_sign *said = surest_sign(f, LOG_ENGINE, "workload", c->name);
	const char *what = gist(f->arena, c->error);

	if (said)
		found_broken(v, said->cause, c->name, "%s did not start: %s", c->name, what);
	else if (container_failed_for_gpu(c))
		found_broken(v, "container-not-started", c->name, "%s did not start: %s", c->name,
			     what);
	else
		found_warning(v, "container-not-started", c->name, "%s did not start: %s", c->name,
			      what);
}

/* Who stopped his container knows it; who has a policy that starts it again does not. */
static void judge_stopped(const struct facts *f, struct verdict *v, const struct container *c,
			  struct tally *t)
{
	bool kept_up = has(c->restart_policy) && !str_eq(c->restart_policy, "no");

	t->stopped++;
	if (has(c->error))
		judge_failed(f, v, c);
	else if (str_eq(c->state, "restarting") && c->restart_count >= RESTARTS_MANY)
		found_warning(v, "container-restarting", c->name,
			      "%s ends again and again: %" PRIu64 " restarts, exit code %" PRIu64,
			      c->name, c->restart_count, c->exit_code);
	else if (str_eq(c->state, "exited") && kept_up && !ended_well(c))
		found_warning(v, "container-not-started", c->name,
			      "%s has ended with exit code %" PRIu64 " and stays down", c->name,
			      c->exit_code);
}

static void judge_container(const struct facts *f, struct verdict *v, const struct container *c,
			    struct tally *t)
{
	bool stopped = !container_runs(c) && !str_eq(c->state, "paused");
	const char *hidden = hidden_by(f, c);
	const char *missing = stopped && ended_well(c) ? NULL : missing_device(f, c);

	t->asking++;
	t->name = t->fine ? t->name : c->name;
	if (hidden && !stopped)
		found_broken(v, "visible-devices-hide-gpu", c->name, "%s hides the GPU from %s",
			     hidden, c->name);
	else if (missing)
		found_broken(v, "requested-gpu-missing", c->name,
			     "%s asks for GPU %s, which is not here", c->name, missing);
	else if (stopped)
		judge_stopped(f, v, c, t);
	else if (container_runs(c))
		judge_running(f, v, c, t);
}

/* "service ollama of /srv/llm/compose.yaml", or how else it came to be. */
static const char *made_by(struct arena *a, const struct container *c)
{
	if (!has(c->compose_service))
		return "made without compose";
	return arena_printf(a, "service %s of %s", c->compose_service,
			    c->compose_files.count ? c->compose_files.name[0] : "its compose file");
}

/* It came to the GPU in a way that is not seen here. */
static bool computes_all_the_same(const struct facts *f, const struct container *c)
{
	for (size_t i = 0; i < f->ollama.server_count; i++) {
		const struct ollama *o = &f->ollama.server[i];
		if (str_eq(o->container, c->name) &&
		    (u64_or(o->gpu_processes, 0) || u64_or(o->gpu_processes_elsewhere, 0)))
			return true;
	}
	return false;
}

static void judge_no_ask(const struct facts *f, struct verdict *v, const struct container *c)
{
	const char *hidden = hidden_by(f, c);

	if (!container_is_llm(c) || !container_runs(c) || c->privileged ||
	    (c->image && strstr(c->image, "rocm")) || f->docker.flavour == DOCKER_PODMAN)
		return;
	if (computes_all_the_same(f, c)) {
		found_ok(v, "%s has the GPU: the driver lists its process", c->name);
		return;
	}
	if (hidden)
		found_broken(v, "visible-devices-hide-gpu", c->name, "%s hides the GPU from %s",
			     hidden, c->name);
	else
		found_broken(v, "container-asks-no-gpu", c->name, "%s asks for no GPU (%s)",
			     c->name, made_by(f->arena, c));
}

static void judge_containers(const struct facts *f, struct verdict *v, struct tally *t)
{
	const struct docker *d = &f->docker;
	/* Beside one that asks, an LLM server without a GPU is meant so. */
	bool meant = docker_llm_asks(d);

	for (size_t i = 0; i < d->container_count; i++) {
		const struct container *c = &d->container[i];
		if (c->asks || c->node_count)
			judge_container(f, v, c, t);
		else if (!meant)
			judge_no_ask(f, v, c);
	}
	if (!t->not_asked)
		return;
	const char *who = t->not_asked_count == 1
			      ? t->not_asked
			      : arena_printf(f->arena, "%zu containers", t->not_asked_count);
	if (f->gate.open)
		found_unknown(v, AGAIN, "whether %s can open the GPU was not answered", who);
	else
		found_unknown(v,
			      is_unread(f->pci.know) ? "egpu check --link pci"
						     : "egpu check --link driver",
			      "%s not asked: %s", who,
			      has(f->gate.why) ? f->gate.why : "the driver is not safe to ask");
}

static void say_fine(struct verdict *v, const struct tally *t)
{
	if (t->fine > 1)
		found_ok(v, "%zu containers have the GPU", t->fine);
	else if (t->fine)
		found_ok(v, "%s has the GPU (%zu nodes open)", t->name, t->nodes);
	else if (t->asking > 1)
		found_skipped(v, "none of %zu containers that ask for the GPU runs", t->asking);
	else if (t->asking)
		found_skipped(v, "%s asks for the GPU but does not run", t->name);
	else
		found_skipped(v, "no container asks for a GPU");
}

static void judge_unlisted(const struct facts *f, struct verdict *v)
{
	const struct docker *d = &f->docker;

	switch (d->containers_know) {
	case ABSENT:
		if (is_u64(d->expected, 1) && f->pci.chosen)
			found_unknown(v, "systemctl status docker", "docker does not run");
		else
			found_skipped(v, "%s", has(d->why) ? d->why : "no container engine here");
		return;
	case DENIED:
		found_unknown(v, AGAIN, "the containers: permission denied");
		return;
	case NOT_LOOKED:
	case KNOWN:
	case TIMED_OUT:
	case UNREADABLE:
		found_unknown(v, "docker ps --all", "the containers: %s",
			      know_why(d->containers_know));
		return;
	}
}

static void judge(const struct facts *f, struct verdict *v)
{
	struct tally t = { 0 };
	size_t before = v->count;

	if (f->docker.containers_know != KNOWN) {
		judge_unlisted(f, v);
		return;
	}
	if (f->pci.know == KNOWN && !f->pci.chosen) {
		found_skipped(v, "there is no GPU to give to a container");
		return;
	}
	judge_containers(f, v, &t);
	if (v->count == before)
		say_fine(v, &t);
}

const struct link link_workload = {
	.id = "workload",
	.asks = "Can each container that wants the GPU open it now?",
	.needs = { "runtime", "cuda" },
	.judge = judge,
};

/* SPDX-License-Identifier: MIT */
/* NVML: NVML API Reference Guide, nvmlReturn_t and nvmlClocksThrottleReasons. */
#include "rules/verdict.h"

#include <inttypes.h>

/* nvmlReturn_t; 0 is good. */
enum { NO_PERMISSION = 4, DRIVER_NOT_LOADED = 9, VERSION_MISMATCH = 18 };

/* What NVML means by what it returns, on a host whose gate is open. */
static const struct meaning {
	uint64_t code;
	const char *cause;
	const char *text;
} meanings[] = {
	{ NO_PERMISSION, "device-permission-denied", "NVML may not open the device nodes" },
	{ 8, "gpu-power-missing", "a power plug of the GPU is not connected" },
	{ DRIVER_NOT_LOADED, "module-not-loaded", "NVML does not reach the nvidia module" },
	{ 11, "driver-init-failed", "the GPU's interrupts do not arrive" },
	{ 15, "gpu-lost", "the driver has lost the GPU" },
	{ 16, "gpu-lost", "the GPU must be reset before it can be used" },
	{ 17, "device-permission-denied", "the system keeps NVML from the device nodes" },
	{ VERSION_MISMATCH, "driver-version-mismatch", "NVML does not fit the loaded module" },
};
/* DRIVER_NOT_LOADED means that /dev/nvidiactl could not be opened: with the module there, it is
 * gone.
 */
static const struct meaning no_nodes = { DRIVER_NOT_LOADED, "device-nodes-missing",
					 "NVML does not find the device nodes" };
static const struct meaning any_other = { 0, "nvml-unknown-error", "NVML fails" };

static const struct meaning *meaning_of(uint64_t code)
{
	for (size_t i = 0; i < COUNT_OF(meanings); i++)
		if (meanings[i].code == code)
			return &meanings[i];
	return &any_other;
}

/* As the chain writes it: the domain only where there are several. */
static const char *short_bdf(const char *bdf)
{
	return str_starts(bdf, "0000:") ? bdf + 5 : bdf;
}

static void failed(const struct facts *f, struct verdict *v, uint64_t code, const char *name)
{
	const struct meaning *m = meaning_of(code);
	const char *bdf = f->pci.chosen->bdf;

	if (code == NO_PERMISSION && !is_u64(f->machine.uid, 0)) {
		found_unknown(v, "sudo egpu check", "the device nodes are not for this user");
		return;
	}
	if (code == VERSION_MISMATCH && f->driver.version.know == KNOWN &&
	    f->kernel.userland_version.know == KNOWN) {
		found_broken(v, m->cause, bdf, "%s: module %s, library %s", m->text,
			     f->driver.version.v, f->kernel.userland_version.v);
		return;
	}
	if (code == DRIVER_NOT_LOADED && is_u64(f->driver.nvidia_loaded, 1))
		m = &no_nodes;
	if (name && *name)
		found_broken(v, m->cause, bdf, "%s (%s)", m->text, name);
	else
		found_broken(v, m->cause, bdf, "%s (error %" PRIu64 ")", m->text, code);
}

/* The library gave no answer at all. */
static void unanswered(const struct facts *f, struct verdict *v)
{
	const char *why = f->nvml.why && *f->nvml.why ? f->nvml.why : "no reason known";
	const char *bdf = f->pci.chosen->bdf;

	switch (f->nvml.end) {
	case PROBE_ANSWERED:
		return;
	case PROBE_NOT_RUN:
		/* Nothing to paste: whoever asks the driver now may hang. */
		found_unknown(v, "", "not asked: %s", why);
		return;
	case PROBE_NO_LIBRARY:
		found_broken(v, "driver-install-broken", bdf, "libnvidia-ml.so.1 cannot be loaded");
		return;
	case PROBE_ABANDONED:
		found_broken(v, "probe-abandoned", bdf, "the driver gave %s", why);
		return;
	case PROBE_CRASHED:
		found_broken(v, "probe-crashed", bdf, "NVML's library crashes");
		return;
	case PROBE_FAILED:
		found_unknown(v, "nvidia-smi -q", "NVML could not be asked: %s", why);
		return;
	}
}

/* The GPU among those that NVML lists; else one that has failed without telling its address. */
static const struct nvml_gpu *listed(const struct facts *f)
{
	const struct nvml_gpu *g = nvml_gpu(&f->nvml, f->pci.chosen->bdf);
	for (size_t i = 0; !g && i < f->nvml.gpu_count; i++)
		if (f->nvml.gpu[i].error.know == KNOWN && !*f->nvml.gpu[i].bdf)
			g = &f->nvml.gpu[i];
	return g;
}

/* Power cap, idle, sync and user's clocks are how a GPU works, not faults. */
enum { HW_SLOWDOWN = 0x8, SW_THERMAL = 0x20, HW_THERMAL = 0x40, HW_POWER_BRAKE = 0x80 };

/* ", 83 C now", or nothing where the driver does not tell. */
static const char *now(struct verdict *v, struct maybe_u64 m, uint64_t per, const char *unit)
{
	return m.know == KNOWN ? arena_printf(v->arena, ", %" PRIu64 " %s now", m.v / per, unit)
			       : "";
}

static void throttle(const struct nvml_gpu *g, struct verdict *v)
{
	uint64_t bits = u64_or(g->throttle_reasons, 0);
	struct maybe_u64 at = g->temperature_celsius, limit = g->slowdown_celsius;
	/* Old GPUs set the first alone and leave open which of both it is. */
	bool open = (bits & HW_SLOWDOWN) && !(bits & (SW_THERMAL | HW_THERMAL | HW_POWER_BRAKE));
	bool can_tell = at.know == KNOWN && limit.know == KNOWN;
	bool hot = bits & (SW_THERMAL | HW_THERMAL) || (open && can_tell && at.v >= limit.v);

	if (hot)
		found_warning(v, "thermal-throttle", g->bdf, "slowed down by heat%s",
			      now(v, g->temperature_celsius, 1, "C"));
	if (open && !can_tell)
		found_warning(v, "hardware-slowdown", g->bdf,
			      "slowed down by heat or by its power supply%s%s", now(v, at, 1, "C"),
			      now(v, g->power_mw, 1000, "W"));
	else if (bits & HW_POWER_BRAKE || (open && !hot))
		found_warning(v, "power-brake", g->bdf, "slowed down by its power supply%s",
			      now(v, g->power_mw, 1000, "W"));
}

/*
 * Every link repeats a packet now and then, and a changing power state costs
 * some; the counter runs since the driver was loaded. Below this it says
 * nothing, a bad cable makes as many in minutes.
 */
enum { REPLAYS_MANY = 1000 };

static void health(const struct nvml_gpu *g, struct verdict *v)
{
	throttle(g, v);
	if (u64_or(g->ecc_uncorrected, 0) > 0)
		found_warning(v, "gpu-memory-fault", g->bdf,
			      "%" PRIu64 " memory errors that ECC could not correct",
			      g->ecc_uncorrected.v);
	if (u64_or(g->pcie_replays, 0) >= REPLAYS_MANY)
		found_warning(v, "pcie-link-unstable", g->bdf,
			      "%" PRIu64 " PCIe packets sent again since the driver was loaded",
			      g->pcie_replays.v);
}

/* What was asked for and not answered says neither that it is well nor that it is not. */
static void not_told(const struct nvml_gpu *g, struct verdict *v)
{
	const struct {
		struct maybe_u64 m;
		const char *what, *show;
	} parts[] = {
		{ g->throttle_reasons, "whether it is slowed down",
		  "nvidia-smi -q -d PERFORMANCE" },
		{ g->ecc_uncorrected, "its memory errors", "nvidia-smi -q -d ECC" },
		{ g->pcie_replays, "how much its link sends twice",
		  "nvidia-smi -q | grep -i replay" },
	};
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		if (is_unread(parts[i].m.know))
			found_unknown(v, parts[i].show, "the GPU does not tell %s", parts[i].what);
}

enum { MIB = 1 << 20 };

static void well(const struct nvml_gpu *g, struct verdict *v)
{
	const char *heat =
	    g->temperature_celsius.know != KNOWN
		? ""
		: arena_printf(v->arena, ", %" PRIu64 " C", g->temperature_celsius.v);

	if (g->vram_total_bytes.know == KNOWN && g->vram_free_bytes.know == KNOWN)
		found_ok(v, "%" PRIu64 " MiB, %" PRIu64 " free%s", g->vram_total_bytes.v / MIB,
			 g->vram_free_bytes.v / MIB, heat);
	else if (g->vram_total_bytes.know == ABSENT)
		found_ok(v, "%s answers%s", *g->name ? g->name : "the GPU", heat);
	else
		found_unknown(v, "nvidia-smi -q -d MEMORY", "the GPU does not tell its memory");
}

static void judge(const struct facts *f, struct verdict *v)
{
	const struct nvml *n = &f->nvml;

	if (!f->pci.chosen) {
		found_no_gpu(f, v, "no GPU to ask for");
		return;
	}
	if (n->end != PROBE_ANSWERED) {
		unanswered(f, v);
		return;
	}
	if (n->result.know != KNOWN) {
		found_unknown(v, "nvidia-smi -q", "NVML's answer was not understood");
		return;
	}
	if (n->result.v != 0) {
		failed(f, v, n->result.v, n->result_name);
		return;
	}
	const struct nvml_gpu *g = listed(f);
	if (!g && nvml_hides_one(n)) {
		found_unknown(v, "nvidia-smi -L", "the driver lists a GPU without its address");
		return;
	}
	if (!g) {
		found_broken(v, "driver-lists-no-gpu", f->pci.chosen->bdf,
			     "the driver does not list %s; GPUs that it lists: %zu",
			     short_bdf(f->pci.chosen->bdf), n->gpu_count);
		return;
	}
	if (g->error.know == KNOWN) {
		failed(f, v, g->error.v, g->error_name);
		return;
	}
	size_t said = v->count;
	health(g, v);
	not_told(g, v);
	if (v->count == said)
		well(g, v);
}

const struct link link_nvml = {
	.id = "nvml",
	.asks = "Does the driver answer, and is the GPU well?",
	.needs = { "driver" },
	.judge = judge,
};

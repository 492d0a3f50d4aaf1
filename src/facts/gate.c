/* SPDX-License-Identifier: MIT */
#include "facts/gate.h"

/* nvmlReturn_t after which nobody should open the driver again. */
enum { GPU_IS_LOST = 15, RESET_REQUIRED = 16 };

static const char *why_down(struct arena *a, const struct driver_event *e)
{
	const char *time = driver_event_time(a, e);

	if (e->kind == EVENT_XID)
		return arena_printf(a, "Xid %u %s", (unsigned)e->code, time);
	if (e->kind == EVENT_RM_INIT)
		return arena_printf(a, "the driver failed to bring the GPU up %s", time);
	return arena_printf(a, "the GPU fell off the bus %s", time);
}

/*
 * A sleeping GPU is not asked, so that it sleeps on. Who may not read config, or sees none, is kept
 * from it by file modes or a sandbox, which tells nothing of the GPU; any other failure may be its
 * own.
 */
static const char *why_silent(const struct pci_gpu *g)
{
	enum know know = g->config_answers.know;

	if (is_u64(g->config_answers, 0))
		return "the GPU does not answer on the PCI bus";
	if (pci_is_stuck(g))
		return "the GPU does not wake from D3cold";
	if (pci_hop_in_d3cold(pci_endpoint(g)))
		return pci_is_asleep(g) ? NULL
					: "whether the GPU wakes from D3cold could not be read";
	if (know == UNREADABLE || know == TIMED_OUT)
		return "whether the GPU answers on the PCI bus could not be read";
	return NULL;
}

/* The first reason to keep away, or NULL. */
static const char *why_shut(const struct facts *f)
{
	const struct driver *d = &f->driver;

	if (!f->pci.chosen)
		return is_unread(f->pci.know) ? "the PCI bus was not read" : "no GPU is chosen";
	if (why_silent(f->pci.chosen))
		return why_silent(f->pci.chosen);
	if (d->gpu_driver.know == ABSENT ||
	    (d->gpu_driver.know == KNOWN && !is_text(d->gpu_driver, "nvidia")))
		return "nvidia is not bound to the GPU";
	if (driver_down(d))
		return why_down(f->arena, driver_down(d));
	if (u64_or(d->stuck_count, 0) > 0)
		return arena_printf(f->arena, "%s is stuck in the driver",
				    text_or(d->stuck, "a process"));
	return NULL;
}

struct gate gate_of(const struct facts *f)
{
	const char *why = why_shut(f);
	return (struct gate){ .open = !why, .why = why ? why : "" };
}

static bool is_gone(struct maybe_u64 result)
{
	return is_u64(result, GPU_IS_LOST) || is_u64(result, RESET_REQUIRED);
}

const char *driver_shut(const struct facts *f)
{
	if (!f->gate.open)
		return f->gate.why ? f->gate.why : "";
	if (f->nvml.end == PROBE_ABANDONED)
		return "the NVML probe was abandoned";
	if (f->cuda.end == PROBE_ABANDONED)
		return "the CUDA probe was abandoned";
	bool gone = is_gone(f->nvml.result);
	for (size_t i = 0; i < f->nvml.gpu_count; i++)
		gone |= is_gone(f->nvml.gpu[i].error);
	return gone ? "NVML says that a GPU is lost" : NULL;
}

/* SPDX-License-Identifier: MIT */
/* The GPU on the bus, and what its driver tells where it was asked. */
#include "view/metrics/family.h"

static void present(struct metrics *m)
{
	const struct pci *p = &m->view->facts->pci;

	if (p->know == KNOWN)
		sample(m, p->chosen != NULL, NULL);
}

static void info(struct metrics *m)
{
	const struct facts *f = m->view->facts;
	const struct pci_gpu *g = f->pci.chosen;

	if (g)
		sample(m, 1, "gpu", g->bdf, "name", pci_gpu_title(f->arena, g), "reach",
		       pci_reach_name(g->reach), "driver", text_or(f->driver.version, ""), NULL);
}

static void arrival_of(struct metrics *m, const char *which, const struct driver_event *e)
{
	if (e)
		sample(m, (double)e->usec / 1000000, "which", which, NULL);
}

static void arrival(struct metrics *m)
{
	const struct driver *d = &m->view->facts->driver;

	if (!m->view->facts->pci.chosen)
		return;
	arrival_of(m, "first", driver_first(d, EVENT_GPU_FOUND));
	arrival_of(m, "last", driver_last(d, EVENT_GPU_FOUND));
}

/* Not assigned is a size too: nothing of it can be reached. */
static void bar1(struct metrics *m)
{
	const struct pci_gpu *g = m->view->facts->pci.chosen;
	const struct pci_bar *b = g && g->bars_know == KNOWN ? pci_bar(g, pci_vram_bar(g)) : NULL;

	if (b)
		sample(m, b->assigned ? (double)b->size_bytes : 0, NULL);
}

static struct nvml_gpu asked(const struct metrics *m)
{
	const struct facts *f = m->view->facts;
	const struct nvml_gpu *g = f->pci.chosen && f->nvml.end == PROBE_ANSWERED
				       ? nvml_gpu(&f->nvml, f->pci.chosen->bdf)
				       : NULL;
	return g ? *g : (struct nvml_gpu){ 0 };
}

static void temperature(struct metrics *m)
{
	sample_u64(m, asked(m).temperature_celsius, 1);
}

static void slowdown(struct metrics *m)
{
	sample_u64(m, asked(m).slowdown_celsius, 1);
}

static void power(struct metrics *m)
{
	sample_u64(m, asked(m).power_mw, 1e-3);
}

static void power_limit(struct metrics *m)
{
	sample_u64(m, asked(m).power_limit_mw, 1e-3);
}

static void vram(struct metrics *m)
{
	sample_u64(m, asked(m).vram_total_bytes, 1);
}

static void vram_used(struct metrics *m)
{
	sample_u64(m, asked(m).vram_used_bytes, 1);
}

static void vram_free(struct metrics *m)
{
	sample_u64(m, asked(m).vram_free_bytes, 1);
}

static void utilization(struct metrics *m)
{
	sample_u64(m, asked(m).utilization_percent, 1e-2);
}

const struct family families_gpu[] = {
	{ "egpu_gpu_present", "", "Whether a GPU to compute on is on the bus", present, false },
	{ "egpu_gpu_info", "", "Always 1; the GPU, how it is attached, and its driver", info,
	  false },
	{ "egpu_gpu_arrival_seconds", "seconds",
	  "When the GPU came onto the bus, since boot, the first and the last time", arrival,
	  false },
	{ "egpu_bar1_bytes", "bytes", "Size of the GPU's BAR1, 0 where it is not assigned", bar1,
	  false },
	{ "egpu_gpu_temperature_celsius", "celsius", "Temperature of the GPU", temperature, false },
	{ "egpu_gpu_slowdown_temperature_celsius", "celsius",
	  "Temperature at which the GPU slows itself down", slowdown, false },
	{ "egpu_gpu_power_watts", "watts", "Power that the GPU draws", power, false },
	{ "egpu_gpu_power_limit_watts", "watts", "Power that the GPU may draw", power_limit,
	  false },
	{ "egpu_gpu_vram_bytes", "bytes", "Video memory of the GPU", vram, false },
	{ "egpu_gpu_vram_used_bytes", "bytes", "Video memory in use", vram_used, false },
	{ "egpu_gpu_vram_free_bytes", "bytes", "Video memory that is free", vram_free, false },
	{ "egpu_gpu_utilization_ratio", "ratio", "Share of the time in which the GPU had work",
	  utilization, false },
	{ 0 },
};

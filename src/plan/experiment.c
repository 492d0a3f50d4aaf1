/* SPDX-License-Identifier: MIT */
/* Kernel: Documentation/admin-guide/kernel-parameters (pci=, pcie_aspm, pcie_port_pm, iommu,
 * thunderbolt.host_reset). Who was helped and who was hurt is told by the sources. */
#include "plan/experiment.h"

#include <inttypes.h>

#include "plan/boot/boot.h"

#define OPEN_ISSUES "https://github.com/NVIDIA/open-gpu-kernel-modules/issues/"

static const struct experiment experiments[] = {
	{ "realloc", "pci=realloc",
	  "BARs that the firmware left unassigned, on several Thunderbolt hosts",
	  "hosts where the kernel then moves windows that were right (BAR0 lost)",
	  OPEN_ISSUES "979" },
	{ "realloc-off", "pci=realloc=off",
	  "a NUC 15 Pro+ with Thunderbolt 4, where moving windows lost BAR1",
	  "hosts that need windows moved: there it prevents BAR0", OPEN_ISSUES "979" },
	{ "window-small", "pci=hpmmiosize=32M,hpmmioprefsize=32M",
	  "a host with Linux 7.2, whose bridge windows had changed",
	  "BAR1 of more than 16 MiB may no longer fit", OPEN_ISSUES "979" },
	{ "window-large", "pci=hpbussize=0x33,hpmmiosize=128M,hpmmioprefsize=16G",
	  "GPUs whose BAR1 found no room below the enclosure's bridges",
	  "hosts without that much address space: then nothing is assigned",
	  "https://docs.kernel.org/admin-guide/kernel-parameters.html" },
	{ "host-reset-off", "thunderbolt.host_reset=0",
	  "a NUC 15 Pro+ and others that lose the tunnel when Linux resets the router",
	  "a Minisforum MS-02 Ultra, where that reset is what assigns the BARs",
	  "https://github.com/minisforum-docs/MS-02-Ultra/issues/32" },
	{ "clx-off", "thunderbolt.clx=0", "links that drop when they go to sleep",
	  "a laptop's battery", "https://docs.kernel.org/admin-guide/thunderbolt.html" },
	{ "port-pm-off", "pcie_port_pm=off", "GPUs that do not come back from D3cold",
	  "a laptop's battery", "https://docs.kernel.org/power/pci.html" },
	{ "aspm-off", "pcie_aspm=off", "links with many corrected errors (AER)",
	  "a laptop's battery; some firmware then leaves links as they are",
	  "https://docs.kernel.org/admin-guide/kernel-parameters.html" },
	{ "iommu-pt", "iommu=pt", "GPUs that the IOMMU stops (DMAR faults)",
	  "nobody that is known; what is plugged in is then trusted more",
	  "https://docs.kernel.org/arch/x86/iommu.html" },
};

const struct experiment *experiment_at(size_t n)
{
	return n < COUNT_OF(experiments) ? &experiments[n] : NULL;
}

const struct experiment *experiment_of_id(const char *id)
{
	for (size_t i = 0; i < COUNT_OF(experiments); i++)
		if (str_eq(experiments[i].id, id))
			return &experiments[i];
	return NULL;
}

struct plan *plan_experiment(struct arena *a, const struct facts *f, struct host *h,
			     const struct experiment *x)
{
	struct planner p = { .arena = a,
			     .facts = f,
			     .host = h,
			     .plan = arena_alloc(a, sizeof(*p.plan)),
			     .theme = "experiment" };
	struct cmdline_change c = { .add = str_split(a, x->add, " ", 8) };

	if (!any_kernel_gets_driver(f))
		planner_refuse(&p, "no kernel here has the driver, so none gets parameters for it");
	else
		loader_change(&p, &c, arena_printf(a, "try %s", x->add));
	plan_order(p.plan);
	return p.plan;
}

static void note(struct arena *a, struct names *to, const char *key, const char *value)
{
	size_t room = to->count;
	names_add(a, to, &room, arena_printf(a, "%s=%s", key, value));
}

static const char *bytes_or(struct arena *a, struct maybe_u64 m)
{
	return m.know == KNOWN ? str_bytes(a, m.v) : know_why(m.know);
}

static const char *bar_text(struct arena *a, const struct pci_bar *b)
{
	return !b ? "not there" : b->assigned ? str_bytes(a, b->size_bytes) : "not assigned";
}

static void note_hops(struct arena *a, struct names *to, const struct pci_gpu *g)
{
	for (size_t i = 0; i < g->hop_count; i++) {
		const struct pci_hop *h = &g->hop[i];
		const char *key = arena_printf(a, "link %s", pci_short_bdf(h->bdf));
		if (h->speed_mtps.know == KNOWN && h->width.know == KNOWN)
			note(a, to, key,
			     arena_printf(a, "%" PRIu64 ".%" PRIu64 " GT/s x%" PRIu64,
					  h->speed_mtps.v / 1000, h->speed_mtps.v % 1000 / 100,
					  h->width.v));
		if (h->window_bytes.know == KNOWN)
			note(a, to, arena_printf(a, "window %s", pci_short_bdf(h->bdf)),
			     bytes_or(a, h->window_bytes));
	}
}

struct names experiment_seen(struct arena *a, const struct facts *f, const struct experiment *x)
{
	const struct pci_gpu *g = f->pci.chosen;
	struct names out = { 0 };

	note(a, &out, "experiment", x->id);
	note(a, &out, "kernel", text_or(f->kernel.release, "not known"));
	note(a, &out, "gpu", g ? pci_short_bdf(g->bdf) : "not on the bus");
	if (g) {
		note(a, &out, "BAR0", bar_text(a, pci_bar(g, 0)));
		note(a, &out, arena_printf(a, "BAR%u", pci_vram_bar(g)),
		     bar_text(a, pci_bar(g, pci_vram_bar(g))));
		note_hops(a, &out, g);
	}
	note(a, &out, "driver", text_or(f->driver.gpu_driver, "none"));
	note(a, &out, "cuda", is_u64(f->cuda.result, 0) ? "works" : "does not answer");
	return out;
}

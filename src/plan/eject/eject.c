/* SPDX-License-Identifier: MIT */
#include "plan/eject/eject.h"

#include <string.h>

/* The theme of refusals that leave nothing else to be done. */
#define BARRED "eject"

static const char *title_of(struct arena *a, const struct eject_way *w)
{
	if (w->box)
		return arena_printf(a, "%s %s", text_or(w->box->vendor, "the"),
				    text_or(w->box->model, "enclosure"));
	return w->gpu ? pci_gpu_title(a, w->gpu) : "";
}

/* Of several enclosures none is guessed: the wrong one may hold a disk. */
static const struct tb_device *box_of(const struct facts *f, const struct pci_gpu *g)
{
	const struct tb_device *box = g ? thunderbolt_device(&f->thunderbolt, g->router)
					: thunderbolt_enclosure(&f->thunderbolt, "");

	if (!box || box->is_host || (!g && enclosure_of(box) != ENCLOSURE_YES))
		return NULL;
	return box;
}

struct eject_way eject_way(const struct facts *f)
{
	struct eject_way w = { .gpu = f->pci.chosen };

	w.box = box_of(f, w.gpu);
	w.title = title_of(f->arena, &w);
	return w;
}

bool eject_is_refused(const struct plan *p)
{
	return p->count == 0 && p->refusal_count > 0 && str_eq(p->refusal[0].theme, BARRED);
}

static const struct pci_hop *endpoint(const struct pci_gpu *g)
{
	static const struct pci_hop none;
	const struct pci_hop *hop = pci_endpoint(g);
	return hop ? hop : &none;
}

static bool has_sibling(const struct facts *f)
{
	for (size_t i = 0; i < f->pci.gpu_count; i++) {
		const struct pci_gpu *g = &f->pci.gpu[i];
		if (!str_eq(g->bdf, f->pci.chosen->bdf) && is_text(endpoint(g)->driver, "nvidia"))
			return true;
	}
	return false;
}

struct plan *plan_eject(const struct facts *f, bool kill)
{
	struct plan *plan = arena_alloc(f->arena, sizeof(*plan));
	struct eject j = {
		.p = { .arena = f->arena, .facts = f, .plan = plan, .theme = BARRED },
		.way = eject_way(f),
		.kill = kill,
	};

	plan->once = true;
	if (j.way.gpu) {
		j.driven = is_text(f->driver.gpu_driver, "nvidia");
		j.shared = has_sibling(f);
	}
	if ((!j.way.gpu && !j.way.box) || eject_barred(&j))
		return plan;
	if (j.driven) {
		eject_drain(&j);
		eject_unload(&j);
	}
	eject_detach(&j);
	return plan;
}

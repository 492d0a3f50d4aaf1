/* SPDX-License-Identifier: MIT */
/* Which GPUs a model is to run on, what joins them to the host, and its RAM. */
#include "cmd/fit/fit.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cmd/fit/link.h"
#include "facts/facts.h"

#define MIB ((uint64_t)1 << 20)

/*
 * What the driver keeps of the memory that stands on the box: cards without a screen, as CUDA
 * tells their total. 8 GB 210 MiB, 12 GB 379, 16 GB 431, 24 GB 452.
 */
enum { KEPT_PART = 32, KEPT_MAX_MIB = 480 };

static uint64_t free_of_box(uint64_t total)
{
	uint64_t kept = total / KEPT_PART;

	return total - (kept < KEPT_MAX_MIB * MIB ? kept : KEPT_MAX_MIB * MIB);
}

static void note(struct arena *a, struct fit_gpus *g, const char *text)
{
	size_t room = g->notes.count;

	names_add(a, &g->notes, &room, text);
}

static void add(struct fit_gpus *g, const char *name, const struct card *c, uint64_t total,
		uint64_t free)
{
	uint32_t i = g->rig.gpu_count++;

	g->rig.gpu[i] = (struct rig_gpu){ name, c, c ? c->memory_gb_s : 0 };
	g->room[i] = (struct size_room){ name, total, free, card_overhead(c) };
}

static int add_card(const struct fit_options *o, struct fit_gpus *g, const char *name,
		    struct err *e)
{
	const struct card *c = card_find(name, o->vram_bytes / MIB);

	if (!c)
		return card_unknown(name, e);
	const uint64_t total = o->vram_bytes ? o->vram_bytes : (uint64_t)c->vram_mib * MIB;
	add(g, c->name, c, total, o->vram_bytes ? total : free_of_box(total));
	return 0;
}

/* As the driver names it, else as it stands on the box. */
static const char *name_of(struct arena *a, const struct pci_gpu *p, const struct nvml_gpu *n)
{
	const char *name = n && *n->name ? n->name : pci_gpu_title(a, p);
	static const char *const makers[] = { "NVIDIA ", "GeForce " };

	for (size_t i = 0; i < COUNT_OF(makers); i++)
		if (str_starts(name, makers[i]))
			name += strlen(makers[i]);
	return name;
}

/* The driver tells what is free now; without it, the box what there is. */
static void add_own(struct arena *a, const struct fit_host *h, const struct fit_options *o,
		    const struct pci_gpu *p, struct fit_gpus *g)
{
	const struct nvml *all = &h->facts->nvml;
	const struct nvml_gpu *n = all->end == PROBE_ANSWERED ? nvml_gpu(all, p->bdf) : NULL;
	uint64_t total = n ? u64_or(n->vram_total_bytes, 0) : 0;
	const char *name = name_of(a, p, n);
	const struct card *c = card_find(name, total / MIB);
	const bool now = total && n->vram_free_bytes.know == KNOWN;

	if (!total && c)
		total = (uint64_t)c->vram_mib * MIB;
	uint64_t free = now ? n->vram_free_bytes.v : free_of_box(total);
	if (o->vram_bytes)
		total = free = o->vram_bytes;
	else if (!now)
		note(a, g,
		     arena_printf(a,
				  "What is free on %s now could not be read%s%s; taken as if "
				  "nothing else used it.",
				  name, *all->why ? ": " : "", all->why));
	g->free_known = g->free_known && total > 0;
	add(g, c ? c->name : name, c, total, free);
}

/* What Ollama has loaded it lets go of for another model. */
static void note_loaded(struct arena *a, const struct fit_host *h, struct fit_gpus *g)
{
	const struct ollama_list *l = &h->facts->ollama;

	for (size_t i = 0; i < l->server_count; i++)
		for (size_t k = 0; k < l->server[i].model_count; k++) {
			const struct ollama_model *m = &l->server[i].model[k];
			if (m->vram_bytes)
				note(a, g,
				     arena_printf(a,
						  "%s has %s loaded, with %s of VRAM: it lets "
						  "go of it for another model.",
						  l->server[i].where, m->name,
						  str_bytes(a, m->vram_bytes)));
		}
}

/* All external ones, or where there is none, or by a place, those that are meant. */
static void add_all_own(struct arena *a, const struct fit_host *h, const struct fit_options *o,
			struct fit_gpus *g)
{
	const struct pci *p = &h->facts->pci;
	const bool by_place =
	    o->gpu_count && !str_eq(o->gpu[0], "any") && !str_eq(o->gpu[0], "external");

	for (size_t i = 0; p->chosen && i < p->gpu_count && g->rig.gpu_count < GPUS_MAX; i++)
		if (by_place ? &p->gpu[i] == p->chosen
			     : pci_is_external(&p->gpu[i]) == pci_is_external(p->chosen))
			add_own(a, h, o, &p->gpu[i], g);
	if (g->rig.gpu_count && !o->vram_bytes)
		note_loaded(a, h, g);
	if (p->chosen && !pci_is_external(p->chosen) && !o->gpu_count)
		note(a, g, "No external GPU here: this is for the one inside.");
}

static int no_gpu(const struct fit_options *o, const struct fit_host *h, struct err *e)
{
	const char *model = o->name_count ? o->name[0] : "--all";
	char shown[100];

	snprintf(shown, sizeof(shown), "%s", strlen(model) < sizeof(shown) ? model : "MODEL");
	err_say(e, -ENODEV,
		"no NVIDIA GPU %s; say for which one: egpu fit --gpu \"RTX 3060\" "
		"--link tb4 %s",
		h->live ? "here" : "on this host", shown);
	return FIT_NO_GPU;
}

static int take_gpus(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		     struct fit_gpus *g, struct err *e)
{
	if (fit_wants_own_gpus(o)) {
		add_all_own(a, h, o, g);
		return g->rig.gpu_count ? 0 : no_gpu(o, h, e);
	}
	for (uint32_t i = 0; i < o->gpu_count; i++) {
		int r = add_card(o, g, o->gpu[i], e);
		if (r < 0)
			return r;
	}
	if (o->gpu_count == 0)
		add(g, arena_printf(a, "a GPU of %s", str_bytes(a, o->vram_bytes)), NULL,
		    o->vram_bytes, o->vram_bytes);
	return 0;
}

static int take_link(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		     struct fit_gpus *g, struct err *e)
{
	const bool own = fit_wants_own_gpus(o);

	g->rig.link = o->link ? link_find(o->link) : own ? link_here(h->facts) : NULL;
	if (o->link && !g->rig.link)
		return link_unknown(a, o->link, e);
	g->link_assumed = !g->rig.link;
	if (!g->rig.link)
		g->rig.link = link_find("tb4");
	return g->rig.link ? 0 : err_set(e, -ENOENT, "no link is known");
}

int fit_gpus_of(struct arena *a, const struct fit_options *o, const struct fit_host *h,
		struct fit_gpus *ret, struct err *e)
{
	*ret = (struct fit_gpus){ .free_known = true };
	int r = take_gpus(a, o, h, ret, e);

	if (r == 0)
		r = take_link(a, o, h, ret, e);
	if (r != 0)
		return r;
	ret->rig.ram_gb_s = o->ram_gb_s;
	ret->ram_bytes = o->ram_bytes;
	if (!ret->ram_bytes && fit_wants_own_gpus(o))
		ret->ram_bytes = u64_or(h->facts->machine.ram_bytes, 0);
	uint64_t reserve = fit_ollama_reserve(a, o, h);
	for (uint32_t i = 0; i < ret->rig.gpu_count; i++)
		ret->room[i].free_bytes -=
		    reserve < ret->room[i].free_bytes ? reserve : ret->room[i].free_bytes;
	if (reserve)
		note(a, ret,
		     arena_printf(a, "OLLAMA_GPU_OVERHEAD keeps %s free on each GPU.",
				  str_bytes(a, reserve)));
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* Modules, PCI functions, the enclosure. */
#include "plan/eject/eject.h"

#include <string.h>

enum { UNLOAD_SEC = 30, DEPTH_MAX = 16 };
enum { CLASS_STORAGE = 0x01 };

static const struct kernel_module *module_of(const struct release *rel, const char *name)
{
	for (size_t i = 0; i < rel->module_count; i++)
		if (str_eq(rel->module[i].name, name))
			return &rel->module[i];
	return NULL;
}

static void unload_one(struct eject *j, const struct kernel_module *m)
{
	static const char *const undo[] = { "modprobe" };
	struct step *s = planner_run(&j->p, ARGV("rmmod", m->name), "unload %s", m->name);
	size_t room = 0;

	names_add(j->p.arena, &s->run.undo, &room, undo[0]);
	names_add(j->p.arena, &s->run.undo, &room, m->name);
	s->run.deadline_sec = UNLOAD_SEC;
	if (!str_starts(m->name, "nvidia")) {
		s->asks = true;
		s->why = "it uses the driver";
	}
}

static bool is_unloaded(const struct plan *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->step[i].kind == STEP_RUN && p->step[i].run.argv.count == 2 &&
		    str_eq(p->step[i].run.argv.name[1], name))
			return true;
	return false;
}

/* Whoever uses it goes first. The kernel has no circles; what is read may have. */
static void unload(struct eject *j, const char *name, unsigned depth)
{
	const struct kernel_module *m = module_of(&j->p.facts->release, name);

	if (!m || depth == DEPTH_MAX || is_unloaded(j->p.plan, name))
		return;
	for (size_t i = 0; i < m->used_by.count; i++)
		unload(j, m->used_by.name[i], depth + 1);
	if (!is_unloaded(j->p.plan, name))
		unload_one(j, m);
}

void eject_unload(struct eject *j)
{
	j->p.theme = "driver";
	if (!j->shared)
		unload(j, "nvidia", 0);
}

/* Which nodes nobody may have open when the GPU goes. */
static const char *open_nodes(const struct eject *j)
{
	const struct release *rel = &j->p.facts->release;
	const char *out = eject_node(j->p.facts);

	if (!j->driven)
		return NULL;
	if (!j->shared || !out)
		return "nvidia";
	for (size_t i = 0; i < rel->drm.count; i++)
		out = arena_printf(j->p.arena, "%s,dri/%s", out, rel->drm.name[i]);
	return out;
}

static void remove_function(struct eject *j, const char *bdf)
{
	const struct pci_gpu *g = j->way.gpu;
	struct planner *p = &j->p;
	bool itself = str_eq(bdf, g->bdf);
	struct step *s =
	    itself ? planner_add(p, STEP_DEVICE, "take %s (%s) off the PCI bus",
				 pci_gpu_title(p->arena, g), pci_short_bdf(bdf))
		   : planner_add(p, STEP_DEVICE, "take function %s of the GPU off the PCI bus",
				 pci_short_bdf(bdf));

	if (is_text(g->audio_bdf, bdf))
		s->why = "its sound";
	s->device = (struct device_change){ "remove", bdf, itself ? open_nodes(j) : NULL, 0 };
	if (itself && p->facts->want.display) {
		s->asks = true;
		s->why = "it drives a monitor, as was said";
	}
	step_shell(p, s, "%s", device_line(p->arena, &s->device));
}

static void detach_gpu(struct eject *j)
{
	const struct release *rel = &j->p.facts->release;

	j->p.theme = "bus";
	for (size_t i = 0; i < rel->functions.count; i++)
		remove_function(j, rel->functions.name[i]);
	if (!j->restarts)
		return;
	struct step *s = planner_unit(&j->p, "start", "nvidia-persistenced.service",
				      "start nvidia-persistenced.service again");
	s->why = "for the GPU that stays";
}

const char *eject_neighbour(struct arena *a, const struct neighbour *n)
{
	return arena_printf(a, "%s (%s)", pci_short_bdf(n->bdf), text_or(n->driver, "no driver"));
}

bool eject_is_storage(const struct neighbour *n)
{
	return n->class.know == KNOWN && n->class.v >> 16 == CLASS_STORAGE;
}

/* Of what is of that kind, "A, B"; "" where nothing is. */
static const char *neighbours(const struct eject *j, bool storage)
{
	const struct release *rel = &j->p.facts->release;
	const char *out = "";

	for (size_t i = 0; i < rel->neighbour_count; i++)
		if (eject_is_storage(&rel->neighbour[i]) == storage)
			out = arena_printf(j->p.arena, "%s%s%s", out, *out ? ", " : "",
					   eject_neighbour(j->p.arena, &rel->neighbour[i]));
	return out;
}

/* What else would go with it: a disk must be let go of first, the rest is asked for. */
static void deauthorize(struct eject *j)
{
	const char *disks = neighbours(j, true), *others = neighbours(j, false);
	const char *title = j->way.title;
	struct planner *p = &j->p;

	if (*disks) {
		struct refusal *r = planner_refuse(
		    p, "%s stays authorised, since a disk hangs behind it too: %s", title, disks);
		refusal_shell(p, r, "# unmount what is on it, then:");
		for (size_t i = 0; i < p->facts->release.neighbour_count; i++) {
			const struct neighbour *n = &p->facts->release.neighbour[i];
			struct device_change gone = { "remove", n->bdf, NULL, 0 };
			if (eject_is_storage(n))
				refusal_shell(p, r, "%s", device_line(p->arena, &gone));
		}
		refusal_shell(p, r, "sudo egpu eject");
		return;
	}
	struct step *s = planner_add(p, STEP_DEVICE, "deauthorise %s", title);
	s->device = (struct device_change){ "deauthorize", j->way.box->name, NULL, 0 };
	s->asks = *others || !j->way.gpu;
	if (*others)
		s->why = arena_printf(p->arena, "what else hangs behind it goes too: %s", others);
	else if (!j->way.gpu)
		s->why = "no GPU is on the bus, and what else hangs behind it was not seen";
	step_shell(p, s, "%s", device_line(p->arena, &s->device));
}

static void detach_box(struct eject *j)
{
	const struct tb_device *box = j->way.box;
	const struct tb_domain *domain = thunderbolt_domain(&j->p.facts->thunderbolt, box->domain);

	if (is_u64(box->authorized, 0))
		return;
	if (box->authorized.know != KNOWN)
		planner_refuse(&j->p, "whether %s is authorised could not be read (%s)",
			       j->way.title, know_why(box->authorized.know));
	else if (domain && is_u64(domain->deauthorization, 1))
		deauthorize(j);
	else
		planner_refuse(&j->p,
			       "%s stays authorised: this host cannot take that back "
			       "(%s/deauthorization)",
			       j->way.title, box->domain);
}

/* A plain PCIe cable carries no word of what is behind it, and its slot no switch. */
static void leave_to_person(struct eject *j)
{
	struct step *s = planner_add(&j->p, STEP_PERSON, "power off before the cable is pulled");

	s->why = "a PCIe cable without Thunderbolt is not made to be pulled under power";
	step_shell(&j->p, s, "sudo systemctl poweroff");
}

void eject_detach(struct eject *j)
{
	if (j->way.gpu)
		detach_gpu(j);
	j->p.theme = "enclosure";
	if (j->way.box)
		detach_box(j);
	else if (j->way.gpu && j->way.gpu->reach == REACH_THUNDERBOLT)
		planner_refuse(&j->p,
			       "which enclosure %s sits in is not known, so none is "
			       "deauthorised",
			       pci_short_bdf(j->way.gpu->bdf));
	else
		leave_to_person(j);
}

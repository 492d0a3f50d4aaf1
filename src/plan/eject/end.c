/* SPDX-License-Identifier: MIT */
/* Whether the cable may be pulled now: by what a look says, not by what was done. */
#include "plan/eject/eject.h"

struct ending {
	struct arena *arena;
	struct eject_end end;
	size_t left_room, goes_room;
};

static void leave(struct ending *n, const char *text)
{
	names_add(n->arena, &n->end.left, &n->left_room, text);
}

static bool is_there(const struct facts *after, const char *bdf)
{
	return names_have(&after->release.devices, bdf);
}

static void judge_functions(struct ending *n, const struct facts *before, const struct facts *after)
{
	const struct names *own = &before->release.functions;

	if (after->release.devices_know != KNOWN)
		leave(n, arena_printf(n->arena, "the PCI bus could not be read (%s)",
				      know_why(after->release.devices_know)));
	for (size_t i = 0; i < own->count; i++)
		if (is_there(after, own->name[i]))
			leave(n, arena_printf(n->arena, "%s is still on the PCI bus",
					      pci_short_bdf(own->name[i])));
}

/* Where it cannot be deauthorised the cable is what ends it. */
static void judge_box(struct ending *n, const struct eject_way *way, const struct facts *after)
{
	const struct tb_device *box =
	    way->box ? thunderbolt_device(&after->thunderbolt, way->box->name) : NULL;
	const struct tb_domain *domain =
	    box ? thunderbolt_domain(&after->thunderbolt, box->domain) : NULL;

	if (box && !is_u64(box->authorized, 0) && domain && is_u64(domain->deauthorization, 1))
		leave(n, arena_printf(n->arena, "%s is still authorised", way->title));
	if (!way->box && way->gpu && way->gpu->reach == REACH_THUNDERBOLT)
		leave(n, "which enclosure it sits in is not known");
	if (way->gpu && way->gpu->reach == REACH_REMOVABLE)
		leave(n, "it is not made to be pulled under power: power off first");
}

static void judge_neighbours(struct ending *n, const struct facts *before,
			     const struct facts *after)
{
	const struct release *rel = &before->release;

	for (size_t i = 0; i < rel->neighbour_count; i++) {
		const struct neighbour *one = &rel->neighbour[i];
		const char *name = eject_neighbour(n->arena, one);
		if (!is_there(after, one->bdf))
			continue;
		if (eject_is_storage(one))
			leave(n,
			      arena_printf(n->arena, "%s is a disk behind the same cable", name));
		else
			names_add(n->arena, &n->end.goes, &n->goes_room, name);
	}
	if (rel->neighbours_know != KNOWN && rel->neighbours_know != NOT_LOOKED)
		leave(n, "what else hangs behind the cable is not known");
}

struct eject_end eject_end(const struct facts *before, const struct facts *after)
{
	struct ending n = { .arena = after->arena };
	const struct eject_way way = eject_way(before);

	judge_functions(&n, before, after);
	judge_box(&n, &way, after);
	judge_neighbours(&n, before, after);
	n.end.safe = n.end.left.count == 0;
	return n.end;
}

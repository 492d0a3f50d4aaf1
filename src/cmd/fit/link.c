/* SPDX-License-Identifier: MIT */
/* Cards and links by name, and this host's link by what was read of it. */
#include "cmd/fit/link.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "cmd/cmd.h"

enum { NAME_SIZE = 48, SHOWN_MAX = 40 };

/* Letters and digits only, in lower case, without a size of memory behind it: "rtx3060". */
static void squeeze(const char *name, char ret[NAME_SIZE])
{
	const char *word = strrchr(name, ' ');
	const size_t digits = word ? strspn(word + 1, "0123456789") : 0;
	const char *end =
	    digits && strcasecmp(word + 1 + digits, "GB") == 0 ? word : name + strlen(name);
	size_t n = 0;

	for (; name < end && n + 1 < NAME_SIZE; name++)
		if (isalnum((unsigned char)*name))
			ret[n++] = (char)tolower((unsigned char)*name);
	ret[n] = '\0';
}

int card_unknown(const char *name, struct err *e)
{
	char asked[NAME_SIZE], known[NAME_SIZE];
	const struct card *c, *nearest = NULL;
	size_t least = NAME_SIZE;

	squeeze(name, asked);
	for (size_t i = 0; (c = card_at(i)); i++) {
		squeeze(c->name, known);
		size_t d = str_distance(asked, known);
		if (d < least) {
			least = d;
			nearest = c;
		}
	}
	return usage(e, "fit",
		     "no card '%.*s' in the table; the nearest is \"%s\", or say --vram 12G",
		     SHOWN_MAX, name, nearest ? nearest->name : "");
}

int link_unknown(struct arena *a, const char *name, struct err *e)
{
	const struct link *l;
	const char *all = "";

	for (size_t i = 0; (l = link_at(i)); i++)
		all = arena_printf(a, "%s%s%s", all, *all ? ", " : "", l->name);
	return err_set(e, -EINVAL, "no link '%.*s'; there are %s", SHOWN_MAX, name, all);
}

/* Both ends count: an idle GPU has slowed its own link down. */
static unsigned generation_of(const struct pci_hop *end, const struct pci_hop *dock)
{
	static const uint64_t rates[] = { 5000, 8000, 16000, 32000 };
	uint64_t mtps = end ? u64_or(end->max_speed_mtps, 0) : 0;
	unsigned generation = 1;

	if (dock && u64_or(dock->max_speed_mtps, mtps) < mtps)
		mtps = dock->max_speed_mtps.v;
	for (size_t i = 0; i < COUNT_OF(rates); i++)
		generation += mtps >= rates[i];
	return generation;
}

/* The enclosure's own generation: what it was made for is what its bridge carries. */
static const struct link *tunnel(const struct facts *f)
{
	const struct tb_device *d = facts_enclosure(f);
	const struct pci_hop *end = pci_endpoint(f->pci.chosen);
	const uint64_t generation = d ? u64_or(d->generation, 0) : 0;

	if (end && is_u64(end->width, 1))
		return link_find(generation_of(end, pci_dock(f->pci.chosen)) == 1 ? "tb-x1-bug"
										  : "x1-gen3");
	return link_find(generation >= 5 ? "tb5" : generation == 4 ? "tb4" : "tb3");
}

static const struct link *slot(struct arena *a, const struct pci_gpu *g)
{
	const struct pci_hop *end = pci_endpoint(g);
	const unsigned lanes = end ? (unsigned)u64_or(end->width, 0) : 0;
	const unsigned generation = generation_of(end, pci_dock(g));

	if (lanes == 4 && g->reach == REACH_REMOVABLE)
		return link_find(generation >= 4 ? "oculink" : "oculink-gen3");
	return link_find(arena_printf(a, "x%u-gen%u", lanes, generation));
}

const struct link *link_here(const struct facts *f)
{
	const struct pci_gpu *g = f->pci.chosen;

	if (!g)
		return NULL;
	return g->reach == REACH_THUNDERBOLT ? tunnel(f) : slot(f->arena, g);
}

/* SPDX-License-Identifier: MIT */
/* From the enclosure to the GPU's own link. */
#include "view/metrics/family.h"

static void authorized(struct metrics *m)
{
	const struct tb_device *d = facts_enclosure(m->view->facts);

	if (d && d->authorized.know == KNOWN)
		sample(m, d->authorized.v != 0, "enclosure", d->name, "vendor",
		       text_or(d->vendor, ""), "model", text_or(d->model, ""), NULL);
}

static void speed_of(struct metrics *m, const char *direction, struct maybe_u64 mbps_per_lane,
		     struct maybe_u64 lanes)
{
	if (mbps_per_lane.know == KNOWN && lanes.know == KNOWN)
		sample(m, (double)mbps_per_lane.v * (double)lanes.v * 1e6 / 8, "direction",
		       direction, NULL);
}

static void tunnel_speed(struct metrics *m)
{
	const struct tb_device *d = facts_enclosure(m->view->facts);

	if (!d)
		return;
	speed_of(m, "rx", d->rx_mbps_per_lane, d->rx_lanes);
	speed_of(m, "tx", d->tx_mbps_per_lane, d->tx_lanes);
}

static void tunnel_lanes(struct metrics *m)
{
	const struct tb_device *d = facts_enclosure(m->view->facts);

	if (d && d->rx_lanes.know == KNOWN)
		sample(m, (double)d->rx_lanes.v, "direction", "rx", NULL);
	if (d && d->tx_lanes.know == KNOWN)
		sample(m, (double)d->tx_lanes.v, "direction", "tx", NULL);
}

/* Of both ends of the GPU's own link, the number at that offset of struct pci_hop. */
static void both_ends(struct metrics *m, size_t offset, double scale)
{
	const struct pci_gpu *g = m->view->facts->pci.chosen;
	const struct {
		const char *name;
		const struct pci_hop *hop;
	} ends[] = { { "dock", g ? pci_dock(g) : NULL },
		     { "endpoint", g ? pci_endpoint(g) : NULL } };

	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		if (!ends[i].hop)
			continue;
		struct maybe_u64 n =
		    *(const struct maybe_u64 *)((const char *)ends[i].hop + offset);
		if (n.know == KNOWN)
			sample(m, (double)n.v * scale, "hop", ends[i].name, NULL);
	}
}

static void width(struct metrics *m)
{
	both_ends(m, offsetof(struct pci_hop, width), 1);
}

static void max_width(struct metrics *m)
{
	both_ends(m, offsetof(struct pci_hop, max_width), 1);
}

static void speed(struct metrics *m)
{
	both_ends(m, offsetof(struct pci_hop, speed_mtps), 1e6);
}

static void max_speed(struct metrics *m)
{
	both_ends(m, offsetof(struct pci_hop, max_speed_mtps), 1e6);
}

const struct family families_cable[] = {
	{ "egpu_enclosure_authorized", "", "Whether the enclosure is authorised", authorized,
	  false },
	{ "egpu_tunnel_speed_bytes_per_second", "bytes_per_second",
	  "Raw speed of the cable to the enclosure, all lanes together", tunnel_speed, false },
	{ "egpu_tunnel_lanes", "lanes", "Lanes of the cable to the enclosure", tunnel_lanes,
	  false },
	{ "egpu_pcie_width_lanes", "lanes", "Lanes that the GPU's own link uses now", width,
	  false },
	{ "egpu_pcie_max_width_lanes", "lanes", "Lanes that each end of that link has", max_width,
	  false },
	{ "egpu_pcie_speed_transfers_per_second", "transfers_per_second",
	  "Speed of a lane of that link now; it falls while the GPU idles", speed, false },
	{ "egpu_pcie_max_speed_transfers_per_second", "transfers_per_second",
	  "Speed of a lane that each end of that link can do", max_speed, false },
	{ 0 },
};

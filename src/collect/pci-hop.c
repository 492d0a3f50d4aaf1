/* SPDX-License-Identifier: MIT */
#include "collect/pci-hop.h"

#include <string.h>

#include "collect/rate.h"
#include "collect/sysfs.h"

/* Kernel: Documentation/ABI/testing/sysfs-bus-pci, sysfs-bus-pci-devices-aer_stats. */

enum { FIRST_WINDOW = 7 }; /* after six BARs and the ROM; a bridge's windows are its last lines */

/* Bridges of Thunderbolt chips, and root ports that lead to nothing else. */
static const struct {
	uint16_t vendor, first, last;
} tunnel_bridges[] = {
	{ 0x8086, 0x1513, 0x1513 },                             /* Light Ridge */
	{ 0x8086, 0x1547, 0x1549 },                             /* Cactus Ridge, Port Ridge */
	{ 0x8086, 0x1566, 0x156d },                             /* Redwood Ridge, Falcon Ridge */
	{ 0x8086, 0x1576, 0x1576 },                             /* Alpine Ridge */
	{ 0x8086, 0x1578, 0x1578 }, { 0x8086, 0x157e, 0x157e }, /* Win Ridge */
	{ 0x8086, 0x15c0, 0x15c0 },                             /* Alpine Ridge LP */
	{ 0x8086, 0x15d3, 0x15d3 }, { 0x8086, 0x15da, 0x15da },
	{ 0x8086, 0x15e7, 0x15e7 }, /* Titan Ridge */
	{ 0x8086, 0x15ea, 0x15ea }, { 0x8086, 0x15ef, 0x15ef },
	{ 0x8086, 0x0b26, 0x0b26 },                             /* Goshen Ridge */
	{ 0x8086, 0x1133, 0x1133 },                             /* Maple Ridge */
	{ 0x8086, 0x1136, 0x1136 }, { 0x8086, 0x5780, 0x5780 }, /* Barlow Ridge */
	{ 0x8086, 0x5783, 0x5783 }, { 0x8086, 0x5786, 0x5786 },
	{ 0x8086, 0x57a4, 0x57a4 }, { 0x8086, 0x8a1d, 0x8a23 }, /* root ports: Ice Lake */
	{ 0x8086, 0x9a23, 0x9a31 },                             /* Tiger Lake */
	{ 0x8086, 0x461f, 0x461f },                             /* Alder Lake */
	{ 0x8086, 0x462f, 0x462f }, { 0x8086, 0x463f, 0x463f },
	{ 0x8086, 0x466e, 0x466e }, { 0x8086, 0xa71f, 0xa71f }, /* Raptor Lake */
	{ 0x8086, 0xa72f, 0xa72f }, { 0x8086, 0xa73f, 0xa73f },
	{ 0x8086, 0xa76e, 0xa76e }, { 0x8086, 0x7ec4, 0x7ec7 }, /* Meteor Lake */
	{ 0x1022, 0x14cd, 0x14cd }, /* AMD's tunnel ports: Rembrandt, Phoenix, Strix */
	{ 0x1022, 0x14ef, 0x14ef }, { 0x1022, 0x150a, 0x150a },
	{ 0x1b21, 0x2421, 0x2423 }, /* ASM4242 */
	{ 0x1b21, 0x2461, 0x2464 }, /* ASM2464PD */
};

bool pci_is_tunnel_bridge(const struct pci_hop *hop)
{
	for (size_t i = 0; i < COUNT_OF(tunnel_bridges); i++)
		if (is_u64(hop->vendor, tunnel_bridges[i].vendor) && hop->device.know == KNOWN &&
		    hop->device.v >= tunnel_bridges[i].first &&
		    hop->device.v <= tunnel_bridges[i].last)
			return true;
	return false;
}

bool pci_resource_assigned(const struct pci_resource *r)
{
	return r->start != 0 && r->end > r->start && !(r->flags & RESOURCE_UNSET);
}

uint64_t pci_resource_bytes(const struct pci_resource *r)
{
	if (r->flags == 0 || r->end < r->start || r->end == 0)
		return 0;
	return r->end - r->start + 1;
}

int pci_resources(struct host *h, struct arena *a, const char *dev, struct pci_resource *line,
		  size_t *ret)
{
	struct bytes all, text;
	size_t count = 0;
	int r = host_read(h, a, arena_printf(a, "%s/resource", dev), &all, NULL);
	if (r < 0)
		return r;
	while (count < PCI_LINES_MAX && bytes_line(&all, &text)) {
		struct names word = str_split(a, str_ndup(a, text.data, text.size), " ", 4);
		struct pci_resource *l = &line[count++];
		if (word.count != 3 || !str_u64(word.name[0], 16, UINT64_MAX, &l->start) ||
		    !str_u64(word.name[1], 16, UINT64_MAX, &l->end) ||
		    !str_u64(word.name[2], 16, UINT64_MAX, &l->flags))
			*l = (struct pci_resource){ 0 };
	}
	*ret = count;
	return 0;
}

/*
 * How many lines stand before the windows depends on the kernel's
 * configuration, so they are told by their flags: past the BARs, only a
 * window is prefetchable memory (the ROM is line 6).
 */
static struct maybe_u64 window(struct host *h, struct arena *a, const char *dev)
{
	struct pci_resource line[PCI_LINES_MAX];
	const char *from = arena_printf(a, "%s/resource", dev);
	uint64_t most = 0;
	size_t count;
	int r = pci_resources(h, a, dev, line, &count);
	if (r < 0)
		return unknown_u64(know_of_errno(r), from);
	if (count <= FIRST_WINDOW)
		return unknown_u64(UNREADABLE, from);
	for (size_t i = FIRST_WINDOW; i < count; i++)
		if (line[i].flags & RESOURCE_MEM && line[i].flags & RESOURCE_PREFETCH &&
		    pci_resource_assigned(&line[i]) && pci_resource_bytes(&line[i]) > most)
			most = pci_resource_bytes(&line[i]);
	return known_u64(most, from);
}

/* The last number of "RxErr 0\n...\nTOTAL_ERR_COR 12\n". */
static struct maybe_u64 aer_total(struct host *h, struct arena *a, const char *dev,
				  const char *attr)
{
	const char *path = arena_printf(a, "%s/%s", dev, attr);
	struct bytes all, line;
	int r = host_read(h, a, path, &all, NULL);
	if (r < 0)
		return unknown_u64(know_of_errno(r), path);
	for (uint64_t v; bytes_line(&all, &line);) {
		struct names word = str_split(a, str_ndup(a, line.data, line.size), " ", 3);
		if (word.count == 2 && str_starts(word.name[0], "TOTAL_ERR_") &&
		    str_u64(word.name[1], 10, UINT64_MAX, &v))
			return known_u64(v, path);
	}
	return unknown_u64(UNREADABLE, path);
}

/* 0 and 255 are what the kernel writes of a link that is down or does not answer. */
static struct maybe_u64 lanes(struct host *h, struct arena *a, const char *dev, const char *attr)
{
	struct maybe_u64 m = sysfs_u64(h, a, dev, attr, 10);
	if (m.know == KNOWN && (m.v == 0 || m.v > 32))
		return unknown_u64(UNREADABLE, m.from);
	return m;
}

static void read_link(struct pci_hop *hop, struct host *h, struct arena *a, const char *dev)
{
	hop->speed_mtps = sysfs_rate(h, a, dev, "current_link_speed", "GT/s");
	hop->max_speed_mtps = sysfs_rate(h, a, dev, "max_link_speed", "GT/s");
	hop->width = lanes(h, a, dev, "current_link_width");
	hop->max_width = lanes(h, a, dev, "max_link_width");
}

static struct pci_hop hop_of(struct host *h, struct arena *a, const char *bdf, bool is_bridge)
{
	const char *dev = arena_printf(a, PCI_DEVICES "/%s", bdf);
	struct pci_hop hop = {
		.bdf = bdf,
		.vendor = sysfs_u64(h, a, dev, "vendor", 16),
		.device = sysfs_u64(h, a, dev, "device", 16),
		.class = sysfs_u64(h, a, dev, "class", 16),
		.driver = sysfs_link(h, a, dev, "driver"),
		.power_state = sysfs_text(h, a, dev, "power_state"),
		.runtime_control = sysfs_text(h, a, dev, "power/control"),
		.removable = sysfs_text(h, a, dev, "removable"),
		.aer_correctable = aer_total(h, a, dev, "aer_dev_correctable"),
		.aer_nonfatal = aer_total(h, a, dev, "aer_dev_nonfatal"),
		.aer_fatal = aer_total(h, a, dev, "aer_dev_fatal"),
	};
	if (is_bridge)
		hop.window_bytes = window(h, a, dev);
	if (!pci_hop_in_d3cold(&hop))
		read_link(&hop, h, a, dev);
	return hop;
}

bool pci_is_bdf(const char *s)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = strspn(s, hex);
	if (n < 4 || n > 8 || s[n] != ':')
		return false;
	s += n + 1;
	return strspn(s, hex) == 2 && s[2] == ':' && strspn(s + 3, hex) == 2 && s[5] == '.' &&
	       strspn(s + 6, "01234567") == 1 && s[7] == '\0';
}

struct pci_hop *pci_hops(struct host *h, struct arena *a, const char *bdf, size_t *ret_count,
			 enum know *ret_way)
{
	struct pci_hop *hop = arena_alloc(a, PCI_HOPS_MAX * sizeof(*hop));
	struct names part = { NULL, 0 };
	struct host_stat st;
	size_t count = 0;

	int r = host_stat(h, a, arena_printf(a, PCI_DEVICES "/%s", bdf), &st, NULL);
	*ret_way = r < 0 ? know_of_errno(r) : KNOWN;
	if (r == 0)
		part = str_split(a, st.target, "/", 64);
	for (size_t i = 0; i < part.count && count < PCI_HOPS_MAX - 1; i++)
		if (pci_is_bdf(part.name[i]) && !str_eq(part.name[i], bdf))
			hop[count++] = hop_of(h, a, part.name[i], true);
	hop[count++] = hop_of(h, a, bdf, false);
	*ret_count = count;
	return hop;
}

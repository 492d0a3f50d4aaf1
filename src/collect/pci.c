/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include <string.h>

#include "collect/pci-hop.h"
#include "collect/sysfs.h"

/*
 * The NVIDIA GPUs of the PCI bus and the way to each. Kernel:
 * Documentation/ABI/testing/sysfs-bus-pci, sysfs-devices-removable; an
 * unprivileged reader of `config` gets the first 64 bytes.
 */
#define SLOTS "/sys/bus/pci/slots"

enum { GPUS_MAX = 16, PCI_DEVICES_MAX = 2048, SLOTS_MAX = 64, CONFIG_HEAD_BYTES = 64 };
enum { VENDOR_NVIDIA = 0x10de, CLASS_DISPLAY = 0x03, CLASS_VGA = 0x0300, CLASS_3D = 0x0302 };
enum { CLASS_AUDIO = 0x0403 };

static void read_bars(struct pci_gpu *g, struct host *h, struct arena *a, const char *dev)
{
	struct pci_resource line[PCI_LINES_MAX];
	size_t count;
	int r = pci_resources(h, a, dev, line, &count);

	g->bars_know = r < 0 ? know_of_errno(r) : count < 6 ? UNREADABLE : KNOWN;
	if (g->bars_know != KNOWN)
		return;
	g->bar = arena_alloc(a, 6 * sizeof(*g->bar));
	for (size_t i = 0; i < 6; i++)
		if (pci_resource_bytes(&line[i]))
			g->bar[g->bar_count++] = (struct pci_bar){
				.index = i,
				.start = line[i].start,
				.size_bytes = pci_resource_bytes(&line[i]),
				.assigned = pci_resource_assigned(&line[i]),
				.prefetchable = line[i].flags & RESOURCE_PREFETCH,
				.is_64_bit = line[i].flags & RESOURCE_MEM_64,
			};
}

static struct maybe_u64 config_answers(struct host *h, struct arena *a, const char *dev)
{
	const char *path = arena_printf(a, "%s/config", dev);
	struct bytes b;
	int r = host_read(h, a, path, &b, NULL);
	if (r < 0)
		return unknown_u64(know_of_errno(r), path);
	if (b.size < 4)
		return unknown_u64(UNREADABLE, path);
	for (size_t i = 0; i < b.size && i < CONFIG_HEAD_BYTES; i++)
		if ((unsigned char)b.data[i] != 0xff)
			return known_u64(1, path);
	return known_u64(0, path);
}

static void read_audio(struct pci_gpu *g, struct host *h, struct arena *a)
{
	char *bdf = str_dup(a, g->bdf);
	bdf[strlen(bdf) - 1] = '1';
	const char *dev = arena_printf(a, PCI_DEVICES "/%s", bdf);
	struct maybe_u64 class = sysfs_u64(h, a, dev, "class", 16);
	bool is_audio = class.know == KNOWN && class.v >> 8 == CLASS_AUDIO;

	g->audio_bdf = class.know != KNOWN ? unknown_text(class.know, dev)
		       : is_audio          ? known_text(bdf, dev)
					   : unknown_text(ABSENT, dev);
	g->audio_driver = is_audio ? sysfs_link(h, a, dev, "driver") : unknown_text(ABSENT, dev);
}

static const char *name_of(struct host *h, struct arena *a, const struct pci_gpu *g)
{
	struct bytes b;
	const char *question =
	    arena_printf(a, "pci:v%08Xd%08X", VENDOR_NVIDIA,
			 (unsigned)(u64_or(pci_endpoint(g)->device, 0) & 0xffffffff));
	if (host_ask(h, a, SOURCE_NAMES, question, &b, NULL) < 0)
		return "";
	const char *name = assignment(a, b, "ID_MODEL_FROM_DATABASE");
	return name ? name : "";
}

static bool is_peripheral(const struct tb_device *d)
{
	return !d->is_host && u64_or(d->authorized, 1) != 0;
}

static size_t peripheral_count(const struct thunderbolt *t)
{
	size_t count = 0;
	for (size_t i = 0; i < t->device_count; i++)
		count += is_peripheral(&t->device[i]);
	return count;
}

/*
 * The controller that the kernel made a supplier of this root port, which it
 * does for the ports that tunnel for that controller; "" where there is none.
 */
static const char *supplier(struct host *h, struct arena *a, const struct thunderbolt *t,
			    const char *root_bdf)
{
	for (size_t i = 0; i < t->controller_count; i++) {
		const char *path = arena_printf(a, PCI_DEVICES "/%s/supplier:pci:%s", root_bdf,
						t->controller[i].bdf);
		if (is_u64(path_exists(h, a, path), 1))
			return t->controller[i].bdf;
	}
	return "";
}

static bool is_removable(const struct pci_gpu *g)
{
	for (size_t i = 0; i < g->hop_count; i++)
		if (is_text(g->hop[i].removable, "removable"))
			return true;
	return false;
}

static bool has_tunnel_bridge(const struct pci_gpu *g)
{
	for (size_t i = 0; i + 1 < g->hop_count; i++)
		if (pci_is_tunnel_bridge(&g->hop[i]))
			return true;
	return false;
}

/* Many boards call every slot hot-pluggable; one of four lanes or less is a cable or an M.2. */
static bool in_narrow_slot(struct host *h, struct arena *a, const struct pci_gpu *g)
{
	struct names slot;
	const struct pci_hop *port = pci_dock(g);
	if (!port || u64_or(port->max_width, 16) > 4 || host_list(h, a, SLOTS, &slot, NULL) < 0)
		return false;
	for (size_t i = 0; i < slot.count && i < SLOTS_MAX; i++) {
		struct maybe_text at =
		    sysfs_text(h, a, arena_printf(a, SLOTS "/%s", slot.name[i]), "address");
		size_t n = at.know == KNOWN ? strlen(at.v) : 0;
		if (n && strncmp(g->bdf, at.v, n) == 0 && g->bdf[n] == '.')
			return true;
	}
	return false;
}

/*
 * Firmware marks ports that face the outside, and the kernel what hangs below
 * them, but not as what. A tunnel always ends in a switch, so that the GPU has
 * a root port and two bridges above it; a GPU on OCuLink has the root port.
 */
static enum pci_reach reach_of(const struct pci_gpu *g, struct host *h, struct arena *a,
			       const struct thunderbolt *t, const char *controller, enum know way)
{
	bool removable = is_removable(g);
	if (*controller || has_tunnel_bridge(g) ||
	    (removable && g->hop_count > 3 && peripheral_count(t)))
		return REACH_THUNDERBOLT;
	if (removable || in_narrow_slot(h, a, g))
		return REACH_REMOVABLE;
	return is_unread(way) ? REACH_UNKNOWN : REACH_INTERNAL;
}

/*
 * What stands above the last pair of bridges is the way through the tunnel;
 * the lower of the pair and the GPU share a real link inside the enclosure.
 */
static void mark_tunnel(struct pci_gpu *g)
{
	for (size_t i = 0; i + 1 < g->hop_count; i++)
		g->hop[i].is_tunnel = i == 0 || i + 2 < g->hop_count;
}

static bool hangs_on(const struct thunderbolt *t, const struct tb_device *d, const char *controller)
{
	const struct tb_domain *domain = thunderbolt_domain(t, d->domain);
	return !*controller || !domain || !*domain->controller_bdf ||
	       str_eq(domain->controller_bdf, controller);
}

/* The only peripheral, or the only one that looks like an enclosure; else "". */
static const char *router_of(const struct thunderbolt *t, const char *controller)
{
	const char *any = "", *best = "";
	size_t any_count = 0, best_count = 0;

	for (size_t i = 0; i < t->device_count; i++) {
		const struct tb_device *d = &t->device[i];
		if (!is_peripheral(d) || !hangs_on(t, d, controller))
			continue;
		any = d->name;
		any_count++;
		if (enclosure_of(d) == ENCLOSURE_YES) {
			best = d->name;
			best_count++;
		}
	}
	return any_count == 1 ? any : best_count == 1 ? best : "";
}

/* The shape of an attachment: shared by NVIDIA's GPUs and the others. */
static struct pci_gpu attached(struct facts *f, struct host *h, const char *bdf, enum know *ret_way)
{
	struct pci_gpu g = { .bdf = bdf, .name = "", .router = "" };
	const char *controller = "";

	g.hop = pci_hops(h, f->arena, bdf, &g.hop_count, ret_way);
	if (g.hop_count > 1)
		controller = supplier(h, f->arena, &f->thunderbolt, g.hop[0].bdf);
	g.reach = reach_of(&g, h, f->arena, &f->thunderbolt, controller, *ret_way);
	if (g.reach == REACH_THUNDERBOLT) {
		mark_tunnel(&g);
		g.router = router_of(&f->thunderbolt, controller);
	}
	return g;
}

/* Two files tell of its power; one read before and one after it woke would call it stuck. */
static void read_power(struct pci_gpu *g, struct host *h, struct arena *a, const char *dev)
{
	g->runtime_status = sysfs_text(h, a, dev, "power/runtime_status");
	g->d3cold_allowed = read_flag(h, a, arena_printf(a, "%s/d3cold_allowed", dev));
	if (pci_is_stuck(g))
		g->hop[g->hop_count - 1].power_state = sysfs_text(h, a, dev, "power_state");
}

static struct pci_gpu gpu(struct facts *f, struct host *h, const char *bdf, enum know *ret_way)
{
	struct arena *a = f->arena;
	const char *dev = arena_printf(a, PCI_DEVICES "/%s", bdf);
	struct pci_gpu g = attached(f, h, bdf, ret_way);

	g.name = name_of(h, a, &g);
	read_power(&g, h, a, dev);
	g.iommu_group = sysfs_link(h, a, dev, "iommu_group");
	read_bars(&g, h, a, dev);
	read_audio(&g, h, a);
	if (!pci_hop_in_d3cold(pci_endpoint(&g)))
		g.config_answers = config_answers(h, a, dev);
	return g;
}

static bool is_class_of_gpu(uint64_t class)
{
	return class >> 8 == CLASS_VGA || class >> 8 == CLASS_3D;
}

static void add_other(struct facts *f, struct host *h, const char *bdf)
{
	struct pci *p = &f->pci;
	enum know way;

	if (p->other_gpus.count == GPUS_MAX)
		return;
	p->other_gpus.name[p->other_gpus.count++] = bdf;
	const struct pci_gpu other = attached(f, h, bdf, &way);
	if (pci_is_external(&other))
		p->other_external_gpus.name[p->other_external_gpus.count++] = bdf;
}

static bool has_address(const char *bdf, const char *want)
{
	return strcasecmp(bdf, want) == 0 || strcasecmp(pci_short_bdf(bdf), want) == 0;
}

static bool wants_any(const char *want)
{
	return !want || str_eq(want, "external") || str_eq(want, "any");
}

/* The first of what could not be read of a device that may be the wanted GPU. */
struct unread {
	enum know know; /* NOT_LOOKED: all was read */
	const char *path;
};

static void add_unread(struct unread *u, const char *want, const char *bdf, enum know know,
		       const char *path)
{
	if (u->know == NOT_LOOKED && is_unread(know) && (wants_any(want) || has_address(bdf, want)))
		*u = (struct unread){ know, path };
}

static void add_device(struct facts *f, struct host *h, const char *bdf, struct unread *u)
{
	struct pci *p = &f->pci;
	const char *dev = arena_printf(f->arena, PCI_DEVICES "/%s", bdf);
	struct maybe_u64 class = sysfs_u64(h, f->arena, dev, "class", 16);

	if (class.know == KNOWN && class.v >> 16 != CLASS_DISPLAY)
		return;
	struct maybe_u64 vendor = sysfs_u64(h, f->arena, dev, "vendor", 16);
	bool others = vendor.know == KNOWN && vendor.v != VENDOR_NVIDIA;
	if (!others)
		add_unread(u, f->want.gpu, bdf, class.know, class.from);
	if (class.know != KNOWN)
		return;
	if (is_class_of_gpu(class.v))
		add_unread(u, f->want.gpu, bdf, vendor.know, vendor.from);
	if (is_unread(vendor.know))
		return;
	if (!is_u64(vendor, VENDOR_NVIDIA)) {
		add_other(f, h, bdf);
	} else if (is_class_of_gpu(class.v) && p->gpu_count < GPUS_MAX) {
		enum know way;
		p->gpu[p->gpu_count++] = gpu(f, h, bdf, &way);
		add_unread(u, f->want.gpu, bdf, way, dev);
	}
}

static bool is_wanted(const struct pci_gpu *g, const char *want)
{
	if (str_eq(want, "any"))
		return true;
	return wants_any(want) ? pci_is_external(g) : has_address(g->bdf, want);
}

/* An external one before others, also where any will do. */
static const struct pci_gpu *choose(const struct pci *p, const char *want)
{
	const struct pci_gpu *first = NULL;
	for (size_t i = 0; i < p->gpu_count; i++) {
		const struct pci_gpu *g = &p->gpu[i];
		if (!is_wanted(g, want))
			continue;
		if (pci_is_external(g))
			return g;
		if (!first)
			first = g;
	}
	return first;
}

void collect_pci(struct facts *f, struct host *h)
{
	struct pci *p = &f->pci;
	struct arena *a = f->arena;
	struct unread unread = { NOT_LOOKED, "" };
	struct names found;

	int r = host_list(h, a, PCI_DEVICES, &found, NULL);
	p->know = r < 0 ? know_of_errno(r) : KNOWN;
	if (r < 0)
		return;
	p->gpu = arena_alloc(a, GPUS_MAX * sizeof(*p->gpu));
	p->other_gpus.name = arena_alloc(a, GPUS_MAX * sizeof(*p->other_gpus.name));
	p->other_external_gpus.name = arena_alloc(a, GPUS_MAX * sizeof(*p->other_gpus.name));
	for (size_t i = 0; i < found.count && i < PCI_DEVICES_MAX; i++)
		if (pci_is_bdf(found.name[i]))
			add_device(f, h, found.name[i], &unread);
	p->chosen = choose(p, f->want.gpu);
	p->chosen_bdf = p->chosen ? p->chosen->bdf : "";
	p->unread = "";
	if (!p->chosen && unread.know != NOT_LOOKED) {
		p->know = unread.know;
		p->unread = unread.path;
	}
}

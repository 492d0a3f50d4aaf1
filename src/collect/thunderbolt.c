/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include <string.h>

#include "collect/rate.h"
#include "collect/sysfs.h"

/*
 * Domains and routers, and their controllers on the PCI bus. Kernel:
 * Documentation/ABI/testing/sysfs-bus-thunderbolt, drivers/thunderbolt/nhi.c (ids).
 */
#define BUS "/sys/bus/thunderbolt/devices"
#define PCI "/sys/bus/pci/devices"

enum { ROUTERS_MAX = 64, DOMAINS_MAX = 16, CONTROLLERS_MAX = 16, PCI_DEVICES_MAX = 2048 };
enum { CLASS_USB4 = 0x0c0340, CLASS_SYSTEM_OTHER = 0x088000, VENDOR_INTEL = 0x8086 };

/* Intel's host interfaces from before there was a class for them: Light Ridge to Ice Lake. */
static const uint16_t intel_nhi[] = {
	0x1513, 0x1547, 0x156a, 0x156c, 0x1575, 0x1577, 0x15bf, 0x15d2, 0x15d9, 0x15dc,
	0x15dd, 0x15de, 0x15e8, 0x15eb, 0x8a0d, 0x8a17, 0x1134, 0x1137, 0x5781, 0x5784,
};

static bool is_intel_nhi(uint64_t device)
{
	for (size_t i = 0; i < COUNT_OF(intel_nhi); i++)
		if (intel_nhi[i] == device)
			return true;
	return false;
}

/* A flag; what is unplugged meanwhile is none. */
static struct maybe_u64 is_controller(struct host *h, struct arena *a, const char *dev)
{
	struct maybe_u64 class = sysfs_u64(h, a, dev, "class", 16);

	if (is_unread(class.know) || !is_u64(class, CLASS_SYSTEM_OTHER))
		return class.know == KNOWN ? known_u64(class.v == CLASS_USB4, class.from) : class;
	struct maybe_u64 vendor = sysfs_u64(h, a, dev, "vendor", 16);
	if (vendor.know != KNOWN || vendor.v != VENDOR_INTEL)
		return vendor.know == KNOWN ? known_u64(0, vendor.from) : vendor;
	struct maybe_u64 device = sysfs_u64(h, a, dev, "device", 16);
	return device.know == KNOWN ? known_u64(is_intel_nhi(device.v), device.from) : device;
}

static void collect_controllers(struct thunderbolt *t, struct arena *a, struct host *h)
{
	struct names found;
	int r = host_list(h, a, PCI, &found, NULL);

	t->controllers_know = r < 0 ? know_of_errno(r) : KNOWN;
	if (r < 0) {
		t->controllers_from = PCI;
		return;
	}
	t->controller = arena_alloc(a, CONTROLLERS_MAX * sizeof(*t->controller));
	for (size_t i = 0; i < found.count && i < PCI_DEVICES_MAX; i++) {
		const char *dev = arena_printf(a, PCI "/%s", found.name[i]);
		struct maybe_u64 is = is_controller(h, a, dev);
		if (t->controller_count == CONTROLLERS_MAX)
			return;
		if (is_unread(is.know) && t->controllers_know == KNOWN) {
			t->controllers_know = is.know;
			t->controllers_from = is.from;
		}
		if (is_u64(is, 1))
			t->controller[t->controller_count++] = (struct tb_controller){
				.bdf = found.name[i],
				.driver = sysfs_link(h, a, dev, "driver"),
			};
	}
}

/* Where a device of the bus really is, below /sys/devices; "" where its link does not say. */
static const char *location(struct host *h, struct arena *a, const char *dev)
{
	struct host_stat st;
	const char *at = NULL;
	if (host_stat(h, a, dev, &st, NULL) == 0 && st.type == STAT_LINK)
		at = strstr(st.target, "/devices/");
	return at ? arena_printf(a, "/sys%s", at) : "";
}

/* ".../0000:00:0d.2/domain0": what a domain hangs on is its controller. */
static const char *parent_bdf(struct arena *a, const char *at)
{
	struct names part = str_split(a, at, "/", 64);
	const char *parent = part.count > 1 ? part.name[part.count - 2] : "";
	return strchr(parent, ':') && strchr(parent, '.') ? parent : "";
}

static struct tb_domain domain(struct host *h, struct arena *a, const char *name)
{
	const char *dev = arena_printf(a, BUS "/%s", name);
	return (struct tb_domain){
		.name = name,
		.controller_bdf = parent_bdf(a, location(h, a, dev)),
		.security = sysfs_text(h, a, dev, "security"),
		.iommu_dma_protection =
		    read_flag(h, a, arena_printf(a, "%s/iommu_dma_protection", dev)),
		.deauthorization = read_flag(h, a, arena_printf(a, "%s/deauthorization", dev)),
		.boot_acl = sysfs_text(h, a, dev, "boot_acl"),
	};
}

/* "0-1", "1-301": a domain and a route. Retimers are "0-0:1.1", services of other hosts "0-1.0". */
static bool is_route(const char *name)
{
	size_t n = strspn(name, "0123456789");
	size_t m = name[n] == '-' ? strspn(name + n + 1, "0123456789abcdef") : 0;
	return n && m && name[n + 1 + m] == '\0';
}

static struct tb_device router(struct host *h, struct arena *a, const char *name,
			       struct maybe_u64 authorized)
{
	const char *dev = arena_printf(a, BUS "/%s", name);
	const char *route = strchr(name, '-');
	return (struct tb_device){
		.name = name,
		.domain = arena_printf(a, "domain%.*s", (int)(route - name), name),
		.vendor = sysfs_text(h, a, dev, "vendor_name"),
		.model = sysfs_text(h, a, dev, "device_name"),
		.unique_id = sysfs_text(h, a, dev, "unique_id"),
		.authorized = authorized,
		.boot = read_flag(h, a, arena_printf(a, "%s/boot", dev)),
		.generation = sysfs_u64(h, a, dev, "generation", 10),
		.rx_mbps_per_lane = sysfs_rate(h, a, dev, "rx_speed", "Gb/s"),
		.rx_lanes = sysfs_u64(h, a, dev, "rx_lanes", 10),
		.tx_mbps_per_lane = sysfs_rate(h, a, dev, "tx_speed", "Gb/s"),
		.tx_lanes = sysfs_u64(h, a, dev, "tx_lanes", 10),
		.nvm_version = sysfs_text(h, a, dev, "nvm_version"),
		.is_host = str_eq(route, "-0"),
		.sysfs = location(h, a, dev),
	};
}

/* Another host on the cable has a route too, but nothing to authorise. */
static void add_router(struct thunderbolt *t, struct arena *a, struct host *h, const char *name)
{
	struct maybe_u64 authorized =
	    sysfs_u64(h, a, arena_printf(a, BUS "/%s", name), "authorized", 10);
	if (authorized.know != ABSENT && t->device_count < ROUTERS_MAX)
		t->device[t->device_count++] = router(h, a, name, authorized);
}

void collect_thunderbolt(struct facts *f, struct host *h)
{
	struct thunderbolt *t = &f->thunderbolt;
	struct arena *a = f->arena;
	struct names found;

	collect_controllers(t, a, h);
	int r = host_list(h, a, BUS, &found, NULL);
	t->know = r < 0 ? know_of_errno(r) : KNOWN;
	if (r < 0)
		return;
	t->domain = arena_alloc(a, DOMAINS_MAX * sizeof(*t->domain));
	t->device = arena_alloc(a, ROUTERS_MAX * sizeof(*t->device));
	for (size_t i = 0; i < found.count; i++) {
		const char *name = found.name[i];
		if (str_starts(name, "domain") && t->domain_count < DOMAINS_MAX)
			t->domain[t->domain_count++] = domain(h, a, name);
		else if (is_route(name))
			add_router(t, a, h, name);
	}
}

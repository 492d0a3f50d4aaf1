/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/pci.h"
#include "host/host.h"

#define PCI_DEVICES "/sys/bus/pci/devices"

enum { PCI_LINES_MAX = 32, PCI_HOPS_MAX = 16 };

/* One line of a device's `resource` file. Kernel: include/linux/ioport.h has the flags. */
struct pci_resource {
	uint64_t start, end, flags;
};
enum {
	RESOURCE_MEM = 0x200,
	RESOURCE_PREFETCH = 0x2000,
	RESOURCE_MEM_64 = 0x100000,
	RESOURCE_UNSET = 0x20000000, /* has a size, but no address yet */
};
/* The lines of dev's `resource` file into line[PCI_LINES_MAX]; 0 and *ret, or a negative errno. */
int pci_resources(struct host *h, struct arena *a, const char *dev, struct pci_resource *line,
		  size_t *ret);
bool pci_resource_assigned(const struct pci_resource *r);
uint64_t pci_resource_bytes(const struct pci_resource *r); /* 0 where there is none */

/*
 * The way to a device, root port first, itself last; at least that one, at
 * most PCI_HOPS_MAX. *ret_way is KNOWN, or why only itself could be told. A
 * device in D3cold is not asked for its link: that would wake it, and one that
 * cannot wake is best left alone.
 */
struct pci_hop *pci_hops(struct host *h, struct arena *a, const char *bdf, size_t *ret_count,
			 enum know *ret_way);
/* "0000:22:00.0"; the domains of some controllers have more digits. */
bool pci_is_bdf(const char *s);
/* Whether it is a bridge of a Thunderbolt or USB4 chip, or a port made for one. */
bool pci_is_tunnel_bridge(const struct pci_hop *hop);

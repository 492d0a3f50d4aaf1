/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/* PCI Express. Kernel: Documentation/ABI/testing/sysfs-bus-pci, PCI Code and ID Assignment. */

/* One port on the way from the root port down to the GPU, the GPU last. */
struct pci_hop {
	const char *bdf;                        /* "0000:22:00.0" */
	struct maybe_u64 vendor, device, class; /* numbers of the PCI header; class is 24 bits */
	struct maybe_u64 speed_mtps,
	    max_speed_mtps;                /* megatransfers per second: 8000 is "8.0 GT/s" */
	struct maybe_u64 width, max_width; /* lanes */
	struct maybe_text driver;
	struct maybe_text power_state;     /* D0 D1 D2 D3hot D3cold unknown */
	struct maybe_text runtime_control; /* auto on */
	struct maybe_text removable;       /* fixed removable unknown */
	bool is_tunnel; /* its link is carried by Thunderbolt or USB4: speed is virtual */
	struct maybe_u64 window_bytes; /* prefetchable bridge window; 0: closed */
	struct maybe_u64 aer_correctable, aer_nonfatal, aer_fatal; /* totals since boot */
};

struct pci_bar {
	uint64_t index, start, size_bytes;
	bool assigned, prefetchable;
	bool is_64_bit; /* takes the next index, too */
};

/* How a GPU is attached to the host. Unknown: what would tell it could not be read. */
enum pci_reach { REACH_INTERNAL, REACH_THUNDERBOLT, REACH_REMOVABLE, REACH_UNKNOWN };
const char *pci_reach_name(enum pci_reach r); /* "thunderbolt" */

struct pci_gpu {
	const char *bdf;
	const char *
	    name; /* from hwdb: "GA106 [GeForce RTX 3060 Lite Hash Rate]"; "" where it knows none */
	enum pci_reach reach;
	const char
	    *router; /* tb_device.name of the enclosure it sits in, "" where none was found */
	struct pci_hop *hop; /* root port first, the GPU's own last */
	size_t hop_count;
	struct pci_bar *bar;
	size_t bar_count;
	enum know bars_know;
	struct maybe_u64 config_answers;  /* flag: 0 when config space reads all ones */
	struct maybe_text runtime_status; /* active suspended error */
	struct maybe_u64 d3cold_allowed;  /* flag */
	struct maybe_text iommu_group;
	struct maybe_text audio_bdf; /* its function 1; ABSENT where it has none */
	struct maybe_text audio_driver;
};

struct pci {
	/* Not KNOWN also where none is chosen, because of `unread`. */
	enum know know;
	struct pci_gpu *gpu; /* every NVIDIA display or 3D controller */
	size_t gpu_count;
	struct names other_gpus;          /* BDFs of display controllers that are not NVIDIA's */
	struct names other_external_gpus; /* those of them that are not built in */
	/*
	 * The GPU that is checked, or NULL. Chosen by the collector from what was
	 * wanted (want.gpu); the first in bus order when several qualify.
	 */
	const struct pci_gpu *chosen;
	const char *chosen_bdf; /* its address, "" where there is none */
	const char *unread;     /* what could not be read and may be the wanted one; else "" */
};

extern const struct shape shape_pci;

bool pci_is_external(const struct pci_gpu *g);
/* The GPU's own hop: the last one. NULL where none was read. */
const struct pci_hop *pci_endpoint(const struct pci_gpu *g);
/*
 * The port that the GPU's own link ends at: the enclosure's inner port, or the
 * root port of a GPU without an enclosure. NULL where it is not known, or
 * where its link is a tunnel.
 */
const struct pci_hop *pci_dock(const struct pci_gpu *g);
bool pci_hop_in_d3cold(const struct pci_hop *hop); /* hop may be NULL */
/*
 * D3cold is where an idle GPU may sleep. It is stuck there when its power
 * state could not be changed, or when the kernel counts it as awake. It is
 * neither where what the kernel counts it as could not be read.
 */
bool pci_is_stuck(const struct pci_gpu *g);
bool pci_is_asleep(const struct pci_gpu *g);
bool pci_is_silent(const struct pci_gpu *g); /* reads all ones, or is stuck */
/* The BAR with that index, or NULL. */
const struct pci_bar *pci_bar(const struct pci_gpu *g, unsigned index);
/*
 * The index of the BAR that the GPU's memory is reached through: the one after BAR0. That is 1 on
 * most, and 2 where BAR0 has 64 bits, as H100 and B200 have it. The driver's tools call both BAR1.
 */
unsigned pci_vram_bar(const struct pci_gpu *g);
/* As lspci writes it: "22:00.0" for "0000:22:00.0". Points into bdf. */
const char *pci_short_bdf(const char *bdf);
/* "GeForce RTX 3060": the name on the box, as far as hwdb knows it; else "GPU 10de:2504". */
const char *pci_gpu_title(struct arena *a, const struct pci_gpu *g);
/* Whether the checked GPU sits behind Thunderbolt, or none was found, so that it may yet. */
bool pci_wants_tunnel(const struct pci *p);
/*
 * GPU generation from the device id, by NVIDIA's chip id ranges as the
 * driver's own supported-chips list shows them.
 */
enum gpu_family {
	GPU_UNKNOWN,
	GPU_KEPLER_OR_OLDER,
	GPU_MAXWELL,
	GPU_PASCAL,
	GPU_VOLTA,
	GPU_TURING,
	GPU_AMPERE,
	GPU_ADA,
	GPU_HOPPER,
	GPU_BLACKWELL
};
enum gpu_family pci_family(const struct pci_gpu *g);
const char *gpu_family_name(enum gpu_family f); /* "Ampere"; "unknown" */

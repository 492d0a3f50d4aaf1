/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/* A device node, or one that should be there. */
struct device_node {
	const char *path; /* "/dev/nvidia-uvm" */
	enum know know;   /* ABSENT: not there */
	bool is_char;
	uint64_t major, minor, mode, uid, gid;
	struct maybe_u64 want_major; /* what /proc/devices says */
	struct maybe_u64 char_link;  /* flag: /dev/char/MAJOR:MINOR exists */
};

enum driver_event_kind {
	EVENT_XID,                /* code is the Xid */
	EVENT_RM_INIT,            /* RmInitAdapter failed! */
	EVENT_FELL_OFF,           /* GPU has fallen off the bus, without an Xid number */
	EVENT_LINK_DOWN,          /* pciehp: Link Down or Card not present */
	EVENT_TB_FOUND,           /* thunderbolt: new device found */
	EVENT_GPU_FOUND,          /* the PCI function of a GPU was enumerated */
	EVENT_DRIVER_LOADED,      /* NVRM: loading NVIDIA UNIX ... */
	EVENT_BAR_UNASSIGNED,     /* BAR can't assign, or NVRM's "region assigned ... is invalid" */
	EVENT_WINDOW_UNASSIGNED,  /* a bridge's memory window can't be assigned */
	EVENT_OPEN_UNSUPPORTED,   /* not supported by the open module */
	EVENT_OPEN_REQUIRED,      /* needs the open module */
	EVENT_BRANCH_UNSUPPORTED, /* not supported by this driver release */
	EVENT_PROBE_FAILED,       /* probe of BDF failed with error */
	EVENT_SIGNATURE,          /* module was rejected for its signature */
	EVENT_API_MISMATCH,       /* NVRM: API mismatch */
	EVENT_AER,                /* AER error on the GPU's path */
	EVENT_IOMMU_FAULT,        /* DMAR or AMD-Vi fault of the GPU */
	EVENT_D3COLD,             /* Unable to change power state from D3cold to D0 */
	EVENT_SUSPEND_EXIT,       /* PM: suspend exit */
	EVENT_GSP,                /* GSP boot or RPC failure */
	EVENT_WPR2,               /* GSP memory was still locked from an earlier start */
	EVENT_REBAR_FATAL,        /* the driver failed to resize the BARs */
	EVENT_NO_BUS_NUMBER,      /* no bus number for a hot-added bridge */
};

const char *driver_event_name(enum driver_event_kind kind); /* "rm-init" */

/*
 * One line of this boot's kernel log that says something of the chain, or a
 * row of lines that say the same (kind, code and BDF).
 */
struct driver_event {
	enum driver_event_kind kind;
	uint64_t usec;      /* since boot, of the first */
	uint64_t last_usec; /* of the last; 0: there was one only */
	uint64_t count;     /* lines in this row; 0 is read as 1 */
	/* Xid number; index of a BAR; of an AER error 0 correctable, 1 not fatal, 2 fatal; else 0
	 */
	uint64_t code;
	const char *bdf;  /* "0000:22:00.0"; "" where the line names none */
	const char *line; /* of the first; cleaned, at most 240 bytes */
};

struct driver {
	struct maybe_text
	    gpu_driver; /* bound to the chosen GPU: nvidia nouveau vfio-pci; ABSENT: none */
	struct maybe_u64 nvidia_loaded, uvm_loaded, drm_loaded, modeset_loaded,
	    nouveau_loaded; /* flags */
	/*
	 * Looked for where the module is not loaded. Forbidden: what no `modprobe` gets past, as
	 * "install nvidia /bin/false"; from is "FILE:LINE" or /proc/cmdline. Blacklisted: neither
	 * the GPU nor systemd calls for it, but `modprobe` loads it.
	 */
	struct maybe_text nvidia_forbidden, nvidia_blacklisted, uvm_forbidden, uvm_blacklisted;
	struct maybe_text version;    /* of the loaded nvidia module */
	struct maybe_u64 is_open;     /* flag: the open kernel modules */
	struct maybe_text video_bios; /* /proc/driver/nvidia/gpus/BDF/information; "??.??.??.??.??"
					 is a bad sign */
	struct device_node *node;
	size_t node_count;
	struct maybe_text
	    params; /* of /proc/driver/nvidia/params: what deviates, "Name: value, ..." */
	/* Flag: all video memory is kept over a suspend, PreserveVideoMemoryAllocations. */
	struct maybe_u64 preserve_video_memory;
	/* Flag, UseKernelSuspendNotifiers: the driver hears of a suspend from the kernel. */
	struct maybe_u64 suspend_notifiers;
	struct maybe_u64
	    dynamic_power_management;   /* NVreg_DynamicPowerManagement: 0 off, 1, 2, 3 default */
	struct maybe_u64 resizable_bar; /* flag, EnableResizableBar */
	struct maybe_u64 gsp_firmware;  /* EnableGpuFirmware */

	enum know log_know; /* of the kernel log */
	const char *log_from;
	struct maybe_u64 log_since_usec; /* what the log still has begins here */
	struct driver_event
	    *event; /* in order of time, at most EVENTS_MAX: the first and the last ones */
	size_t event_count;
	struct maybe_u64 stuck_count; /* processes in uninterruptible sleep inside the driver */
	struct maybe_text stuck;      /* "nvidia-smi (1234)" */
};

enum {
	EVENTS_MAX = 256,
	LOG_STARTS_WITHIN_USEC = 2000000, /* a kernel log that begins later lost its beginning */
};

extern const struct shape shape_driver;

const struct driver_event *driver_first(const struct driver *d,
					enum driver_event_kind kind); /* NULL: none */
const struct driver_event *driver_last(const struct driver *d, enum driver_event_kind kind);
const struct driver_event *driver_xid(const struct driver *d,
				      uint64_t code);             /* the first with that number */
uint64_t driver_xid_count(const struct driver *d, uint64_t code); /* lines with that number */
/* The last of that kind since the GPU was last found on the bus. NULL: none. */
const struct driver_event *driver_since_found(const struct driver *d, enum driver_event_kind kind);
/* The last of that kind before e, where it was at most so much earlier. NULL: none. */
const struct driver_event *driver_before(const struct driver *d, const struct driver_event *e,
					 enum driver_event_kind kind, uint64_t within_usec);
/*
 * What the log says last of a GPU that must not be asked: Xid 79, 119 or 120, a
 * lost GPU, or a failed RmInitAdapter, after which neither the GPU was found nor
 * the driver loaded again. The first one since then; NULL: none.
 */
const struct driver_event *driver_down(const struct driver *d);
/* Whether the GPU was found again or the driver loaded again after this event. */
bool driver_came_back(const struct driver *d, const struct driver_event *e);
/* "104.2 s after boot", of the event's first line. */
const char *driver_event_time(struct arena *a, const struct driver_event *e);
/* nova-core, the kernel's successor of nouveau, holds the GPU: "NovaCore". */
bool driver_is_nova(const struct driver *d);
const struct device_node *driver_node(const struct driver *d, const char *path); /* NULL: none */

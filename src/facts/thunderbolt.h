/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/value.h"

/* Thunderbolt and USB4. Kernel: Documentation/ABI/testing/sysfs-bus-thunderbolt. */

/* A host controller on the PCI bus, by its class, with or without a driver. */
struct tb_controller {
	const char *bdf;          /* "0000:00:0d.2" */
	struct maybe_text driver; /* "thunderbolt"; ABSENT: nothing has bound it */
};

struct tb_domain {
	const char *name;           /* "domain0" */
	const char *controller_bdf; /* of its host controller; "" where sysfs does not say */
	struct maybe_text security; /* none user secure dponly usbonly nopcie */
	struct maybe_u64 iommu_dma_protection; /* flag */
	struct maybe_u64 deauthorization;      /* flag: a 0 to `authorized` is obeyed */
	struct maybe_text boot_acl;
};

/* A router: the host itself (route 0) or a device, as sysfs has it. */
struct tb_device {
	const char *name;   /* "0-1", "1-301" */
	const char *domain; /* "domain0" */
	struct maybe_text vendor, model, unique_id;
	struct maybe_u64 authorized; /* 0 no, 1 yes, 2 with a key */
	struct maybe_u64 boot;       /* flag: authorised by firmware at boot */
	struct maybe_u64 generation; /* 1 to 3 Thunderbolt, 4 USB4 (Thunderbolt 4), 5 USB4 v2 */
	struct maybe_u64 rx_mbps_per_lane, rx_lanes, tx_mbps_per_lane, tx_lanes;
	struct maybe_text nvm_version;
	bool is_host;
	const char *sysfs; /* its directory below /sys/devices, to join PCI devices to it */
};

/* What boltd knows. org.freedesktop.bolt1.Device and .Manager, bolt's D-Bus interface files. */
struct bolt_device {
	const char *uuid, *name, *vendor, *type; /* type: host or peripheral */
	const char
	    *status; /* disconnected connecting connected authorizing auth-error authorized */
	const char *auth_flags; /* none nopcie secure nokey boot */
	const char *policy;     /* default manual auto iommu; "" when not stored */
	const char *syspath;
	uint64_t generation;
	bool stored;
};

struct thunderbolt {
	enum know know; /* of sysfs: ABSENT where the kernel has no thunderbolt bus */
	struct tb_controller *controller;
	size_t controller_count;
	/* KNOWN: no function of the PCI bus is left of which it could not be told. */
	enum know controllers_know;
	const char *controllers_from; /* the file of the first that is; NULL: none */
	struct tb_domain *domain;
	size_t domain_count;
	struct tb_device *device;
	size_t device_count;

	enum know bolt_know; /* ABSENT: no boltd here */
	/* Flag, looked for where there is no boltd: a udev rule authorises what is plugged in. */
	struct maybe_u64 udev_authorizes;
	struct maybe_text bolt_version, bolt_security, bolt_auth_mode;
	struct bolt_device *bolt;
	size_t bolt_count;
};

extern const struct shape shape_thunderbolt;

/* The stored or connected record of this UUID, or NULL. */
const struct bolt_device *thunderbolt_bolt_of(const struct thunderbolt *t, const char *uuid);
/* The router with that name ("0-1"), or NULL. */
const struct tb_device *thunderbolt_device(const struct thunderbolt *t, const char *name);
/* The domain with that name ("domain0"), or NULL. */
const struct tb_domain *thunderbolt_domain(const struct thunderbolt *t, const char *name);

/*
 * What a peripheral is, as far as its name tells. Sysfs does not say what a
 * router is for, and many GPU docks carry no more than their chip's name:
 * such a one is ENCLOSURE_MAYBE, and no rule may alarm on it alone.
 */
enum enclosure {
	ENCLOSURE_NO,    /* plainly a dock, a hub, a display, storage, a cable */
	ENCLOSURE_MAYBE, /* nothing known of the name */
	ENCLOSURE_YES,   /* a known GPU enclosure, or the GPU is part of the name */
};
enum enclosure enclosure_of_name(const char *vendor, const char *model);
enum enclosure enclosure_of(const struct tb_device *d); /* ENCLOSURE_NO for a host router */

/*
 * The enclosure that the GPU sits in, or would sit in: the router of that name
 * (a GPU's `router`; "" where none is known), else the connected peripheral
 * that looks most like one. NULL: none is connected.
 */
const struct tb_device *thunderbolt_enclosure(const struct thunderbolt *t, const char *router);
/* A known GPU enclosure that bolt has stored and that is not connected, or NULL. */
const struct bolt_device *thunderbolt_missed(const struct thunderbolt *t);

/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"

/*
 * The way to a cable that may be pulled. In this order: containers that use the GPU stop, then
 * services, then the persistence daemon; every other process that has a node open is asked to end;
 * modules are unloaded, each after those that use it; the GPU's functions leave the PCI bus, and
 * only they: bridges and what else the enclosure has go by themselves when the tunnel closes; the
 * enclosure is deauthorised.
 *
 * Where another GPU needs the driver, modules stay, and only who has this GPU open has to let go.
 *
 * Nothing is planned, and the refusal says why, where the driver hangs, a desktop is shown on the
 * GPU, or its driver is not NVIDIA's.
 */

/* What is ejected. */
struct eject_way {
	const struct pci_gpu *gpu;   /* NULL: none is on the bus */
	const struct tb_device *box; /* the enclosure; NULL: none, or not known which */
	const char *title;           /* whose cable it is: "Razer Core X" */
};
/* Both NULL: there is nothing to eject here. */
struct eject_way eject_way(const struct facts *f);

/* kill: processes that do not end are killed. Everything lives in the facts' arena. */
struct plan *plan_eject(const struct facts *f, bool kill);
/* Nothing is done, since something stands against it. */
bool eject_is_refused(const struct plan *p);

/* What a look afterwards says. */
struct eject_end {
	bool safe;         /* the cable may be pulled */
	struct names left; /* why it may not, a clause each */
	struct names goes; /* what else goes with the cable: "23:00.0 (xhci_hcd)" */
};
/* before: what plan_eject() saw. after: at least thunderbolt and release. */
struct eject_end eject_end(const struct facts *before, const struct facts *after);

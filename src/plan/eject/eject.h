/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/eject.h"

/* What plan/eject.h is made of. */
struct eject {
	struct planner p;
	struct eject_way way;
	bool kill;
	bool driven;   /* nvidia is bound to the GPU: there is something to drain and to unload */
	bool shared;   /* another GPU needs the driver */
	bool restarts; /* the persistence daemon was stopped, and the other GPU wants it back */
};

/* The process keeps this GPU, or the modules that are to be unloaded. */
bool eject_counts(const struct eject *j, const struct gpu_holder *h);
/* Its own node: "nvidia0"; NULL: not known which of them it is. */
const char *eject_node(const struct facts *f);
/* "22:00.0 (xhci_hcd)" */
const char *eject_neighbour(struct arena *a, const struct neighbour *n);
bool eject_is_storage(const struct neighbour *n);

/* True: the way is barred, and a refusal says by what. */
bool eject_barred(struct eject *j);
void eject_drain(struct eject *j);
void eject_unload(struct eject *j);
void eject_detach(struct eject *j);

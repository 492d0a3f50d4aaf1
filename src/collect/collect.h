/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"
#include "host/host.h"

/*
 * Bytes to facts, one theme each. A collector fills its own part of *f and
 * touches nothing but the host; what could not be learned is unknown in the
 * facts, so none of them fails. They run in the order of collect_all, and may
 * read what ran before: the gate stands before everything that opens the
 * driver.
 */
void collect_machine(struct facts *f, struct host *h);
void collect_thunderbolt(struct facts *f, struct host *h); /* sysfs */
void collect_bolt(struct facts *f,
		  struct host *h); /* after thunderbolt: asks only where there is a bus */
void collect_pci(struct facts *f, struct host *h); /* after thunderbolt; chooses the GPU */
void collect_kernel(struct facts *f, struct host *h);
void collect_boot(struct facts *f, struct host *h);       /* after kernel */
void collect_initramfs(struct facts *f, struct host *h);  /* after kernel */
void collect_driver(struct facts *f, struct host *h);     /* modules, nodes, options */
void collect_driver_log(struct facts *f, struct host *h); /* kernel log, stuck processes */
void collect_services(struct facts *f, struct host *h);
void collect_nvml(struct facts *f, struct host *h);   /* behind the gate */
void collect_cuda(struct facts *f, struct host *h);   /* behind the gate */
void collect_docker(struct facts *f, struct host *h); /* engine, daemon.json, toolkit */
void collect_cdi(struct facts *f, struct host *h);
void collect_containers(struct facts *f, struct host *h); /* after docker */
void collect_container_nodes(struct facts *f,
			     struct host *h);           /* after containers; behind the gate */
void collect_ollama(struct facts *f, struct host *h);   /* after containers and nvml */
void collect_exposure(struct facts *f, struct host *h); /* after containers */

/* What one collector cost. */
struct collect_cost {
	const char *link; /* the link of the chain that it serves */
	const char *name; /* "bolt" */
	uint64_t usec;
};
enum { COLLECTORS_MAX = 24 };

/* Everything of one host. f->arena and f->want are set by the caller; cost has room for
 * COLLECTORS_MAX. */
size_t collect_all(struct facts *f, struct host *h, struct collect_cost *cost);

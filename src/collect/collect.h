/* SPDX-License-Identifier: MIT */
#pragma once

#include "facts/facts.h"
#include "host/host.h"

/*
 * Bytes to facts, one theme each. A collector fills its own part of *f and
 * touches nothing but the host; what could not be learned is unknown in the
 * facts, so none of them fails. They run in the order of collector(), and may
 * read what ran before: the gate stands before everything that opens the
 * driver.
 */
void collect_want(struct facts *f, struct host *h); /* /etc/egpu.conf, into f->want */
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
void collect_exposure(struct facts *f, struct host *h); /* after containers and ollama */
void collect_release(struct facts *f,
		     struct host *h); /* after driver; for eject and record, in no table */

/* Announces what collectors that come later will ask a slow source: see host_expect(). */
void expect_bolt(struct facts *f, struct host *h);     /* after thunderbolt */
void expect_services(struct facts *f, struct host *h); /* after pci */
void expect_nvml(struct facts *f, struct host *h);     /* behind the gate */
void expect_cuda(struct facts *f, struct host *h);     /* after nvml, behind the gate */
void expect_ollama(struct facts *f, struct host *h);   /* after containers */
void expect_container_nodes(struct facts *f,
			    struct host *h); /* after containers and cuda, behind the gate */

struct collector {
	const char *link; /* the link of the chain that it serves */
	const char *name; /* "bolt" */
	void (*run)(struct facts *f, struct host *h);
};

/*
 * Everything of one host, in order. f->arena and f->want are set by the caller. NULL: there are
 * no more.
 */
const struct collector *collector(size_t i);

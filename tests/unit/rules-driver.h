/* SPDX-License-Identifier: MIT */
#pragma once

#include "rules/chain.h"
#include "tap.h"

static struct arena arena;
static struct pci_hop hop = { .bdf = "0000:22:00.0",
			      .vendor = { KNOWN, 0x10de, "" },
			      .device = { KNOWN, 0x2504, "" } };
static struct pci_gpu gpu = { .bdf = "0000:22:00.0",
			      .reach = REACH_THUNDERBOLT,
			      .hop = &hop,
			      .hop_count = 1 };
static struct driver_event log_of[16];
static struct device_node nodes[] = {
	{ "/dev/nvidia0", KNOWN, true, 195, 0, 0666, 0, 0, { KNOWN, 195, "" }, { 0 } },
	{ "/dev/nvidiactl", KNOWN, true, 195, 255, 0666, 0, 0, { KNOWN, 195, "" }, { 0 } },
	{ "/dev/nvidia-uvm", KNOWN, true, 511, 0, 0666, 0, 0, { KNOWN, 511, "" }, { 0 } },
	{ .path = "/dev/nvidia-uvm-tools", .know = ABSENT },
	{ .path = "/dev/nvidia-modeset", .know = ABSENT },
};

/* A sound one: an RTX 3060, the open modules, a log with nothing in it. */
static struct facts facts = {
	.arena = &arena,
	.pci = { .know = KNOWN, .gpu = &gpu, .gpu_count = 1, .chosen = &gpu },
	.driver = { .gpu_driver = { KNOWN, "nvidia", "" },
		    .nvidia_loaded = { KNOWN, 1, "" },
		    .uvm_loaded = { KNOWN, 1, "" },
		    .version = { KNOWN, "590.48.01", "" },
		    .is_open = { KNOWN, 1, "" },
		    .node = nodes,
		    .node_count = COUNT_OF(nodes),
		    .log_know = KNOWN,
		    .event = log_of,
		    .stuck_count = { KNOWN, 0, "" } },
};
static struct verdict said = { .arena = &arena, .link = "driver" };

static inline struct driver_event *happened(enum driver_event_kind kind, uint64_t usec)
{
	struct driver_event *e = &log_of[facts.driver.event_count++];
	*e = (struct driver_event){ .kind = kind, .usec = usec, .bdf = gpu.bdf, .line = "" };
	return e;
}

static inline void xid(uint64_t code, uint64_t usec)
{
	happened(EVENT_XID, usec)->code = code;
}

/* The worst that the rule says, the first of equals. */
static inline const struct finding *judge(void)
{
	said.count = 0;
	link_driver.judge(&facts, &said);
	const struct finding *worst = &said.finding[0];
	for (size_t i = 1; i < said.count; i++)
		if (said.finding[i].status > worst->status)
			worst = &said.finding[i];
	return worst;
}

static inline void check_broken(const char *cause)
{
	CHECK_STR(status_name(judge()->status), "broken");
	CHECK_STR(judge()->cause->id, cause);
}

static inline void check_warning(const char *cause)
{
	CHECK_STR(status_name(judge()->status), "warning");
	CHECK_STR(judge()->cause->id, cause);
}

static inline unsigned count_of(enum status status)
{
	unsigned n = 0;
	for (size_t i = 0; i < said.count; i++)
		n += said.finding[i].status == status;
	return n;
}

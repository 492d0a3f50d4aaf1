/* SPDX-License-Identifier: MIT */
#pragma once

#include <errno.h>

#include "plan/fix.h"
#include "plan/theme.h"
#include "tap.h"

/* A host whose GPU computes, with an enclosure and three containers, and what mends its causes. */

#define UUID "c5010000-0080-7708-2346-8d0d1bd0b218"
#define OTHER_UUID "0d030000-0000-0000-0000-000000000001"

static struct arena arena;
static struct pci_gpu gpu;
static struct tb_domain domain = { .name = "domain0", .iommu_dma_protection = { KNOWN, 1, "x" } };
static struct tb_device box[] = {
	{ .name = "0-1",
	  .domain = "domain0",
	  .vendor = { KNOWN, "Razer", "x" },
	  .model = { KNOWN, "Core X", "x" },
	  .unique_id = { KNOWN, UUID, "x" } },
};
static struct container containers[] = {
	{ .id = "aaaa",
	  .name = "ollama",
	  .state = "running",
	  .pid = 7,
	  .asks = ASK_DEVICE_REQUEST,
	  .compose_project = "llm",
	  .compose_service = "ollama",
	  .compose_dir = "/srv/llm" },
	{ .id = "bbbb", .name = "webui", .state = "running", .pid = 8 },
	{ .id = "cccc", .name = "old", .state = "exited" },
};
static struct facts facts = {
	.arena = &arena,
	.gate = { .open = true },
	.machine = { .distro = DISTRO_ARCH },
	.pci = { .chosen = &gpu },
	.thunderbolt = { .know = KNOWN,
			 .domain = &domain,
			 .domain_count = 1,
			 .device = box,
			 .device_count = 1,
			 .bolt_know = KNOWN },
	.docker = { .know = KNOWN,
		    .containers_know = KNOWN,
		    .container = containers,
		    .container_count = COUNT_OF(containers) },
};

static int nothing_read(struct host *h, struct arena *a, const char *path, struct bytes *ret,
			struct err *e)
{
	(void)h, (void)a, (void)path, (void)ret, (void)e;
	return -ENOENT;
}
static int nothing_listed(struct host *h, struct arena *a, const char *dir, struct names *ret,
			  struct err *e)
{
	(void)h, (void)a, (void)dir, (void)ret, (void)e;
	return -ENOENT;
}
static int no_stat(struct host *h, struct arena *a, const char *path, struct host_stat *ret,
		   struct err *e)
{
	(void)h, (void)a, (void)path, (void)ret, (void)e;
	return -ENOENT;
}
static int no_answer(struct host *h, struct arena *a, enum source who, const char *question,
		     struct bytes *ret, struct err *e)
{
	(void)h, (void)a, (void)who, (void)question, (void)ret, (void)e;
	return -ENOENT;
}
static const struct host_ops empty_ops = { .read = nothing_read,
					   .list = nothing_listed,
					   .stat = no_stat,
					   .ask = no_answer };
static struct host host = { .ops = &empty_ops, .name = "empty" };

/* Stands in for plan/theme.c, so that remedies are seen alone. */

static struct theme stand_in;
static bool theme_exists;

const struct theme *theme_of_id(const char *id)
{
	stand_in.id = id;
	stand_in.sets = "what is wanted";
	return theme_exists ? &stand_in : NULL;
}

static inline struct plan *fix(const char *cause, const char *subject)
{
	const struct cause *c = cause_of_id(cause);

	CHECK(c);
	return plan_fix(&arena, &facts, &host, c, subject);
}

static inline const struct step *step_of(const struct plan *p, enum step_kind kind)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->step[i].kind == kind)
			return &p->step[i];
	return NULL;
}

static inline size_t executed(const struct plan *p)
{
	size_t n = 0;
	for (size_t i = 0; i < p->count; i++)
		n += p->step[i].kind != STEP_PERSON;
	return n;
}

static inline bool has_line(const struct plan *p, const char *line)
{
	for (size_t i = 0; i < p->count; i++)
		if (names_have(&p->step[i].shell, line))
			return true;
	return false;
}

/* The GPU fell off the bus: whoever opens the driver hangs. */
static inline void wedge(void)
{
	static struct driver_event xid = {
		.kind = EVENT_XID, .code = 79, .usec = 1000000, .bdf = "0000:22:00.0", .line = ""
	};

	facts.driver.event = &xid;
	facts.driver.event_count = 1;
	facts.driver.log_know = KNOWN;
	facts.gate = (struct gate){ .open = false, .why = "Xid 79 1.0 s after boot" };
}

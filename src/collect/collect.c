/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include <time.h>

#include "facts/gate.h"

static void judge_gate(struct facts *f, struct host *h)
{
	(void)h;
	f->gate = gate_of(f);
}

/* In this order: files and logs first, the driver behind the gate, what needs both last. */
static const struct {
	const char *link, *name;
	void (*run)(struct facts *f, struct host *h);
} collectors[] = {
	{ "controller", "machine", collect_machine },
	{ "controller", "thunderbolt", collect_thunderbolt },
	{ "enclosure", "bolt", collect_bolt },
	{ "pci", "pci", collect_pci },
	{ "kernel", "kernel", collect_kernel },
	{ "kernel", "boot", collect_boot },
	{ "initramfs", "initramfs", collect_initramfs },
	{ "driver", "driver-log", collect_driver_log },
	{ "driver", "driver", collect_driver },
	{ "driver", "gate", judge_gate },
	{ "nvml", "nvml", collect_nvml },
	{ "cuda", "cuda", collect_cuda },
	{ "persistence", "services", collect_services },
	{ "runtime", "docker", collect_docker },
	{ "runtime", "cdi", collect_cdi },
	{ "workload", "containers", collect_containers },
	{ "workload", "container-nodes", collect_container_nodes },
	{ "ollama", "ollama", collect_ollama },
	{ "exposure", "exposure", collect_exposure },
};
_Static_assert(COUNT_OF(collectors) <= COLLECTORS_MAX, "room for every collector's cost");

static uint64_t now_usec(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

size_t collect_all(struct facts *f, struct host *h, struct collect_cost *cost)
{
	/* The engine runs programs for this: it may do so while the files are read. */
	host_expect(h, SOURCE_DOCKER, "/info");
	host_expect(h, SOURCE_DOCKER, "/containers/*/json");
	for (size_t i = 0; i < COUNT_OF(collectors); i++) {
		uint64_t since = now_usec();
		collectors[i].run(f, h);
		cost[i] = (struct collect_cost){ collectors[i].link, collectors[i].name,
						 now_usec() - since };
	}
	return COUNT_OF(collectors);
}

/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include "facts/gate.h"

static void judge_gate(struct facts *f, struct host *h)
{
	(void)h;
	f->gate = gate_of(f);
}

/*
 * The engine runs programs to answer /info: what does not need them is read meanwhile, the
 * containers too.
 */
static void expect_first(struct facts *f, struct host *h)
{
	const char *docker[] = { "endpoint", "/containers/*/json", "/info" };
	const char *kernel_log[] = { "boot" };
	const char *processes[] = { "stuck" };

	(void)f;
	host_expect(h, SOURCE_DOCKER, &(struct names){ docker, COUNT_OF(docker) });
	host_expect(h, SOURCE_KERNEL_LOG, &(struct names){ kernel_log, COUNT_OF(kernel_log) });
	host_expect(h, SOURCE_PROCESSES, &(struct names){ processes, COUNT_OF(processes) });
}

/*
 * In this order: files and logs first, the driver behind the gate, what needs both last; and while
 * one who was asked is at work, what does not need its answer.
 */
static const struct collector collectors[] = {
	{ "controller", "first questions", expect_first },
	{ "controller", "machine", collect_machine },
	{ "controller", "thunderbolt", collect_thunderbolt },
	{ "pci", "pci", collect_pci },
	{ "persistence", "first questions to systemd", expect_services },
	{ "enclosure", "first questions to bolt", expect_bolt },
	{ "kernel", "kernel", collect_kernel },
	{ "kernel", "boot", collect_boot },
	{ "initramfs", "initramfs", collect_initramfs },
	{ "driver", "driver-log", collect_driver_log },
	{ "driver", "driver", collect_driver },
	{ "driver", "gate", judge_gate },
	{ "nvml", "first question to nvml", expect_nvml },
	{ "workload", "containers", collect_containers },
	{ "ollama", "first questions to ollama", expect_ollama },
	{ "persistence", "services", collect_services },
	{ "nvml", "nvml", collect_nvml },
	{ "cuda", "first question to cuda", expect_cuda },
	{ "enclosure", "bolt", collect_bolt },
	{ "ollama", "ollama", collect_ollama },
	{ "cuda", "cuda", collect_cuda },
	{ "workload", "first questions to containers", expect_container_nodes },
	{ "runtime", "docker", collect_docker },
	{ "runtime", "cdi", collect_cdi },
	{ "exposure", "exposure", collect_exposure },
	{ "workload", "container-nodes", collect_container_nodes },
};

const struct collector *collector(size_t i)
{
	return i < COUNT_OF(collectors) ? &collectors[i] : NULL;
}
